"""The whole fleet, or some of it, to head: every company for itself, each done once."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tenants.fleet.operations.running import Work
from tenants.fleet.upgrading.crew import Crew
from tenants.fleet.upgrading.groups import Group, behind
from tenants.fleet.upgrading.hands import Hand, Outcome, Task
from tenants.fleet.upgrading.limits import Limits
from tenants.fleet.upgrading.stretches import stretches_for
from tenants.kernel.errors import DomainError

TELL_SECONDS = 0.5
KEPT_SLOWEST = 5


@dataclass
class Tally:
    """What came of companies."""

    times_ms: list[float] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: int = 0
    seconds: float = 0

    @property
    def done(self) -> int:
        return len(self.times_ms) + len(self.failed) + self.skipped

    def take(self, outcome: Outcome) -> None:
        if outcome.error:
            self.failed[outcome.schema] = outcome.error
        elif outcome.is_skipped:
            self.skipped += 1
        else:
            self.times_ms.append(outcome.took_ms)
            self.slowest = sorted([*self.slowest, (outcome.took_ms, outcome.schema)], reverse=True)[:KEPT_SLOWEST]

    def as_json(self) -> dict[str, Any]:
        return {
            "migrated": len(self.times_ms), "skipped": self.skipped, "failed": len(self.failed),
            "seconds": round(self.seconds, 3),
            "median_ms": round(median(self.times_ms), 2) if self.times_ms else 0,
            "slowest": [{"schema": name, "ms": round(ms, 1)} for ms, name in self.slowest],
        }  # fmt: skip


class TooManyFailures(DomainError):
    """The rest was left as it was."""


def tasks_for(groups: Sequence[Group], leave_out: Collection[str] = ()) -> list[Task]:
    """Plan once for each kind of schema."""
    found: list[Task] = []
    for group in groups:
        names = [name for name in group.names if name not in leave_out]
        stretches = tuple(stretches_for(group.applied)) if names else ()
        found += [Task(name, stretches) for name in names]
    return found


def migrate(work: Work, *, only: Sequence[str] = (), leave_out: Sequence[str] = ()) -> Tally:
    """Bring the companies that are behind to head. Raises TooManyFailures, and Stopped when somebody asks."""
    tasks = tasks_for(behind(only), set(leave_out))
    tally, started = Tally(), time.perf_counter()
    if not tasks:
        return tally
    limits = Limits(statement_seconds=work.arguments["statement_seconds"])
    parameters = connection.get_connection_params()
    crew = Crew(lambda: Hand(parameters, limits), work.arguments["workers"], limits, work.arguments["stop_after"])
    told = 0.0
    for outcome in crew.work(tasks):
        if outcome:
            tally.take(outcome)
            _stop_at(work, tally)
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            work.tell(tally.done, len(tasks))
            work.check()
    tally.seconds = time.perf_counter() - started
    work.tell(tally.done, len(tasks))
    return tally


def _stop_at(work: Work, tally: Tally) -> None:
    if len(tally.failed) >= work.arguments["stop_after"]:
        text = _("Stopped after %(n)d failures; %(done)d companies are done. The last: %(error)s")
        last = list(tally.failed.values())[-1]
        values = {"n": len(tally.failed), "done": len(tally.times_ms), "error": last}
        raise TooManyFailures(text % values)
