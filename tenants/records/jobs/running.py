"""A job at work: its rows, its pulse, its end."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError
from tenants.kernel.logs import logger
from tenants.records.enums import JobState, Outcome
from tenants.records.jobs.actions import finish
from tenants.records.jobs.kinds import kind_named
from tenants.records.models import Job, JobLine

KEPT_LINES = 10_000
STALE_SECONDS = 60
MOST_VAIN_STARTS = 3
STARTS = "starts"
"""In `counts`: how often a worker took the job since it last got on."""
log = logger(__name__)


class Stopped(Exception):
    """Somebody asked the job to stop."""


class Overtaken(Exception):
    """Another worker has taken the job since; what this one did in the running piece is taken back."""


class Run:
    """What a kind of job works with. `place` is where the last finished piece ended."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.counts: Counter[str] = Counter(job.counts)
        self._lines: list[JobLine] = []

    @property
    def actor(self) -> Actor:
        return context.actor()

    @property
    def place(self) -> dict[str, Any]:
        return dict(self.job.place)

    def note(self, outcome: Outcome, *, line: JobLine | None = None, rows: int = 1) -> None:
        """Count a row; keep a line where somebody has to know why."""
        self.counts[outcome] += rows
        if line and self.counts["lines"] < KEPT_LINES:
            self.counts["lines"] += 1
            line.job, line.outcome = self.job, outcome
            self._lines.append(line)

    def advance(self, rows: int, **place: Any) -> None:
        """Say that `rows` more are done. Call last in each piece's transaction.

        Raises Overtaken, and so takes the piece back, when another worker has the job.
        """
        JobLine.objects.bulk_create(self._lines, batch_size=500)
        self._lines.clear()
        self.counts.pop(STARTS, None)
        job, pulse = self.job, timezone.now()
        job.done += rows
        job.counts, job.place = dict(self.counts), place or job.place
        kept = Job.objects.filter(pk=job.pk, beat_at=job.beat_at).update(
            done=job.done, counts=job.counts, place=job.place, beat_at=pulse, total=job.total, result=job.result,
            updated_at=pulse,
        )  # fmt: skip
        if not kept:
            raise Overtaken
        job.beat_at = pulse

    def check(self) -> None:
        """Call between pieces: raises Stopped when somebody asked to stop."""
        if Job.objects.filter(pk=self.job.pk, stop_asked_at__isnull=False).exists():
            raise Stopped


def work(job: Job) -> None:
    """Run a job to its end, whatever that is. A second worker with the same job leaves at once."""
    if not _claimed(job):
        return
    try:
        kind = kind_named(job.kind)
        (kind.undo if job.undo_of_id else kind.run)(Run(job))
    except Overtaken:
        log.warning("job overtaken", job_id=str(job.pk), kind=job.kind)
    except Stopped:
        finish(job, JobState.STOPPED)
    except DomainError as error:
        finish(job, JobState.FAILED, str(error.detail))
    except Exception:  # any fault of a kind: the person who waits must hear of it
        log.exception("job failed", job_id=str(job.pk), kind=job.kind)
        finish(job, JobState.FAILED, _("Something went wrong on our side. We have been told."))
    else:
        finish(job, JobState.DONE)


@transaction.atomic
def _claimed(job: Job) -> bool:
    """Whether this worker may run it: it is not over, and nobody's pulse is fresh.

    The caller's copy is brought up to date. A job whose workers keep dying is given up.
    """
    found = Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk).first()
    now = timezone.now()
    if not found or found.is_over or (found.beat_at and (now - found.beat_at).total_seconds() < STALE_SECONDS):
        return False
    job.refresh_from_db()
    starts = job.counts.get(STARTS, 0) + 1
    if starts > MOST_VAIN_STARTS:
        finish(job, JobState.FAILED, _("This stopped several times without getting on. We have been told."))
        log.error("job given up", job_id=str(job.pk), kind=job.kind)
        return False
    job.counts = job.counts | {STARTS: starts}
    job.state, job.started_at, job.beat_at = JobState.RUNNING, job.started_at or now, now
    job.save(update_fields=["state", "counts", "started_at", "beat_at", "updated_at"])
    return True
