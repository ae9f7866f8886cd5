"""Writes about support visits. The visit lies in public, its session in the company; both audits tell of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.signing import BadSignature
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.enums import SupportAccess, VisitState
from tenants.directory.models import Company, SupportVisit
from tenants.directory.queries import company_tenant
from tenants.identity.actions import audit
from tenants.identity.enums import SETTINGS
from tenants.identity.errors import LinkInvalid
from tenants.identity.models import Session, User
from tenants.kernel import context, signing
from tenants.kernel.actors import Actor
from tenants.kernel.context import PUBLIC_SCHEMA, Place
from tenants.kernel.errors import Conflict, Denied, Invalid, NotFound

MINUTES: Final = (15, 30, 60, 120)
TICKET_SECONDS: Final = 120
CONSENT_HOURS: Final = 24
"""How long a visit may wait for consent, or be entered after it."""
PURPOSE: Final = "support-visit"
MOST_REASON: Final = 300


@transaction.atomic
def ask_visit(
    *, company: Company, visitor: User, house: str, user_id: UUID, reason: str, minutes: int, by: Actor
) -> SupportVisit:
    """A visit that may begin, or that waits for somebody of the company to agree. Runs in public.

    Raises Conflict where support is switched off, Invalid, NotFound.
    """
    reason = " ".join(reason.replace("\x00", "").split())
    errors = {}
    if not 5 <= len(reason) <= MOST_REASON:
        errors["reason"] = [_("Say why, in 5 to 300 characters: the company reads it.")]
    if minutes not in MINUTES:
        errors["minutes"] = [_("Choose one of: %(known)s.") % {"known": ", ".join(map(str, MINUTES))}]
    if errors:
        raise Invalid(errors)
    access = _access(company.pk)
    visit = SupportVisit(
        company=company, visitor_id=visitor.pk, visitor_name=str(visitor)[:120], visitor_email=visitor.email,
        house=house[:120], home_chain=str(context.place().agency_id or ""), user_id=user_id, reason=reason,
        minutes=minutes, state=VisitState.AGREED if access == SupportAccess.OPEN else VisitState.ASKED,
    )  # fmt: skip
    with context.inside(company.place):
        visit.user_name = str(_user(user_id))[:120]
    visit.save(force_insert=True)
    _note("support.asked", visit, by=by, reason=reason, minutes=minutes)
    return visit


def _access(company_id: UUID) -> str:
    """Read anew each time: switching off counts at once. Raises Conflict when it is off."""
    with context.public():
        access = Company.objects.values_list("support_access", flat=True).get(pk=company_id)
    if access == SupportAccess.OFF:
        raise Conflict(_("This company has switched support visits off."), fix=_("Ask its owner to allow them."))
    return str(access)


def _user(user_id: UUID) -> User:
    found = User.objects.select_related("role").filter(pk=user_id, is_active=True).first()
    if not found:
        raise NotFound("No such user")
    return found


def entry_url(visit: SupportVisit) -> str:
    """The address at the company's host that begins the visit, once and soon."""
    tenant = company_tenant(visit.company_id)
    with context.inside(tenant.place):
        ticket = signing.ticket(str(visit.pk), purpose=PURPOSE)
    return f"{tenant.base_url}/support/enter/?{urlencode({'ticket': ticket})}"


def visit_of_ticket(ticket: str) -> SupportVisit:
    """The visit a ticket was made for; used up by this. Raises LinkInvalid."""
    try:
        visit_id = signing.used_up(ticket, purpose=PURPOSE, max_age_seconds=TICKET_SECONDS)
    except BadSignature as error:
        raise LinkInvalid from error
    return visit_here(UUID(visit_id))


def visit_here(visit_id: UUID) -> SupportVisit:
    """A visit of the company we are in. Raises NotFound."""
    company_id = context.company_id()
    with context.public():
        found = SupportVisit.objects.select_related("company").filter(pk=visit_id, company_id=company_id).first()
    if not found:
        raise NotFound("No such visit")
    return found


@transaction.atomic
def begin_visit(visit: SupportVisit, *, session_key: str) -> tuple[SupportVisit, User]:
    """The visit with its end, and whom the visitor now works as. Raises Conflict, NotFound."""
    _access(visit.company_id)
    user = _user(visit.user_id)
    now = timezone.now()
    with context.public():
        visit = SupportVisit.objects.select_for_update(of=("self",)).select_related("company").get(pk=visit.pk)
        if visit.state != VisitState.AGREED or now - visit.updated_at > timedelta(hours=CONSENT_HOURS):
            raise Conflict(_("This visit cannot begin: nobody has agreed, or it is over."))
        visit.state, visit.starts_at, visit.session_key = VisitState.INSIDE, now, session_key
        visit.ends_at = now + timedelta(minutes=visit.minutes)
        visit.save()
    _note("support.entered", visit, by=actor_for(user, visit), reason=visit.reason, minutes=visit.minutes)
    return visit, user


def actor_for(user: User, visit: SupportVisit) -> Actor:
    return actor_named(user, visit.visitor_name, visit.house)


def actor_named(user: User, visitor: str, house: str) -> Actor:
    """The user's rights under both names: history and audit tell who it really was."""
    name = f"{visitor} ({house}) for {user} (support)"
    return replace(user.actor, name=name if len(name) <= 120 else f"{visitor[:50]} for {str(user)[:50]} (support)")


@transaction.atomic
def end_visit(*, visit: SupportVisit, by: Actor) -> None:
    """Out at once, by whoever: the session goes. Ending twice changes nothing."""
    with context.public():
        open_states = (VisitState.ASKED, VisitState.AGREED, VisitState.INSIDE)
        rows = SupportVisit.objects.filter(pk=visit.pk, state__in=open_states)
        if not rows.update(state=VisitState.ENDED, ends_at=timezone.now(), updated_at=timezone.now()):
            return
    with context.inside(visit.company.place):
        Session.objects.filter(session_key=visit.session_key).exclude(session_key="").delete()
    _note("support.left", visit, by=by)


@transaction.atomic
def answer_visit(*, visit: SupportVisit, agree: bool, by: Actor) -> None:
    """By whoever may change the company's settings. Raises Denied, Conflict when it is answered."""
    _require(by)
    state = VisitState.AGREED if agree else VisitState.REFUSED
    with context.public():
        waiting = SupportVisit.objects.filter(pk=visit.pk, state=VisitState.ASKED)
        values = {"state": state, "answered_by": by.name[:120], "updated_at": timezone.now()}
        if not waiting.update(**values):
            raise Conflict(_("This visit has been answered already."))
    _note("support.agreed" if agree else "support.refused", visit, by=by)


@transaction.atomic
def set_support_access(*, access: str, by: Actor) -> None:
    """Whether support may enter; switched off, whoever is inside is out. Raises Denied, Invalid."""
    _require(by)
    if access not in SupportAccess.values:
        raise Invalid({"access": [_("Choose one of: %(known)s.") % {"known": ", ".join(SupportAccess.values)}]})
    company_id = context.company_id()
    with context.public():
        Company.objects.filter(pk=company_id).update(support_access=access, updated_at=timezone.now())
        ongoing = list(
            SupportVisit.objects.select_related("company").filter(
                company_id=company_id, state__in=(VisitState.ASKED, VisitState.AGREED, VisitState.INSIDE)
            )
            if access == SupportAccess.OFF
            else ()
        )
    audit("support.access_changed", by=by, subject=access)
    for visit in ongoing:
        end_visit(visit=visit, by=by)


def _require(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may decide about support visits."))


def _note(action: str, visit: SupportVisit, *, by: Actor, **details: Any) -> None:
    """In the company's audit and in that of the visitor's house."""
    told = {"visitor": visit.visitor_email, "house": visit.house, "visit": str(visit.pk), **details}
    with context.inside(visit.company.place):
        audit(action, by=by, subject=visit.user_name, **told)
    home = Place(schema=PUBLIC_SCHEMA, agency_id=UUID(visit.home_chain) if visit.home_chain else None)
    with context.inside(home):
        audit(action, by=by, subject=f"company:{visit.company_id}", user=visit.user_name, **told)
