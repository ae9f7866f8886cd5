"""`fleet reconcile`: what a crash left is gone on with here, to its end."""

from datetime import timedelta
from typing import Any

from tenants.fleet.operations.reconciling import left_behind
from tenants.fleet.operations.running import run
from tenants.fleet.verbs.base import Verb, Watcher


class Reconcile(Verb):
    help = "Go on with every operation that nobody works on."

    def handle(self, **options: Any) -> None:
        found = left_behind(patience=timedelta(0))
        for operation in found:
            run(operation, Watcher(self.say))
            self.say(f"{operation}: {operation.get_state_display()} {operation.error}".rstrip())
        if not found:
            self.say("Nothing was left behind.")
