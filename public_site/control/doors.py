"""Who comes in at the platform's door: its admins; agencies' people are led to their agency."""

from public_site.agency.handover import handover_url
from public_site.agency.models import AgencyMember
from public_site.control.models import PlatformAdmin
from tenants.directory.enums import AgencyStatus, Face
from tenants.directory.tenant import Tenant
from tenants.identity.doors import doorkeeper
from tenants.identity.models import User


@doorkeeper(Face.PLATFORM)
def platform_door(user: User, tenant: Tenant) -> str | None:
    if PlatformAdmin.objects.filter(user=user).exists():
        return "/control/"
    memberships = AgencyMember.objects.filter(user=user, agency__status=AgencyStatus.ACTIVE)
    member = memberships.order_by("created_at").first()
    return handover_url(user_id=user.pk, agency_id=member.agency_id) if member else None
