"""The agency's API: who works for it, and what is open to them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from public_site.agency import staff_actions
from public_site.agency.access import require_member
from public_site.agency.api import REFUSALS
from public_site.agency.models import AgencyMember, AgencyRole, AgencyTab
from public_site.agency.queries import member_of, members_of
from tenants.kernel import context
from tenants.records.schemas import Strict

staff = Router(tags=["Staff"])
TABS = "Parts of the portal and API that are open; null: all"
COMPANIES = "Ids of the companies that are open; null: all, new ones too"


class StaffPatch(Strict):
    """What is left out stays as it is."""

    role: Literal["owner", "staff"] = "staff"
    tabs: list[str] | None = Field(None, max_length=20, description=TABS)
    companies: list[UUID] | None = Field(None, max_length=staff_actions.MOST_COMPANIES, description=COMPANIES)


class StaffIn(StaffPatch):
    """An invitation."""

    email: str = Field(max_length=254)
    name: str = Field("", max_length=120)


class StaffOut(Schema):
    id: UUID
    email: str
    name: str
    role: Literal["owner", "staff"]
    tabs: list[str] | None = Field(description=TABS)
    companies: list[UUID] | None = Field(description=COMPANIES)
    has_joined: bool
    created_at: datetime


class StaffPage(Schema):
    items: list[StaffOut]


@staff.get("", response={200: StaffPage, **REFUSALS}, operation_id="list_staff")
def list_staff(request: HttpRequest) -> Any:
    """Everybody of the agency, the first first."""
    member = require_member(request, AgencyTab.STAFF)
    return {"items": [_out(one) for one in members_of(member.agency)]}


@staff.post("", response={201: StaffOut, **REFUSALS}, operation_id="invite_staff")
def invite_staff(request: HttpRequest, body: StaffIn) -> Any:
    """For owners. The limits count from the first moment on."""
    member = require_member(request, AgencyTab.STAFF, owner=True)
    values = body.dict()
    made = staff_actions.invite_member(
        agency=member.agency, company_ids=values.pop("companies"), by=context.actor(), **values
    )
    return Status(201, _out(made))


@staff.patch("/{uuid:member_id}", response={200: StaffOut, **REFUSALS}, operation_id="update_staff")
def update_staff(request: HttpRequest, member_id: UUID, body: StaffPatch) -> Any:
    """For owners. Counts from the next request of the person, or of a key of theirs."""
    found = _found(request, member_id)
    # Who becomes an owner loses the limits; else what is not said stays.
    is_staff = (body.role if "role" in body.model_fields_set else found.role) == AgencyRole.STAFF
    kept: dict[str, Any] = {
        "role": found.role,
        "tabs": found.tabs if is_staff else None,
        "companies": found.company_ids if is_staff else None,
    }
    values = kept | body.dict(exclude_unset=True)
    ids = values.pop("companies")
    return _out(staff_actions.change_member(member=found, company_ids=ids, by=context.actor(), **values))


@staff.delete("/{uuid:member_id}", response={204: None, **REFUSALS}, operation_id="remove_staff")
def remove_staff(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """For owners. The person is out at once, and keys made by it stop working."""
    staff_actions.remove_member(member=_found(request, member_id), by=context.actor())
    return HttpResponse(status=204)


def _found(request: HttpRequest, member_id: UUID) -> AgencyMember:
    return member_of(require_member(request, AgencyTab.STAFF, owner=True).agency, member_id)


def _out(member: AgencyMember) -> dict[str, Any]:
    return {
        "id": member.pk, "email": member.user.email, "name": member.user.name, "role": member.role,
        "tabs": member.tabs, "companies": member.company_ids, "has_joined": bool(member.user.verified_at),
        "created_at": member.created_at,
    }  # fmt: skip
