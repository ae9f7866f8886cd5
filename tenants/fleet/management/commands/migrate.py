"""Django's `migrate`, in the public schema. Companies are migrated by `fleet`."""

from django.core.management.commands import migrate

from tenants.kernel.commands import Scope, ScopedCommand


class Command(ScopedCommand, migrate.Command):
    scope = Scope.PUBLIC
    requires_system_checks = "__all__"
