"""`fleet plan`: what would be done, to how many, and what would be refused."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tenants.fleet.fleet_verbs.base import add_only, schemas_of
from tenants.fleet.migrating import missing_from
from tenants.fleet.upgrading.groups import Group, behind
from tenants.fleet.upgrading.linting import faults
from tenants.fleet.upgrading.stretches import Stretch, stretches_for
from tenants.fleet.verbs.base import Verb


class Plan(Verb):
    help = "Print the statements that a migration of the fleet would send, and what it would refuse."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_only(parser)
        parser.add_argument("--sql", action="store_true", help="every statement, not only how many")

    def handle(self, **options: Any) -> None:
        found = behind(schemas_of(options["only"]))
        if not found:
            self.say("Every company is at head.")
        refused = [fault for group in found for fault in faults(missing_from(group.applied), applied=group.applied)]
        for fault in refused:
            self.say(f"REFUSED {fault}")
        if refused:
            raise CommandError("Some migrations would block companies that work: see infra/docs/fleet.md.")
        for group in found:
            self._tell(group, with_sql=options["sql"])

    def _tell(self, group: Group, *, with_sql: bool) -> None:
        self.say(f"{len(group.names)} companies lack {len(group.missing)} migrations:")
        for stretch in stretches_for(group.applied):
            self.say(f"  {stretch.name}: {_what(stretch)}")
            for statement in stretch.statements or () if with_sql else ():
                self.say(f"    {statement};")


def _what(stretch: Stretch) -> str:
    if stretch.statements is None:
        return "moves data, by Django in each company"
    return f"{len(stretch.statements)} statements in one transaction"
