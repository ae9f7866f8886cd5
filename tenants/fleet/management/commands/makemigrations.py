"""Django's `makemigrations`, in the public schema. Companies are migrated by `fleet`."""

from django.core.management.commands import makemigrations

from tenants.kernel.commands import Scope, ScopedCommand


class Command(ScopedCommand, makemigrations.Command):
    scope = Scope.PUBLIC
    requires_system_checks = "__all__"
