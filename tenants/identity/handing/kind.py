"""The job that gives a person's records to others, piece by piece, and takes it back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.identity.handing.queries import may_hand, rows_of
from tenants.identity.models import User
from tenants.kernel.errors import DomainError
from tenants.records.enums import Outcome
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.many import Refused, Written, update_records
from tenants.records.models import Change, Job, JobLine
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, type_named

PIECE = 500


@job_kind
class Handover(JobKind):
    """`params`: `user`, whose records; `to`, who gets them in turn; `types`, which."""

    name = "handover"
    can_undo = True

    def run(self, run: Run) -> None:
        params = run.job.params
        people = _people(params["to"])
        types = list(params["types"])
        for name in types[types.index(run.place["type"]) if run.place else 0 :]:
            record_type = type_named(name)
            while may_hand(run.actor, record_type) and _piece(run, record_type, UUID(params["user"]), people):
                run.check()

    def undo(self, run: Run) -> None:
        done = run.job.undo_of
        assert done
        former = User.objects.filter(pk=done.params["user"]).first()
        if not former:
            raise DomainError(_("The person who owned them is gone."))
        run.job.total = Change.objects.filter(job_id=done.pk).count()
        while changes := _changes(done, run.place.get("before")):
            run.check()
            with transaction.atomic():
                for name in dict.fromkeys(one.record_type for one in changes):
                    _take_back(run, type_named(name), [one for one in changes if one.record_type == name], former)
                run.advance(len(changes), before=str(changes[-1].pk))


def _people(ids: Sequence[str]) -> list[User]:
    """Those who still work here, in the order they were chosen."""
    known = {str(one.pk): one for one in User.objects.filter(pk__in=ids, is_active=True)}
    found = [known[one] for one in ids if one in known]
    if not found:
        raise DomainError(_("Nobody of those who were to get them works here any more."))
    return found


@transaction.atomic
def _piece(run: Run, record_type: RecordType, user_id: UUID, people: Sequence[User]) -> bool:
    """One piece of rows; False when none are left. Turns go on from piece to piece and from type to type."""
    place = run.place
    rows = rows_of(run.actor, record_type, user_id).order_by("pk")
    if place.get("type") == record_type.name:
        rows = rows.filter(pk__gt=place["after"])
    found = list(rows[:PIECE])
    if not found:
        return False
    turn = place.get("turn", 0)
    pairs = [(row.pk, {"owner": people[(turn + at) % len(people)]}) for at, row in enumerate(found)]
    outcomes = update_records(record_type=record_type, rows=pairs, by=run.actor)
    for at, (row, outcome) in enumerate(zip(found, outcomes, strict=True), start=1):
        _note(run, row.pk, str(row), run.job.done + at, outcome)
    run.advance(len(found), type=record_type.name, after=str(found[-1].pk), turn=turn + len(found))
    return True


def _note(run: Run, record_id: UUID, name: str, number: int, outcome: Written | Refused) -> None:
    if isinstance(outcome, Written):
        run.note(Outcome.UPDATED)
        return
    words = {"message": str(outcome.error.detail), "field": outcome.error.field[:80]}
    run.note(Outcome.FAILED, line=JobLine(number=number, record_id=record_id, name=name[:200], **words))


def _changes(done: Job, before: str | None) -> list[Change]:
    rows = Change.objects.filter(job_id=done.pk, action="updated").order_by("-id")
    return list(rows.filter(id__lt=before)[:PIECE] if before else rows[:PIECE])


def _take_back(run: Run, record_type: RecordType, changes: Sequence[Change], former: User) -> None:
    """Owners go back where they still are who the job made them: also to somebody who has left, as it was."""
    given = {one.record_id: _given(one) for one in changes}
    known: dict[UUID, Any] = {row.pk: row for row in visible_to(run.actor, record_type).filter(pk__in=given)}
    same = [pk for pk, row in known.items() if str(row.owner_id) == given[pk]]
    outcomes = update_records(record_type=record_type, rows=[(pk, {"owner": former}) for pk in same], by=run.actor)
    for at, (pk, outcome) in enumerate(zip(same, outcomes, strict=True), start=1):
        _note(run, pk, str(known[pk]), run.job.done + at, outcome)
    for pk in given:
        if pk not in same:
            name = str(known.get(pk, ""))[:200]
            line = JobLine(record_id=pk, name=name, field="owner", message=_("Changed since, so it was left as it is."))
            run.note(Outcome.SKIPPED, line=line)


def _given(change: Change) -> str:
    """Whom the job gave the record to, as history keeps it."""
    after: Any = change.changes.get("owner", [None, None])[1]
    return str(after.get("id", "")) if isinstance(after, dict) else str(after or "")
