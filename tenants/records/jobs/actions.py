"""Starting, stopping and undoing jobs."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.task import send
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict
from tenants.records.enums import JobState
from tenants.records.jobs.kinds import kind_named
from tenants.records.models import Job
from tenants.records.queries import require

CUT_TO = "cut_to"
"""Noted in `params`: the scopes of the key or app that started the job."""
OF_THE_HOUSE = "of_the_house"
"""Noted in `params` of jobs that no person started: only those may run with the house's rights."""


@transaction.atomic
def start_job(
    *, kind: str, label: str, by: Actor, record_type: str = "", total: int | None = None,
    params: Mapping[str, Any] | None = None, undo_of: Job | None = None, is_small: bool = False,
) -> Job:  # fmt: skip
    """Queue a job; a worker takes it after the commit. It works with the rights of `by`.

    A small one is not queued: the caller runs it at once with `run_now`.
    """
    kind_named(kind)
    marked = dict(params or {}) | ({} if by.user_id else {OF_THE_HOUSE: True})
    marked.pop(CUT_TO, None)
    if by.scopes is not None:
        marked[CUT_TO] = dict(by.scopes)
    job = Job.objects.create(
        kind=kind, label=label[:200], record_type=record_type, total=total, params=marked,
        user_id=by.user_id, actor_name=by.name, undo_of=undo_of,
    )  # fmt: skip
    if not is_small:
        _queue(job)
    return job


def _queue(job: Job) -> None:
    from tenants.records.jobs.tasks import run_job  # the task runs kinds, which start jobs

    send(run_job, job_id=str(job.pk))


def run_now(job: Job) -> Job:
    """Run a small job here, as whoever acts. Should this process die, the sweeper finds the rest."""
    from tenants.records.jobs.running import work  # running finishes jobs through this file

    with context.working_for(job.pk):
        work(job)
    job.refresh_from_db()
    return job


@transaction.atomic
def stop_job(*, job: Job, by: Actor) -> Job:
    """Ask a job to stop after its current piece. What it did stays, and can be undone."""
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.is_over:
        return locked
    if locked.state == JobState.QUEUED:
        finish(locked, JobState.STOPPED)
    elif not locked.stop_asked_at:
        locked.stop_asked_at = timezone.now()
        locked.save(update_fields=["stop_asked_at", "updated_at"])
    return locked


@transaction.atomic
def undo_job(*, job: Job, by: Actor, is_small: bool = False) -> Job:
    """Take back what a job did, as a job of its own. Raises Conflict when it cannot be, or is already; Denied.

    An undo that failed or was stopped goes on where it ended.
    """
    if job.record_type:  # asked of who asks: the job runs with all that their person may, a key may less
        require(by, "edit", job.record_type)
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if not kind_named(job.kind).can_undo or locked.undo_of_id:
        raise Conflict(_("This cannot be undone."))
    if not locked.is_over:
        raise Conflict(_("Stop it first, then undo it."))
    before = Job.objects.select_for_update().filter(undo_of=locked).first()
    if before:
        return _again(before, is_small)
    label = _("Undo: %(what)s") % {"what": job.label}
    return start_job(
        kind=job.kind, label=label, by=by, record_type=job.record_type, total=job.done, undo_of=locked,
        is_small=is_small,
    )  # fmt: skip


def _again(undo: Job, is_small: bool) -> Job:
    if undo.state not in (JobState.FAILED, JobState.STOPPED):
        raise Conflict(_("This is undone already."))
    undo.state, undo.error = JobState.QUEUED, ""
    undo.stop_asked_at = undo.finished_at = undo.beat_at = None
    undo.save(update_fields=["state", "error", "stop_asked_at", "finished_at", "beat_at", "updated_at"])
    if not is_small:
        _queue(undo)
    return undo


def finish(job: Job, state: JobState, error: str = "") -> None:
    job.state, job.error, job.finished_at = state, error, timezone.now()
    job.save(update_fields=["state", "error", "finished_at", "updated_at"])
