"""The other companies of a person, and the ticket that leads over.

What counts here is that somebody holds the mailbox: an account of the same address in another company is theirs
only then. A company's own identity provider or directory may say any address of anybody, and whoever holds it
could register a passkey besides. So only sessions lead over that began with a password or a mailed link, of
people no directory manages: both were proven by mail.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.signing import BadSignature
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.directory.queries import company_tenant
from tenants.identity.errors import LinkInvalid
from tenants.identity.models import ScimItem, User
from tenants.identity.signin.steps import LINK, PASSWORD, SWITCH, WELCOME
from tenants.identity.support.inside import inside as on_support_visit
from tenants.identity.switching.index import digest_of
from tenants.identity.viewing.inside import viewing_of
from tenants.kernel import context, signing
from tenants.kernel.errors import Denied, NotFound

PURPOSE: Final = "switch-company"
TICKET_SECONDS: Final = 60
MOST: Final = 25
PROVEN_BY_MAIL = (PASSWORD, LINK, WELCOME, SWITCH)


@dataclass(frozen=True)
class Elsewhere:
    """An account of the same person in another company."""

    company: Company
    user_id: UUID
    role: str

    @property
    def id(self) -> UUID:
        return self.company.pk

    @property
    def name(self) -> str:
        return self.company.name


def may_switch(request: HttpRequest) -> bool:
    """Whether it is certain enough who sits here. Keys, visits and views stay where they are.

    Nobody leads out of a sandbox: its mails are kept inside, so whoever reads them there proves no mailbox.
    """
    user = request.user
    if context.in_sandbox():
        return False
    if not isinstance(user, User) or getattr(request, "api_key", None) or not context.place().company_id:
        return False
    if viewing_of(request) or on_support_visit(request) or not user.verified_at:
        return False
    return request.session.get("_method") in PROVEN_BY_MAIL and not ScimItem.objects.filter(user=user).exists()


def companies_of(request: HttpRequest) -> list[Elsewhere]:
    """Where else in the agency this person works: active companies, accounts that were accepted. By name."""
    user = request.user
    if not may_switch(request) or not isinstance(user, User):
        return []
    found = ((company, _account(company, user.email)) for company in _candidates(user.email))
    return [Elsewhere(company, one.pk, str(one.role or "")) for company, one in found if one]


def _candidates(email: str) -> list[Company]:
    here, company_id = context.place(), context.company_id()
    assert here.agency_id
    with context.public():
        rows = Company.objects.filter(
            agency_id=here.agency_id, status=CompanyStatus.ACTIVE, memberships__digest=digest_of(here.agency_id, email)
        )
        return list(rows.exclude(pk=company_id).order_by("name", "id").distinct()[:MOST])


def _account(company: Company, email: str) -> User | None:
    """The account over there; the company's own tables say whether there is one."""
    with context.inside(company.place):
        rows = User.objects.select_related("role").filter(email__iexact=email, is_active=True)
        return rows.filter(verified_at__isnull=False).first()


def ticket_url(request: HttpRequest, company_id: UUID) -> str:
    """The address at the other company's host that goes on there, once and soon. Raises Denied, NotFound."""
    if not may_switch(request):
        raise Denied(_("Sign in with your password or a mailed link to switch from here."))
    found = next((one for one in companies_of(request) if one.id == company_id), None)
    if found is None:
        raise NotFound(_("You have no account there."))
    tenant = company_tenant(found.id)
    with context.inside(tenant.place):
        ticket = signing.ticket(str(found.user_id), purpose=PURPOSE)
    return f"{tenant.base_url}/switch/enter/?{urlencode({'ticket': ticket})}"


def user_of_ticket(ticket: str) -> User:
    """For whom a ticket was made, at the company we are in; used up by this. Raises LinkInvalid."""
    try:
        user_id = signing.used_up(ticket, purpose=PURPOSE, max_age_seconds=TICKET_SECONDS)
    except BadSignature as error:
        raise LinkInvalid from error
    found = User.objects.select_related("role").filter(pk=UUID(user_id), is_active=True, verified_at__isnull=False)
    user = found.first()
    if user is None:
        raise LinkInvalid
    return user
