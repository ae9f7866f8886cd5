"""The agency's API: its companies, by an API key of one of its members."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from public_site.agency import actions
from public_site.agency.access import require_member
from public_site.agency.models import AgencyTab
from public_site.agency.queries import companies_matching, company_for, newest_first
from public_site.agency.schemas import CompanyIn, CompanyOut, CompanyPage, ListIn, SuspensionIn, company_out
from tenants.directory.models import Company
from tenants.fleet.lifecycle import closing
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.schemas import Problem

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
companies = Router(tags=["Companies"])


@companies.get("", response={200: CompanyPage, **REFUSALS}, operation_id="list_companies")
def list_companies(request: HttpRequest, asked: Query[ListIn]) -> Any:
    """The agency's companies that the key's maker looks after, newest first."""
    member = require_member(request, AgencyTab.COMPANIES)
    found = companies_matching(member, text=asked.q, status=asked.status, slug=asked.slug)
    rows = list(newest_first(found, before=cursor_of(asked.cursor))[: asked.limit + 1])
    is_more, rows = len(rows) > asked.limit, rows[: asked.limit]
    return {
        "items": [company_out(row) for row in rows],
        "next": str(rows[-1].pk) if is_more else None,
        "total": found.count() if asked.with_total else None,
    }


def cursor_of(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Invalid({"cursor": ["This cursor is not one of ours. Start again without it."]}) from error


@companies.post("", response={201: CompanyOut, **REFUSALS}, operation_id="create_company")
def create_company(request: HttpRequest, body: CompanyIn, response: HttpResponse) -> Any:
    """A company that works when the answer arrives; its owner gets an invitation."""
    member = require_member(request, AgencyTab.COMPANIES, all_companies=True)
    made = actions.open_company(agency=member.agency, by=context.actor(), **body.dict())
    response["Location"] = f"/api/v1/companies/{made.pk}"
    return Status(201, company_out(company_for(member, made.pk)))


@companies.get("/{company_id}", response={200: CompanyOut, **REFUSALS}, operation_id="get_company")
def get_company(request: HttpRequest, company_id: UUID) -> Any:
    return company_out(_company(request, company_id))


def _company(request: HttpRequest, company_id: UUID) -> Company:
    return company_for(require_member(request, AgencyTab.COMPANIES), company_id)


@companies.post("/{company_id}/suspension", response={200: CompanyOut, **REFUSALS}, operation_id="suspend_company")
def suspend_company(request: HttpRequest, company_id: UUID, body: SuspensionIn | None = None) -> Any:
    """Close its doors; data stays. Asking twice changes nothing."""
    company = _company(request, company_id)
    closing.suspend_company(company=company, reason=body.reason if body else "", by=context.actor())
    return company_out(_company(request, company_id))


@companies.delete("/{company_id}/suspension", response={200: CompanyOut, **REFUSALS}, operation_id="resume_company")
def resume_company(request: HttpRequest, company_id: UUID) -> Any:
    company = _company(request, company_id)
    closing.resume_company(company=company, by=context.actor())
    return company_out(_company(request, company_id))
