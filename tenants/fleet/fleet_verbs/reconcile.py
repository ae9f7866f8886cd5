"""`fleet reconcile`: what a crash left is gone on with here, to its end."""

from datetime import timedelta
from typing import Any

from tenants.fleet.operations.reconciling import left_behind
from tenants.fleet.operations.running import run
from tenants.fleet.reconciling import reconcile
from tenants.fleet.verbs.base import Verb, Watcher


class Reconcile(Verb):
    help = "Go on with every operation that nobody works on, and clear up schemas that are nobody's."

    def handle(self, **options: Any) -> None:
        found = left_behind(patience=timedelta(0))
        for operation in found:
            run(operation, Watcher(self.say))
            self.say(f"{operation}: {operation.get_state_display()} {operation.error}".rstrip())
        schemas = reconcile()
        for name in schemas.dropped:
            self.say(f"{name}: taken away")
        for name in schemas.adopted:
            self.say(f"{name}: belongs to nobody; taken away after a quarter of an hour")
        for name, reason in schemas.left.items():
            self.say(f"{name}: left alone, {reason}")
        if not found and schemas.is_nothing:
            self.say("Nothing was left behind.")
