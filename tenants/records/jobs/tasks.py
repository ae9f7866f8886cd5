"""Jobs on the worker, and the sweep that finds those a crash left behind."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone, translation

from tenants.directory.hosts import company_now
from tenants.directory.task import PublicTask, TenantTask, send_everywhere
from tenants.kernel import context
from tenants.kernel.actors import Actor, cut, robot
from tenants.records.enums import JobState
from tenants.records.events import emit
from tenants.records.jobs.actions import CUT_TO, OF_THE_HOUSE
from tenants.records.jobs.running import STALE_SECONDS, work
from tenants.records.models import Job

LIMIT_SECONDS = 6 * 3600
PATIENCE_SECONDS = 300
"""How long a job may stand in a long queue before it is queued again."""


@shared_task(base=TenantTask, time_limit=LIMIT_SECONDS, soft_time_limit=LIMIT_SECONDS - 30)
def run_job(job_id: str) -> None:
    """Work as whoever started it, with the rights they have now, in their language."""
    job = Job.objects.filter(pk=UUID(job_id)).select_related("user").first()
    if job and not job.is_over:
        company = company_now()
        language = getattr(job.user, "language", "") or company.language
        with (
            context.acting(actor_of(job)), context.working_for(job.pk),
            timezone.override(company.time_zone), translation.override(language),
        ):  # fmt: skip
            work(job)
            if job.is_over:
                emit("job.finished", job, job_id=str(job.pk), state=job.state)


def actor_of(job: Job) -> Actor:
    """The job's user as they are today: without rights once deactivated or gone, with no more than the key had.

    The house itself only for jobs that the house started.
    """
    if job.params.get(OF_THE_HOUSE):
        return robot(job.actor_name)
    users = get_user_model().objects.select_related("role").filter(is_active=True)
    user = users.filter(pk=job.user_id).first() if job.user_id else None
    if not user:
        return Actor(kind="user", user_id=job.user_id, name=job.actor_name)
    scopes = job.params.get(CUT_TO)
    return user.actor if scopes is None else cut(user.actor, scopes, name=job.actor_name)


@shared_task(base=TenantTask)
def wake_jobs() -> None:
    """Queue again what waits for no reason: never taken, or its worker died."""
    now = timezone.now()
    stale, forgotten = now - timedelta(seconds=STALE_SECONDS), now - timedelta(seconds=PATIENCE_SECONDS)
    waiting = Job.objects.filter(
        Q(state=JobState.RUNNING, beat_at__lt=stale) | Q(state=JobState.QUEUED, updated_at__lt=forgotten)
    )
    found = list(waiting.values_list("pk", flat=True))
    Job.objects.filter(pk__in=found, state=JobState.QUEUED).update(updated_at=now)
    for job_id in found:
        run_job.apply_async(kwargs={"job_id": str(job_id), "company_id": str(context.company_id())})


@shared_task(base=PublicTask)
def sweep_jobs() -> None:
    send_everywhere(wake_jobs)
