"""Who comes in at an agency's door: its members."""

from public_site.agency.models import AgencyMember
from tenants.directory.enums import Face
from tenants.directory.tenant import Tenant
from tenants.identity.doors import doorkeeper
from tenants.identity.models import User


@doorkeeper(Face.AGENCY)
def agency_door(user: User, tenant: Tenant) -> str | None:
    is_member = tenant.agency and AgencyMember.objects.filter(agency_id=tenant.agency.id, user=user).exists()
    return "/" if is_member else None
