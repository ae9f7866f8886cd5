"""Imports over the API."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.importing import actions, queries
from tenants.records.importing.plan import Column, Plan
from tenants.records.jobs import actions as jobs
from tenants.records.jobs.api import REFUSALS, JobLineOut, JobLinesIn, JobOut
from tenants.records.jobs.queries import lines_of, page_of_lines
from tenants.records.models import Job, JobLine

imports = Router(tags=["Imports"])


class ImportIn(Schema):
    """A file, the link of a published Google Sheet, or rows; and what is to become of them."""

    type: str = Field("", max_length=40, description="Record type, like contacts; empty for an export of several types")
    rows: str = Field("", description="In place of a file: a JSON list of objects")
    url: str = Field("", max_length=500, description="In place of a file: a published Google Sheet")
    mapping: str = Field(
        "", max_length=100_000,
        description='JSON: {"column": "field"}, null to leave it out, {"field": "city", "fills": true} to only fill '
        "what is empty; other columns are guessed",
    )  # fmt: skip
    keys: str = Field("", max_length=400, description="Fields that find known records, with commas: email,external_id")
    mode: str = Field("both", max_length=8, description="both, create or update")
    repeats: str = Field("skip", max_length=8, description="skip or update rows that repeat an earlier one")
    owners: str = Field("error", max_length=8, description="error, me or empty for owners nobody knows")
    overwrites: bool = Field(True, description="False only fills what is empty in known records, whatever the column")
    tags: str = Field("", max_length=1_300, description="Tags for all of them, with commas")
    creates: bool = Field(False, description="Make related records that are named and not there")
    dry_run: bool = Field(False, description="Only count what would happen")


class ImportOut(JobOut):
    """An import under way; `preview` counts rows by what would become of them."""

    duplicates: int = 0
    unchanged: int = 0
    preview: list[dict[str, Any]] | None = None

    @staticmethod
    def resolve_duplicates(job: Job) -> int:
        return int(job.counts.get("duplicates", 0))

    @staticmethod
    def resolve_unchanged(job: Job) -> int:
        return int(job.counts.get("unchanged", 0))

    @staticmethod
    def resolve_preview(job: Job) -> Any:
        return job.result.get("counts")


class FaultOut(JobLineOut):
    fix: str = ""

    @staticmethod
    def resolve_fix(line: JobLine) -> str:
        return str(line.data.get("fix", ""))


class FaultPage(Schema):
    items: list[FaultOut]
    next: str | None
    total: int | None = None


@imports.post("", response={202: ImportOut, **REFUSALS}, operation_id="create_import", by_alias=False)
def create_import(request: HttpRequest, body: Form[ImportIn], file: File[UploadedFile | None] = None) -> Any:
    """Begin an import. Columns that the mapping does not name are guessed by their names and values."""
    actor = context.actor()
    draft = _draft(body, file, actor)
    if not draft.params.get("is_whole"):
        draft = actions.set_plan(draft=draft, plan=_plan(draft, body), by=actor, is_final=True)
    if body.dry_run:
        return Status(202, actions.start_preview(draft=draft, by=actor))
    return Status(202, actions.start_import(draft=draft, by=actor))


def _draft(body: ImportIn, file: UploadedFile | None, actor: Actor) -> Job:
    given = [one for one in (file, body.rows, body.url) if one]
    if len(given) != 1:
        raise Invalid({"file": ["Send one of file, rows and url."]})
    if file:
        return actions.upload(
            file=file.file,
            name=file.name or "",
            type_name=body.type,
            by=actor,
            size=file.size or 0,
        )
    if body.url:
        return actions.upload_sheet(url=body.url, type_name=body.type, by=actor)
    return actions.upload_rows(rows=_json(body.rows, "rows", list), type_name=body.type, by=actor)


def _json(text: str, name: str, kind: type) -> Any:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid({name: [f"This is not JSON: {error}"]}) from error
    is_right = isinstance(found, kind)
    if not is_right or (kind is list and any(not isinstance(one, dict) for one in found)):
        raise Invalid({name: ["Give a list of objects." if kind is list else "Give an object."]})
    return found


def _plan(draft: Job, body: ImportIn) -> Plan:
    plan = Plan.loaded(draft.params["plans"][0])
    mapping = _json(body.mapping, "mapping", dict) if body.mapping else {}
    unknown = [name for name in mapping if name not in {column.header for column in plan.columns}]
    if unknown:
        raise Invalid({"mapping": [f"There is no column {', '.join(unknown)[:200]}."]})
    columns = tuple(_mapped(one, mapping[one.header]) if one.header in mapping else one for one in plan.columns)
    plan = actions.rekeyed(Plan.loaded(replace(plan, columns=columns).dumped()))
    return replace(
        plan, mode=body.mode, repeats=body.repeats, owners=body.owners, creates=body.creates, tags=_listed(body.tags),
        keys=_listed(body.keys) or plan.keys, overwrites=body.overwrites,
    )  # fmt: skip


def _mapped(column: Column, given: Any) -> Column:
    """The column as a mapping has it: a field's name, nothing, or an object. Raises Invalid."""
    found = given if isinstance(given, dict) else {"field": given}
    field, fills = found.get("field") or "", found.get("fills", False)
    if set(found) - {"field", "fills"} or not isinstance(field, str) or not isinstance(fills, bool):
        said = f'{column.header}: give a field, null, or {{"field": "city", "fills": true}}.'
        raise Invalid({"mapping": [said]})
    return replace(column, target=field, fills=fills)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))


@imports.get("/{uuid:import_id}", response={200: ImportOut, **REFUSALS}, operation_id="get_import", by_alias=False)
def get_import(request: HttpRequest, import_id: UUID) -> Any:
    return queries.any_import_for(context.actor(), import_id)


@imports.get("/{uuid:import_id}/lines", response={200: FaultPage, **REFUSALS}, operation_id="list_import_lines")
def list_lines(request: HttpRequest, import_id: UUID, asked: Query[JobLinesIn]) -> Any:
    """The rows that were refused or skipped: row, column, value, what is wrong, how to mend it."""
    job = queries.any_import_for(context.actor(), import_id)
    items, following = page_of_lines(lines_of(job, outcome=asked.outcome, after=asked.cursor), asked.limit)
    return {"items": items, "next": following}


@imports.post(
    "/{uuid:import_id}/cancellation",
    response={200: ImportOut, **REFUSALS},
    operation_id="cancel_import",
    by_alias=False,
)
def cancel_import(request: HttpRequest, import_id: UUID) -> Any:
    """Stop after the current piece. What was imported stays, and can be undone."""
    actor = context.actor()
    return jobs.stop_job(job=queries.any_import_for(actor, import_id), by=actor)


@imports.post("/{uuid:import_id}/undo", response={202: JobOut, **REFUSALS}, operation_id="undo_import", by_alias=False)
def undo_import(request: HttpRequest, import_id: UUID) -> Any:
    """What was created goes into the bin; what was changed goes back, unless it was changed since."""
    actor = context.actor()
    return Status(202, jobs.undo_job(job=queries.import_for(actor, import_id), by=actor))
