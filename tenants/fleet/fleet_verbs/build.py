"""`fleet build`: template, companies to head, ready pool. What every start and release calls."""

from typing import Any

from tenants.directory.actions import ensure_platform_domain
from tenants.fleet import pool
from tenants.fleet.fleet_verbs.base import cut_off_migration
from tenants.fleet.fleet_verbs.migrate import Migrate
from tenants.fleet.template import current_template
from tenants.fleet.upgrading.actions import CANARY, begin_migration
from tenants.fleet.upgrading.groups import is_unsettled
from tenants.fleet.verbs.base import Verb, follow


class Build(Verb):
    help = "Build the template, migrate companies that are behind, fill the pool of ready schemas."

    def handle(self, **options: Any) -> None:
        ensure_platform_domain()
        template = current_template()
        self.say(f"template {template} ready, {len(template.tables)} tables")
        cut_off = cut_off_migration()
        if cut_off or is_unsettled():
            operation = cut_off or begin_migration(by=self.by, canary=CANARY, is_queued=False)
            Migrate(self.say).tell(follow(operation, self.say))
        self.say(f"{pool.prune()} stale schemas dropped, {pool.fill_pool()} made ready")
