"""`fleet verify`: which schemas are not what the template says, and in what exactly."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tenants.fleet.fleet_verbs.base import add_only, schemas_of
from tenants.fleet.upgrading.drift import Difference, orphans, verify
from tenants.fleet.verbs.base import Verb

SHOWN = 20


class Verify(Verb):
    help = "Compare every schema's catalogue with the template's; print the objects that differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_only(parser)

    def handle(self, **options: Any) -> None:
        found = verify(schemas_of(options["only"]))
        for name, differences in found.items():
            self.say(f"{name}:")
            for difference in differences[:SHOWN]:
                self.say(f"  {in_words(difference)}")
            if len(differences) > SHOWN:
                self.say(f"  and {len(differences) - SHOWN} more")
        for name in orphans():
            self.say(f"{name}: a schema that the ledger knows nothing of")
        if found:
            raise CommandError(f"{len(found)} schemas are not as the template says.")
        self.say("Every schema is as its template says.")


def in_words(difference: Difference) -> str:
    kind, name, what, wanted, found = difference
    if what == "changed":
        return f"{kind} {name}: {found or 'nothing'} instead of {wanted or 'nothing'}"
    return f"{kind} {name}: {what}"
