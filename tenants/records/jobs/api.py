"""Jobs over the API: watch, read the lines, stop, undo."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.jobs import actions, queries
from tenants.records.models import Job
from tenants.records.paging import MOST_ROWS, PAGE_SIZE
from tenants.records.schemas import Problem

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
jobs = Router(tags=["Jobs"])


class JobOut(Schema):
    """Background work: how far it is and what became of its rows."""

    id: UUID
    kind: str
    record_type: str
    label: str
    state: str = Field(description="queued, running, done, failed or stopped")
    done: int
    total: int | None
    percent: int
    counts: dict[str, int] = Field(description="Rows by outcome: created, updated, skipped, failed")
    error: str
    actor_name: str
    undo_of: UUID | None = Field(None, alias="undo_of_id")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @staticmethod
    def resolve_counts(job: Job) -> dict[str, int]:
        return {name: rows for name, rows in job.counts.items() if name in ("created", "updated", "skipped", "failed")}


class JobPage(Schema):
    items: list[JobOut]
    next: str | None
    total: int | None = None


class JobLineOut(Schema):
    """One row that a person must know of: which, which field, which value, why."""

    number: int
    outcome: str
    record_id: UUID | None
    name: str
    field: str
    value: str
    message: str


class LinePage(Schema):
    items: list[JobLineOut]
    next: str | None
    total: int | None = None


class JobsIn(Schema):
    cursor: str = Field("", max_length=80, description="`next` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)


class JobLinesIn(JobsIn):
    outcome: str = Field("", max_length=10, description="Only lines of this outcome")


@jobs.get("", response={200: JobPage, **REFUSALS}, operation_id="list_jobs", by_alias=False)
def list_jobs(request: HttpRequest, asked: Query[JobsIn]) -> Any:
    """Your jobs, newest first; everybody's for those who may change the settings."""
    items, following = queries.page_of_jobs(queries.jobs_for(context.actor()), after=asked.cursor, limit=asked.limit)
    return {"items": items, "next": following}


@jobs.get("/{uuid:job_id}", response={200: JobOut, **REFUSALS}, operation_id="get_job", by_alias=False)
def get_job(request: HttpRequest, job_id: UUID) -> Any:
    return queries.job_for(context.actor(), job_id)


@jobs.get("/{uuid:job_id}/lines", response={200: LinePage, **REFUSALS}, operation_id="list_job_lines")
def list_lines(request: HttpRequest, job_id: UUID, asked: Query[JobLinesIn]) -> Any:
    """What became of single rows: those refused, skipped or doubtful, in the job's order."""
    job = queries.job_for(context.actor(), job_id)
    rows = queries.lines_of(job, outcome=asked.outcome, after=asked.cursor)
    items, following = queries.page_of_lines(rows, asked.limit)
    return {"items": items, "next": following}


@jobs.post("/{uuid:job_id}/stop", response={200: JobOut, **REFUSALS}, operation_id="stop_job", by_alias=False)
def stop_job(request: HttpRequest, job_id: UUID) -> Any:
    """Ask a job to stop after its current piece. What it did stays, and can be undone."""
    actor = context.actor()
    return actions.stop_job(job=queries.job_for(actor, job_id), by=actor)


@jobs.post("/{uuid:job_id}/undo", response={202: JobOut, **REFUSALS}, operation_id="undo_job", by_alias=False)
def undo_job(request: HttpRequest, job_id: UUID) -> Any:
    """Take back what a job did, in a job of its own. Values changed since are left and reported."""
    actor = context.actor()
    return Status(202, actions.undo_job(job=queries.job_for(actor, job_id), by=actor))
