"""The isolation reports over the agency's API."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from public_site.agency.access import require_member
from public_site.agency.api import REFUSALS, cursor_of
from public_site.agency.isolation_actions import attack_own
from public_site.agency.models import AgencyTab
from public_site.isolation.files import known_keys
from tenants.fleet.isolation.queries import report_of, reports_of, signed
from tenants.kernel import context

isolation = Router(tags=["Isolation"])


class ReportOut(Schema):
    id: UUID
    verdict: Literal["green", "red", "unclear"]
    companies: int = Field(description="How many were attacked")
    attacks: int
    findings: int
    created_at: datetime


class ReportPage(Schema):
    items: list[ReportOut]
    next: str | None = None


class ReportsIn(Schema):
    cursor: str = Field("", description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class SignatureOut(Schema):
    algorithm: str
    key: str
    value: str = Field(description="Over the report's canonical text: keys sorted, no space, UTF-8; base64")


class SignedOut(Schema):
    report: dict[str, Any]
    signature: SignatureOut


class SigningKeyOut(Schema):
    id: UUID
    algorithm: str
    public: str
    pem: str
    since: datetime


class SigningKeys(Schema):
    items: list[SigningKeyOut]


class ProofOut(Schema):
    id: UUID


def _agency(request: HttpRequest, *, owner: bool = False) -> Any:
    return require_member(request, AgencyTab.COMPANIES, all_companies=True, owner=owner).agency


@isolation.get("", response={200: ReportPage, **REFUSALS}, operation_id="list_isolation_reports")
def list_reports(request: HttpRequest, asked: Query[ReportsIn]) -> Any:
    """What came of each night's attacks, newest first."""
    rows = reports_of(_agency(request).pk)
    after = cursor_of(asked.cursor)
    found = list((rows.filter(pk__lt=after) if after else rows)[: asked.limit + 1])
    is_more = len(found) > asked.limit
    return {"items": found[: asked.limit], "next": str(found[asked.limit - 1].pk) if is_more else None}


@isolation.post("", response={202: ProofOut, **REFUSALS}, operation_id="attack_isolation")
def attack(request: HttpRequest) -> Any:
    """Attack the agency's companies now; a report follows. At most once an hour."""
    operation = attack_own(agency=_agency(request, owner=True), by=context.actor())
    return Status(202, {"id": operation.pk})


@isolation.get("/keys", response={200: SigningKeys, **REFUSALS}, operation_id="list_isolation_keys")
def list_keys(request: HttpRequest) -> Any:
    """The public keys that signatures are checked with."""
    _agency(request)
    return {"items": known_keys()}


@isolation.get("/{uuid:report_id}", response={200: SignedOut, **REFUSALS}, operation_id="get_isolation_report")
def get_report(request: HttpRequest, report_id: UUID) -> Any:
    """The whole report with its signature."""
    return signed(report_of(_agency(request).pk, report_id))
