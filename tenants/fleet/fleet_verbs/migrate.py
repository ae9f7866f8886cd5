"""`fleet migrate`: every company to the shape of the code that runs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tenants.fleet import pool
from tenants.fleet.fleet_verbs.base import add_only, cut_off_migration, schemas_of
from tenants.fleet.models import Operation
from tenants.fleet.template import current_template
from tenants.fleet.upgrading.actions import CANARY, STOP_AFTER, begin_migration
from tenants.fleet.upgrading.groups import is_unsettled
from tenants.fleet.upgrading.limits import Limits
from tenants.fleet.verbs.base import Verb, follow


class Migrate(Verb):
    help = "Bring companies to head: a few first, verified, then the rest. What fails is left as it was and told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_only(parser)
        parser.add_argument("--canary", default=CANARY, help="who goes first: a number, or a part like 5%%; 0: nobody")
        parser.add_argument("--workers", type=int, default=0, help="connections at once (FLEET_WORKERS)")
        parser.add_argument("--stop-after", type=int, default=STOP_AFTER, metavar="N", help="failures to stop at")
        parser.add_argument("--statement-seconds", type=int, default=Limits.statement_seconds, metavar="S")
        parser.add_argument("--resume", action="store_true", help="go on with one that was cut off")

    def handle(self, **options: Any) -> None:
        cut_off = cut_off_migration()
        if cut_off and not options["resume"]:
            raise CommandError("A migration of the fleet is under way or was cut off. Go on with it: --resume")
        only = schemas_of(options["only"])
        if not cut_off and not is_unsettled(only):
            self._settled()
            return
        chosen = {name: options[name] for name in ("canary", "workers", "stop_after", "statement_seconds")}
        operation = cut_off or begin_migration(by=self.by, only=only, is_queued=False, **chosen)
        self.tell(follow(operation, self.say))

    def _settled(self) -> None:
        """No operation for nothing: most releases change no tables."""
        current_template()
        pool.prune()
        self.say("Every company is at head.")

    def tell(self, operation: Operation) -> None:
        for part in ("canary", "rest"):
            found = operation.result.get(part)
            if found:
                self.say(
                    f"{part}: {found['migrated']} migrated in {found['seconds']} s,"
                    f" a company {found['median_ms']} ms, {found['failed']} failed"
                )
                for one in found["slowest"][:1]:
                    self.say(f"  slowest: {one['schema']} {one['ms']} ms")
