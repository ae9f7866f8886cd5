"""Who may enter an agency's portal and API: its members, and nobody else.

People of the public schema hold no role there; membership is what counts.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from public_site.agency.models import AgencyMember, AgencyTab
from public_site.navigation import AGENCY
from tenants.directory.models import Agency
from tenants.kernel import context
from tenants.kernel.errors import Denied


class MemberRequest(HttpRequest):
    """A request of an agency's member, as pages behind `members_only` see it."""

    member: AgencyMember

    @property
    def agency(self) -> Agency:
        return self.member.agency


def agency_member(request: HttpRequest) -> AgencyMember | None:
    """The membership of who asks, at the agency whose host is asked; looked up once a request."""
    agency_id = context.place().agency_id
    if agency_id is None or not request.user.is_authenticated:
        return None
    asked = cast(MemberRequest, request)
    if not hasattr(asked, "member"):
        members = AgencyMember.objects.select_related("agency", "user")
        found = members.filter(agency_id=agency_id, user_id=request.user.pk).first()
        if found is None:
            return None
        asked.member = found
    return asked.member


def require_member(
    request: HttpRequest, tab: AgencyTab | None, *, owner: bool = False, all_companies: bool = False
) -> AgencyMember:
    """The membership, or Denied. The one gate of pages and API.

    `tab` is the part that is asked for, None for what belongs to no part; `owner` what staff may not do;
    `all_companies` what concerns more than the companies somebody may be kept to.
    """
    member = agency_member(request)
    if member is None:
        raise Denied(_("This place is for the agency's own people."))
    if tab is not None and not member.may_open(tab):
        raise Denied(_("An owner of the agency has not opened this part for you."))
    if owner and not member.is_owner:
        raise Denied(_("Only an owner of the agency may do this."))
    if all_companies and not member.has_all_companies:
        raise Denied(_("This concerns all companies of the agency, and you look after some of them."))
    return member


def members_only(
    tab: AgencyTab | None, *, owner: bool = False, all_companies: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page of one part of the portal: strangers go to sign in, `request.member` is there for the rest."""

    def gated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require_member(request, tab, owner=owner, all_companies=all_companies)
            return view(cast(MemberRequest, request), *args, **kwargs)

        return checked

    return gated


def open_urls(request: HttpRequest) -> list[str]:
    """Where the side bar of the portal leads this member, in its order."""
    member = agency_member(request)
    return [item.url for item in AGENCY if member and _is_open(member, item.url)]


def _is_open(member: AgencyMember, url: str) -> bool:
    tab, is_of_all = GATES[url]
    if url in OWNERS_ONLY and not member.is_owner:
        return False
    return member.may_open(tab) and (member.has_all_companies or not is_of_all)


GATES = {
    "/companies/": (AgencyTab.COMPANIES, False),
    "/brand-editor/": (AgencyTab.BRAND, True),
    "/domains/": (AgencyTab.DOMAINS, True),
    "/transfers/": (AgencyTab.COMPANIES, True),
    "/isolation/": (AgencyTab.COMPANIES, True),
    "/staff/": (AgencyTab.STAFF, False),
    "/commands/": (AgencyTab.COMPANIES, True),
    "/api-keys/": (AgencyTab.KEYS, False),
}
"""What each entry of the side bar asks for: a part, and whether it concerns all companies."""
OWNERS_ONLY = ("/commands/",)
