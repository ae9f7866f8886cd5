"""`manage.py fleet build`: template, companies to head, ready pool."""

from argparse import ArgumentParser
from typing import Any

from tenants.directory.actions import ensure_platform_domain
from tenants.fleet import pool
from tenants.fleet.migrating import bring_to_head, head
from tenants.fleet.models import Schema, SchemaState
from tenants.fleet.template import current_template
from tenants.kernel import context
from tenants.kernel.commands import Scope, ScopedCommand


class Command(ScopedCommand):
    scope = Scope.PUBLIC
    help = "Keep the schemas of companies in the shape of the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["build", "status"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        with context.public():
            getattr(self, what)()

    def build(self) -> None:
        ensure_platform_domain()
        template = current_template()
        self.stdout.write(f"template {template} ready, {len(template.tables)} tables")
        dropped = pool.prune()
        migrated = self._migrate()
        self.stdout.write(
            f"{migrated} companies migrated, {dropped} stale schemas dropped, {pool.fill_pool()} made ready"
        )

    def _migrate(self) -> int:
        behind = Schema.objects.filter(state=SchemaState.CLAIMED).exclude(fingerprint=head())
        for schema in behind:
            count = bring_to_head(schema)
            pool.grant(schema.name, current_template().tables)
            self.stdout.write(f"{schema.name}: {count} migrations")
        return len(behind)

    def status(self) -> None:
        for state in SchemaState:
            rows = Schema.objects.filter(state=state)
            at_head = rows.filter(fingerprint=head()).count()
            self.stdout.write(f"{state}: {at_head} at head, {rows.count() - at_head} behind")
