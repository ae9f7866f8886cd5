"""The job that brings a company back to a moment, and takes that back."""

from typing import Any
from uuid import UUID

from django.db import transaction

from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.jobs.undoing import undo_changes
from tenants.records.past.returning import bring_back, take_away, tell
from tenants.records.past.rewinding import BACK, CHANGE, LEFT, REMOVE, Wish, ids_after, touched, types_of
from tenants.records.registry import RecordType

PIECE = 200
BRING, TAKE = "bring", "take"
STEPS = {BRING: (BACK, CHANGE, LEFT), TAKE: (REMOVE,)}


@job_kind
class Rewind(JobKind):
    """First what others point at comes back and is changed, then, in the opposite order, what was not there goes."""

    name = "rewind"
    can_undo = True

    def run(self, run: Run) -> None:
        wish = Wish.of(run.job.params, besides=run.job.pk)
        types = types_of(wish, run.actor)
        steps = [*((BRING, one) for one in types), *((TAKE, one) for one in reversed(types))]
        for at, (step, record_type) in enumerate(steps):
            place = run.place
            if at < place.get("at", 0):
                continue
            after = place.get("after", "") if place.get("at") == at else ""
            while after := _piece(run, wish, step, record_type, {"at": at, "after": after}):
                run.check()

    def undo(self, run: Run) -> None:
        undo_changes(run)


@transaction.atomic
def _piece(run: Run, wish: Wish, step: str, record_type: RecordType, place: dict[str, Any]) -> str:
    """One piece of the records that have changed since; where it ended, or nothing at the end."""
    ids: list[UUID] = ids_after(record_type, wish, place["after"], PIECE)
    if not ids:
        return ""
    found = touched(record_type, wish, ids, run.actor, STEPS[step])
    returned = (bring_back if step == BRING else take_away)(record_type, found, run.actor)
    tell(run, record_type, returned)
    run.advance(len(found), **place | {"after": str(ids[-1])})
    return str(ids[-1])
