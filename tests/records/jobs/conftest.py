"""A kind of job for tests: it writes one line a row, in pieces of two."""

from django.db import transaction

from tenants.kernel.errors import Conflict
from tenants.records.enums import Outcome
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.models import JobLine


@job_kind
class Counting(JobKind):
    """Counts to `total`; fails, stops or is overtaken where its params say so."""

    name = "counting"
    can_undo = True

    def run(self, run: Run) -> None:
        at = run.place.get("at", 0)
        while at < run.job.total:
            run.check()
            if run.job.params.get("fails_at") == at:
                raise Conflict("Not from here.")
            if run.job.params.get("breaks_at") == at:
                raise RuntimeError("A fault of the kind")
            with transaction.atomic():
                for number in range(at, at + 2):
                    run.note(Outcome.SKIPPED, line=JobLine(number=number, message=f"Row {number}"))
                at += 2
                run.advance(2, at=at)

    def undo(self, run: Run) -> None:
        with transaction.atomic():
            run.note(Outcome.UPDATED, rows=run.job.undo_of.done)
            run.advance(run.job.undo_of.done)
