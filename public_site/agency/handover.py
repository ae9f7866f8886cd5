"""From one door to another: a signed-in person is carried over to an agency's host.

Cookies stay on their host, so a ticket goes with the address: signed for that
agency, good for five minutes and for one use.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.core.signing import BadSignature

from public_site.agency.models import AgencyMember
from tenants.directory.queries import agency_tenant
from tenants.identity.errors import LinkInvalid
from tenants.identity.models import User
from tenants.kernel import context, signing

PURPOSE = "handover"
GOOD_FOR_SECONDS = 300


def handover_url(*, user_id: UUID, agency_id: UUID) -> str:
    """The address at the agency's host that signs this person in there, once."""
    tenant = agency_tenant(agency_id)
    with context.inside(tenant.place):
        ticket = signing.ticket(str(user_id), purpose=PURPOSE)
    return f"{tenant.base_url}/enter/?{urlencode({'ticket': ticket})}"


def user_of_ticket(ticket: str) -> User:
    """The member a ticket was made for; it is used up by this. Raises LinkInvalid."""
    try:
        user_id = signing.used_up(ticket, purpose=PURPOSE, max_age_seconds=GOOD_FOR_SECONDS)
    except BadSignature as error:
        raise LinkInvalid from error
    members = AgencyMember.objects.select_related("user__role").filter(
        agency_id=str(context.place().agency_id or UUID(int=0))
    )
    member = members.filter(user_id=user_id, user__is_active=True).first()
    if not member:
        raise LinkInvalid
    return member.user
