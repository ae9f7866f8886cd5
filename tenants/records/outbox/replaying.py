"""The job that tells a consumer once more what happened."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict
from tenants.records.events import listener_keyed
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.models import Event
from tenants.records.outbox.actions import REPLAY, asked_of

PIECE = 200
REPLAYED = {"kind": "replay"}
"""How a consumer that may do a thing twice on purpose, like sending a webhook anew, knows that it is asked to."""
TOLD = "told"
"""In the job's `counts`: how many of the events the consumer hears at all."""


@job_kind
class ReplayJob(JobKind):
    """In the order of what happened; a piece that fails ends the job with its reason, and nothing of it stays."""

    name: ClassVar[str] = REPLAY
    template: ClassVar[str] = "outbox/_replayed.html"

    def run(self, run: Run) -> None:
        rows = Event.objects.filter(asked_of(run.job.params).q)
        run.job.total = rows.count()
        while self._piece(run, rows):
            run.check()

    def may_see(self, actor: Actor) -> bool:
        return actor.may("edit", "settings")

    @transaction.atomic
    def _piece(self, run: Run, rows: "QuerySet[Event]") -> int:
        listener = listener_keyed(run.job.params["consumer"])
        if listener is None:
            raise Conflict("This consumer is gone.")
        events = list(_after(rows, run.place)[:PIECE])
        mine = [event for event in events if listener.hears(event.name)]
        if mine:
            with context.because(REPLAYED):
                listener.hear(mine)
        if events:
            run.counts[TOLD] += len(mine)
            run.advance(len(events), at=events[-1].happened_at.isoformat(), id=str(events[-1].pk))
        return len(events)


def _after(rows: "QuerySet[Event]", place: dict[str, str]) -> "QuerySet[Event]":
    if not place:
        return rows
    at, event_id = datetime.fromisoformat(place["at"]), UUID(place["id"])
    return rows.filter(Q(happened_at__gt=at) | Q(happened_at=at, pk__gt=event_id))
