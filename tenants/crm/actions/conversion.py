"""A lead becomes a contact, an account and a deal, in one go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.crm.enums import LeadStatus, Lifecycle
from tenants.crm.errors import DuplicatesFound, LeadAlreadyConverted, LeadUnqualified
from tenants.crm.models import Account, Contact, Deal, Lead, Stage
from tenants.crm.queries import Matches, default_stage, matches_of
from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid
from tenants.records.actions import create_record, note_change, update_record
from tenants.records.changes import difference, snapshot
from tenants.records.queries import record_for, require, require_on
from tenants.records.registry import type_named

MOST_LEADS = 200
GAPS = ("email", "phone", "job_title", "city", "source")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What becomes of a lead. Given records are linked, the others made."""

    contact: Contact | None = None
    account: Account | None = None
    makes_account: bool = True
    makes_deal: bool = True
    deal_name: str = ""
    amount: Decimal | None = None
    stage: Stage | None = None
    ignores_duplicates: bool = False


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one lead of several."""

    lead_id: UUID
    lead: Lead | None = None
    error: DomainError | None = None


@transaction.atomic
def convert_lead(*, lead: Lead, plan: Plan, by: Actor) -> Lead:
    """Make or link contact, account and deal of a lead, which keeps links to all three.

    Emits `lead.converted`. Raises LeadAlreadyConverted, LeadUnqualified, DuplicatesFound when somebody
    like it is there and the plan neither chooses nor ignores them, Invalid, Denied.
    """
    require(by, "edit", "leads")
    Lead.objects.select_for_update().filter(pk=lead.pk).first()
    lead = record_for(by, type_named("leads"), lead.pk)
    require_on(by, "edit", lead)
    _check_state(lead)
    if not plan.contact and not plan.ignores_duplicates:
        _check_duplicates(lead, plan, by)
    account = plan.account or (plan.contact.account if plan.contact else None) or _new_account(lead, plan, by)
    contact = _linked(plan.contact, lead, account, by) if plan.contact else _new_contact(lead, account, plan, by)
    deal = _new_deal(lead, plan, account, contact, by) if plan.makes_deal else None
    return _finish(lead, account, contact, deal, by)


def _check_state(lead: Lead) -> None:
    if lead.converted_at:
        raise LeadAlreadyConverted(field="status")
    if lead.status == LeadStatus.UNQUALIFIED:
        raise LeadUnqualified(field="status")


def _check_duplicates(lead: Lead, plan: Plan, by: Actor) -> None:
    found = matches_of(lead, by)
    accounts = [] if plan.account or not plan.makes_account else found.accounts
    if found.contacts or accounts:
        raise DuplicatesFound(Matches(found.contacts, accounts))


def _new_account(lead: Lead, plan: Plan, by: Actor) -> Account | None:
    if not plan.makes_account or not lead.company_name:
        return None
    values = {"name": lead.company_name, "website": lead.website, "city": lead.city, "owner": lead.owner}
    return create_record(record_type=type_named("accounts"), values=_given(values), by=by)  # type: ignore[no-any-return]


def _new_contact(lead: Lead, account: Account | None, plan: Plan, by: Actor) -> Contact:
    names = ("first_name", "last_name", "job_title", "email", "phone", "city", "source", "owner", "tags")
    values = {name: getattr(lead, name) for name in names} | {"account": account, "lifecycle": _lifecycle(plan)}
    return create_record(record_type=type_named("contacts"), values=_given(values), by=by)  # type: ignore[no-any-return]


def _lifecycle(plan: Plan) -> Lifecycle:
    return Lifecycle.OPPORTUNITY if plan.makes_deal else Lifecycle.SQL


def _linked(contact: Contact, lead: Lead, account: Account | None, by: Actor) -> Contact:
    """The contact that was there, its gaps filled with what the lead knows."""
    values = {name: getattr(lead, name) for name in GAPS if getattr(lead, name) and not getattr(contact, name)}
    if account and not contact.account_id:
        values["account"] = account
    tags = [tag for tag in lead.tags if tag not in contact.tags]
    if tags:
        values["tags"] = [*contact.tags, *tags]
    return update_record(record=contact, values=values, by=by) if values else contact


def _new_deal(lead: Lead, plan: Plan, account: Account | None, contact: Contact, by: Actor) -> Deal:
    name = plan.deal_name or " – ".join(filter(None, (lead.company_name or lead.name, lead.product_interest)))
    values = {
        "name": name[:160], "account": account, "contact": contact, "stage": plan.stage or default_stage(),
        "amount": lead.amount if plan.amount is None else plan.amount, "currency": lead.currency,
        "source": lead.source, "campaign": lead.campaign, "product_interest": lead.product_interest,
        "temperature": lead.temperature, "owner": lead.owner, "tags": lead.tags,
    }  # fmt: skip
    return create_record(record_type=type_named("deals"), values=_given(values), by=by)  # type: ignore[no-any-return]


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _finish(lead: Lead, account: Account | None, contact: Contact, deal: Deal | None, by: Actor) -> Lead:
    record_type = type_named("leads")
    before = snapshot(record_type.known_fields, lead)
    lead.account, lead.contact, lead.deal = account, contact, deal
    lead.status, lead.converted_at = LeadStatus.CONVERTED, timezone.now()
    lead.lifecycle = Lifecycle.OPPORTUNITY if deal else Lifecycle.SQL
    lead.version += 1
    lead.save()
    changes = difference(before, snapshot(record_type.known_fields, lead))
    note_change(record=lead, action="converted", changes=changes, by=by)
    return lead


def convert_leads(*, lead_ids: Sequence[UUID], on_duplicate: str, makes_deal: bool, by: Actor) -> list[Result]:
    """Convert up to 200 leads, each by itself: one that is refused does not hold up the others.

    `on_duplicate` is refuse, link (to the likeliest) or create. Raises Invalid for too many.
    """
    if len(lead_ids) > MOST_LEADS:
        raise Invalid({"ids": [_("Convert at most %(most)d at once.") % {"most": MOST_LEADS}]})
    plan = Plan(makes_deal=makes_deal, ignores_duplicates=on_duplicate != "refuse")
    return [_one(lead_id, plan, on_duplicate == "link", by) for lead_id in dict.fromkeys(lead_ids)]


def _one(lead_id: UUID, plan: Plan, links: bool, by: Actor) -> Result:
    try:
        lead = record_for(by, type_named("leads"), lead_id)
        if links:
            found = matches_of(lead, by)
            plan = replace(plan, contact=next(iter(found.contacts), None), account=next(iter(found.accounts), None))
        return Result(lead_id=lead_id, lead=convert_lead(lead=lead, plan=plan, by=by))
    except DomainError as error:
        return Result(lead_id=lead_id, error=error)
