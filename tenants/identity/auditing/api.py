"""The REST resource `audit`: read only."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from tenants.identity.auditing import queries
from tenants.identity.auditing.exporting import export_audit
from tenants.identity.auditing.verifying import Report, verify
from tenants.identity.enums import SETTINGS
from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.exporting.writers import ENDINGS
from tenants.records.schemas import Asked, Problem

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422), Problem)
router = Router(tags=["Audit"])


class EntryOut(Schema):
    number: int
    id: UUID
    created_at: datetime
    actor_name: str
    user_id: UUID | None
    action: str
    subject: str
    details: dict[str, Any]
    machine: str = Field(description="The IP address it was done from")
    request_id: str
    previous: str
    digest: str


class EntriesOut(Schema):
    items: list[EntryOut]
    next: int | None = Field(description="Ask with before=… for what comes next")


class AskedIn(Asked):
    who: UUID | None = None
    what: str = Field("", max_length=60, description="An action like sign_in.done, or a family like sign_in")
    since: date | None = None
    until: date | None = None
    about: str = Field("", max_length=200, description="Part of the subject")


class PageIn(AskedIn):
    before: int | None = Field(None, ge=1, le=2**53)
    limit: int = Field(50, ge=1, le=200)


class FindingOut(Schema):
    kind: str
    text: str
    numbers: list[int]


class ReportOut(Schema):
    holds: bool
    count: int
    last: int
    findings: list[FindingOut]


@router.get("", response={200: EntriesOut, **REFUSALS}, operation_id="list_audit")
def listing(request: HttpRequest, asked: Query[PageIn]) -> Any:
    """What matters for trust, newest first."""
    rows = _rows(asked)
    items, more = queries.page_of(rows, before=asked.before, size=asked.limit)
    return {"items": items, "next": more}


@router.get("/verification", response={200: ReportOut, **REFUSALS}, operation_id="verify_audit")
def verification(request: HttpRequest) -> Report:
    """Whether the chain is whole: every entry as written, none missing."""
    if not context.actor().may("edit", SETTINGS):
        raise Denied("Only owners and administrators may check the audit.")
    return verify()


@router.get("/export", response={200: None, **REFUSALS}, operation_id="export_audit")
def export(request: HttpRequest, asked: Query[AskedIn], format: Literal["csv", "json"] = "csv") -> FileResponse:
    """The entries as a file, oldest first, with the digests to check them by."""
    file = export_audit(_rows(asked), file_format=format, by=context.actor())
    return FileResponse(file, as_attachment=True, filename=f"audit.{format}", content_type=ENDINGS[format])


def _rows(asked: AskedIn) -> Any:
    given = asked.dict(include={"who", "what", "since", "until"})
    about = asked.about.replace("\x00", "").strip()
    return queries.entries(
        queries.Asked(**given | {"what": asked.what.replace("\x00", "")}, about=about), actor=context.actor()
    )
