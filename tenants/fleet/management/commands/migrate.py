"""Django's `migrate`, in the public schema. Companies are migrated by `fleet`."""

from typing import Any

from django.core.management.commands import migrate

from tenants.kernel import context


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> Any:
        with context.public():
            return super().execute(*args, **options)
