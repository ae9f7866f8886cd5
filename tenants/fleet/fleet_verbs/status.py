"""`fleet status`: how many schemas stand where."""

from typing import Any

from tenants.fleet.migrating import head
from tenants.fleet.models import Schema, SchemaState
from tenants.fleet.upgrading.actions import open_migration
from tenants.fleet.upgrading.groups import counts
from tenants.fleet.verbs.base import Verb


class Status(Verb):
    help = "How many schemas are at head, behind, failed or drifted."

    def handle(self, **options: Any) -> None:
        self.say(f"head {head()[:12]}")
        for state in (SchemaState.READY, SchemaState.BUILDING):
            rows = Schema.objects.filter(state=state)
            at_head = rows.filter(fingerprint=head()).count()
            self.say(f"{state}: {at_head} at head, {rows.count() - at_head} of other code")
        self.say("claimed: " + ", ".join(f"{count} {standing}" for standing, count in counts().items()))
        rows = Schema.objects.filter(state=SchemaState.CLAIMED)
        self.say(f"failed: {rows.exclude(error='').count()}, drifted: {rows.exclude(drift=[]).count()}")
        if operation := open_migration():
            self.say(f"under way: step {operation.step + 1}, {operation.done:,} of {operation.total:,}")
