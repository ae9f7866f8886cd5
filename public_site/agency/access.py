"""Who may enter an agency's portal and API: its members, and nobody else.

People of the public schema hold no role there; membership is what counts.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from public_site.agency.models import AgencyMember, AgencyRole
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
    """The membership of who asks, at the agency whose host is asked."""
    agency_id = context.place().agency_id
    if agency_id is None or not request.user.is_authenticated:
        return None
    members = AgencyMember.objects.select_related("agency", "user")
    return members.filter(agency_id=agency_id, user_id=request.user.pk).first()


def require_member(request: HttpRequest, *, role: AgencyRole | None = None) -> AgencyMember:
    """The membership, or Denied; `role` OWNER for what staff may not do."""
    member = agency_member(request)
    if member is None:
        raise Denied(_("This place is for the agency's own people."))
    if role == AgencyRole.OWNER and member.role != AgencyRole.OWNER:
        raise Denied(_("Only an owner of the agency may do this."))
    return member


def members_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the portal: strangers go to sign in, `request.member` is there for the rest."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = cast(MemberRequest, request)
        asked.member = require_member(request)
        return view(asked, *args, **kwargs)

    return checked
