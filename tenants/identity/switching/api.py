"""The REST resource `me/companies`, for browsers: where else one works, and the way over."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tenants.identity.switching.companies import companies_of, ticket_url
from tenants.records.schemas import Problem

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422), Problem)
router = Router(tags=["Me"])


class ElsewhereOut(Schema):
    id: UUID
    name: str
    role: str


class CompaniesOut(Schema):
    items: list[ElsewhereOut]


class TicketOut(Schema):
    url: str = Field(description="Opens the other company once, within a minute; it may ask for more")


@router.get("", response={200: CompaniesOut, **REFUSALS}, operation_id="list_my_companies")
def listing(request: HttpRequest) -> Any:
    """Other companies of the agency where the same proven address has an account. Empty for API keys."""
    return {"items": companies_of(request)}


@router.post("/{uuid:company_id}/ticket", response={201: TicketOut, **REFUSALS}, operation_id="switch_company")
def ticket(request: HttpRequest, company_id: UUID) -> Any:
    return Status(201, {"url": ticket_url(request, company_id)})
