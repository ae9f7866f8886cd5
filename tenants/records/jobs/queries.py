"""Reads of jobs: a person's own; whoever may change the settings sees all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.enums import JobState
from tenants.records.models import Job, JobLine

ACTIVE = (JobState.QUEUED, JobState.RUNNING)


def sees_all(actor: Actor) -> bool:
    return actor.may("edit", "settings")


def jobs_for(actor: Actor, *, is_mine: bool = False) -> "QuerySet[Job]":
    """Jobs the actor may see, newest first, each with its undo at hand."""
    rows = Job.objects.select_related("undo", "undo_of").order_by("-id")
    if sees_all(actor) and not is_mine:
        return rows
    return rows.filter(user_id=actor.user_id) if actor.user_id else rows.none()


def job_for(actor: Actor, job_id: UUID) -> Job:
    """One job, or NotFound."""
    found = jobs_for(actor).filter(pk=job_id).first()
    if not found:
        raise NotFound
    return found


def undo_of(job: Job) -> Job | None:
    """The job that took this one back, if there is one."""
    return getattr(job, "undo", None)


def lines_of(job: Job, *, outcome: str = "", after: str = "") -> "QuerySet[JobLine]":
    """Kept lines in their order, behind `after` (number:id of a line)."""
    rows = JobLine.objects.filter(job=job).order_by("number", "id")
    if outcome:
        rows = rows.filter(outcome=outcome)
    number, _colon, line_id = after.partition(":")
    if number.isdecimal() and len(number) < 10 and _is_uuid(line_id):
        rows = rows.filter(Q(number__gt=int(number)) | Q(number=int(number), id__gt=line_id))
    return rows


def page_of_lines(rows: "QuerySet[JobLine]", limit: int) -> tuple[list[JobLine], str | None]:
    """One page, and where the next begins."""
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], f"{last.number}:{last.pk}" if last else None


def page_of_jobs(rows: "QuerySet[Job]", *, after: str, limit: int) -> tuple[Sequence[Job], str | None]:
    if after and _is_uuid(after):
        rows = rows.filter(id__lt=after)
    found = list(rows[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None


def _is_uuid(text: Any) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True
