"""The job that does one action to many rows, and takes it back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.records.bulk.protocol import BulkAction, Result
from tenants.records.bulk.selection import Selection
from tenants.records.bulk.verbs import action_named
from tenants.records.enums import Outcome
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.jobs.undoing import undo_changes
from tenants.records.models import JobLine
from tenants.records.queries import require
from tenants.records.registry import RecordType, type_named

PIECE = 500


@job_kind
class Bulk(JobKind):
    name = "bulk"
    can_undo = True

    def run(self, run: Run) -> None:
        params = run.job.params
        record_type = type_named(run.job.record_type)
        action = action_named(record_type, params["action"])
        require(run.actor, action.verb, record_type.name)
        selection = Selection(**params["selection"])
        if not run.place:
            _note_missing(run, record_type, selection)
        while _piece(run, record_type, action, selection):
            run.check()

    def undo(self, run: Run) -> None:
        undo_changes(run)


def _note_missing(run: Run, record_type: RecordType, selection: Selection) -> None:
    missing = selection.missing(run.actor, record_type)
    words = _("There is no such %(type)s, or it is not yours to see.") % {"type": record_type.singular}
    with transaction.atomic():
        for record_id in missing:
            line = JobLine(value=record_id, message=words)
            run.note(Outcome.FAILED, line=line)
        run.advance(len(missing), after="")


@transaction.atomic
def _piece(run: Run, record_type: RecordType, action: BulkAction, selection: Selection) -> bool:
    """One piece of rows; False when none are left."""
    rows = selection.piece(run.actor, record_type, after=run.place.get("after", ""), size=PIECE)
    if not rows:
        return False
    last = str(rows[-1].pk)
    for position, result in enumerate(action.apply_all(rows, run.job.params["values"], run.actor), start=1):
        run.note(result.outcome, line=_line(result, run.job.done + position))
    run.advance(len(rows), after=last)
    return True


def _line(result: Result, number: int) -> JobLine | None:
    """A line for what a person must know; what went as wished, or needed nothing, is only counted."""
    if not result.message:
        return None
    record: Any = result.record
    return JobLine(
        number=number, record_id=record.pk, name=str(record)[:200], field=result.field[:80], value=result.value,
        message=result.message,
    )  # fmt: skip
