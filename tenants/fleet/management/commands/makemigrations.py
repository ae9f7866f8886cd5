"""Django's `makemigrations`, in the public schema. Companies are migrated by `fleet`."""

from typing import Any

from django.core.management.commands import makemigrations

from tenants.kernel import context


class Command(makemigrations.Command):
    def execute(self, *args: Any, **options: Any) -> Any:
        with context.public():
            return super().execute(*args, **options)
