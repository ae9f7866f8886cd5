"""Conversion of leads, one by one or several at once."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from tenants.crm.actions import Plan, Result, convert_lead, convert_leads
from tenants.crm.models import Lead
from tenants.crm.queries import matches_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.api import REFUSALS
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.records.schemas import Ref, Strict

Id = Path[UUID]
one = Router(tags=["Leads"])
many = Router(tags=["Leads"])


class ConversionIn(Strict):
    """What a lead shall become. What is named by id is linked, the rest is made."""

    contact_id: UUID | None = Field(None, description="Link this contact instead of making one")
    account_id: UUID | None = Field(None, description="Link this account instead of making one")
    create_account: bool = Field(True, description="Make an account of the lead's company")
    create_deal: bool = True
    deal_name: str = Field("", max_length=160)
    amount: Decimal | None = Field(None, ge=0, max_digits=18, decimal_places=4)
    stage_id: UUID | None = Field(
        None, description="Where the deal starts; the default pipeline's first stage if left out"
    )
    ignore_duplicates: bool = Field(False, description="Make new ones although somebody like the lead is there")


class ConversionOut(Schema):
    lead: Ref
    contact: Ref | None
    account: Ref | None
    deal: Ref | None


class MatchesOut(Schema):
    """Who may be the lead already."""

    contacts: list[Ref]
    accounts: list[Ref]


class ConversionsIn(Strict):
    ids: list[UUID] = Field(min_length=1, max_length=200)
    on_duplicate: Literal["refuse", "link", "create"] = "refuse"
    create_deal: bool = True


class ConversionRow(Schema):
    """What became of one lead: converted with links to what was made, or refused with the reason."""

    id: UUID
    outcome: Literal["converted", "refused"]
    contact: Ref | None = None
    account: Ref | None = None
    deal: Ref | None = None
    code: str = ""
    field: str = ""
    detail: str = ""
    fix: str = ""


class ConversionsOut(Schema):
    items: list[ConversionRow]


def _ref(row: Any) -> dict[str, Any] | None:
    return {"id": row.pk, "name": str(row)} if row else None


def _links(lead: Lead) -> dict[str, Any]:
    return {name: _ref(getattr(lead, name)) for name in ("contact", "account", "deal")}


@one.get("/conversion", response={200: MatchesOut, **REFUSALS}, operation_id="get_lead_matches")
def matches(request: HttpRequest, lead_id: Id) -> Any:
    """Contacts and accounts that may be this lead already: the same e-mail, phone, name or web address."""
    found = matches_of(record_for(context.actor(), type_named("leads"), lead_id), context.actor())
    return {"contacts": [_ref(row) for row in found.contacts], "accounts": [_ref(row) for row in found.accounts]}


@one.post("/conversion", response={201: ConversionOut, **REFUSALS}, operation_id="convert_lead")
def convert(request: HttpRequest, lead_id: Id, body: ConversionIn) -> Any:
    """Make or link contact, account and deal of a lead in one go. 409 when somebody like it is there."""
    actor = context.actor()
    lead = record_for(actor, type_named("leads"), lead_id)
    plan = Plan(
        contact=_chosen("contacts", "contact_id", body.contact_id),
        account=_chosen("accounts", "account_id", body.account_id),
        stage=_chosen("stages", "stage_id", body.stage_id),
        makes_account=body.create_account, makes_deal=body.create_deal, deal_name=body.deal_name.replace("\x00", ""),
        amount=body.amount, ignores_duplicates=body.ignore_duplicates,
    )  # fmt: skip
    converted = convert_lead(lead=lead, plan=plan, by=actor)
    return Status(201, {"lead": _ref(converted), **_links(converted)})


def _chosen(type_name: str, field: str, record_id: UUID | None) -> Any:
    """The record an id in the body names. Raises Invalid at the field."""
    if record_id is None:
        return None
    try:
        return record_for(context.actor(), type_named(type_name), record_id)
    except NotFound as error:
        raise Invalid({field: ["There is none with this id."]}) from error


@many.post("", response={200: ConversionsOut, **REFUSALS}, operation_id="convert_leads")
def convert_several(request: HttpRequest, body: ConversionsIn) -> Any:
    """Convert up to 200 leads, each by itself, and say of each what became of it."""
    results = convert_leads(
        lead_ids=body.ids, on_duplicate=body.on_duplicate, makes_deal=body.create_deal, by=context.actor()
    )
    return {"items": [_row(result) for result in results]}


def _row(result: Result) -> dict[str, Any]:
    if result.lead:
        return {"id": result.lead_id, "outcome": "converted", **_links(result.lead)}
    error = result.error
    assert error
    words = {"code": error.code, "field": error.field, "detail": str(error.detail), "fix": str(error.fix)}
    return {"id": result.lead_id, "outcome": "refused", **words}
