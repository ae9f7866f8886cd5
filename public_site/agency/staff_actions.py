"""Who works for an agency."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from public_site.agency.audit import note
from public_site.agency.models import AgencyMember, AgencyRole, AgencyTab
from tenants.directory.enums import VisitState
from tenants.directory.models import Agency, SupportVisit
from tenants.directory.queries import companies_of
from tenants.identity.actions import add_user
from tenants.identity.letters import post_invitation
from tenants.identity.models import User
from tenants.identity.people import name_from
from tenants.identity.support.visits import end_visit
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid

MOST_COMPANIES = 500
Names = Iterable[str] | None
Ids = Iterable[UUID] | None


@transaction.atomic
def invite_member(
    *, agency: Agency, email: str, name: str, role: str, by: Actor, tabs: Names = None, company_ids: Ids = None
) -> AgencyMember:
    """A member, kept to `tabs` and companies from the first moment on (None: everything).

    Who has no account yet gets an invitation by mail. Raises Denied, Conflict, Invalid.
    """
    _require_owner(agency, by)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid({"email": list(error.messages)}) from error
    limits = _limits(agency, role, tabs, company_ids)
    user = User.objects.filter(email__iexact=email).first() or add_user(email=email, name=name or name_from(email))
    defaults = {"role": role, **limits}
    member, is_new = AgencyMember.objects.get_or_create(agency=agency, user=user, defaults=defaults)
    if not is_new:
        raise Conflict(_("%(email)s works here already.") % {"email": email}, field="email")
    if not user.verified_at:
        post_invitation(user, inviter=by.name)
    note("member.invited", agency_id=agency.pk, by=by, email=email, role=role, **_told(member))
    return member


@transaction.atomic
def change_member(
    *, member: AgencyMember, role: str, by: Actor, tabs: Names = None, company_ids: Ids = None
) -> AgencyMember:
    """Another role, other limits. They count from the next request on; visits beyond them end now.

    Raises Denied, Invalid, Conflict for the last owner.
    """
    _require_owner(member.agency, by)
    limits = _limits(member.agency, role, tabs, company_ids)
    owners = _owners(member.agency_id)
    member = AgencyMember.objects.select_for_update(of=("self",)).select_related("agency", "user").get(pk=member.pk)
    if member.is_owner and role != AgencyRole.OWNER:
        _check_not_last(owners)
    before = _state(member)
    member.role, member.tabs, member.company_ids = role, limits["tabs"], limits["company_ids"]
    if _state(member) != before:
        member.save()
        _end_visits(member, by=by)
        note("member.changed", agency_id=member.agency_id, by=by, email=member.user.email, role=role, **_told(member))
    return member


@transaction.atomic
def remove_member(*, member: AgencyMember, by: Actor) -> None:
    """Out at once: membership is asked at every request. Raises Denied, Conflict for the last owner."""
    _require_owner(member.agency, by)
    owners = _owners(member.agency_id)
    if member.is_owner:
        _check_not_last(owners)
    email, agency_id = member.user.email, member.agency_id
    member.tabs = []
    _end_visits(member, by=by)
    member.delete()
    note("member.removed", agency_id=agency_id, by=by, email=email)


def _require_owner(agency: Agency, by: Actor) -> None:
    """Whatever door somebody came through: limits are set by owners, and nobody widens their own."""
    if by.kind == "robot":
        return
    owners = AgencyMember.objects.filter(agency=agency, role=AgencyRole.OWNER)
    if by.user_id is None or not owners.filter(user_id=by.user_id).exists():
        raise Denied(_("Only an owner of the agency may do this."))


def _owners(agency_id: UUID) -> list[AgencyMember]:
    """Locked, so that two owners cannot put each other out at one moment."""
    rows = AgencyMember.objects.select_for_update().filter(agency_id=agency_id, role=AgencyRole.OWNER)
    return list(rows.order_by("pk"))


def _check_not_last(owners: list[AgencyMember]) -> None:
    if len(owners) < 2:
        raise Conflict(_("The agency needs an owner."), fix=_("Make somebody else an owner first."))


def _limits(agency: Agency, role: str, tabs: Names, company_ids: Ids) -> dict[str, Any]:
    """As the row keeps them. Raises Invalid for what is unknown, and for limits of an owner."""
    errors: dict[str, list[str]] = {}
    if role not in AgencyRole.values:
        errors["role"] = [_("Choose a role from the list.")]
    kept_tabs = None if tabs is None else list(dict.fromkeys(tabs))
    kept_ids = None if company_ids is None else list(dict.fromkeys(company_ids))
    if role == AgencyRole.OWNER and (kept_tabs is not None or kept_ids is not None):
        errors["role"] = [_("An owner sees everything. Only staff can be limited.")]
    if unknown := [one for one in kept_tabs or () if one not in AgencyTab.values]:
        known = {"unknown": ", ".join(map(str, unknown))[:80], "known": ", ".join(AgencyTab.values)}
        errors["tabs"] = [_("There is no %(unknown)s. Known: %(known)s.") % known]
    if kept_ids and not _are_here(agency, kept_ids):
        errors["companies"] = [_("Choose at most %(most)d companies of your agency.") % {"most": MOST_COMPANIES}]
    if errors:
        raise Invalid(errors)
    return {"tabs": kept_tabs, "company_ids": kept_ids}


def _are_here(agency: Agency, ids: list[UUID]) -> bool:
    return len(ids) <= MOST_COMPANIES and companies_of(agency.pk).filter(pk__in=ids).count() == len(ids)


def _state(member: AgencyMember) -> Any:
    return member.role, member.tabs, member.company_ids


def _told(member: AgencyMember) -> dict[str, Any]:
    """The limits for the audit: parts by name, companies by id; "all" where there are none."""
    ids = member.company_ids
    return {
        "tabs": "all" if member.tabs is None else member.tabs,
        "companies": "all" if ids is None else [str(one) for one in ids],
    }


def _end_visits(member: AgencyMember, *, by: Actor) -> None:
    """Of this agency's visits by the member, those that may no longer be: asked for, agreed to, or under way."""
    open_states = (VisitState.ASKED, VisitState.AGREED, VisitState.INSIDE)
    rows = SupportVisit.objects.filter(visitor_id=member.user_id, home_chain=str(member.agency_id))
    for visit in rows.filter(state__in=open_states).select_related("company"):
        if not (member.may_open(AgencyTab.SUPPORT) and member.sees(visit.company_id)):
            end_visit(visit=visit, by=by)
