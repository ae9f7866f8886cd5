"""Keys for an agency's programs."""

from django.db import transaction

from public_site.agency.models import AgencyKey, AgencyMember
from tenants.identity.actions import create_api_key, revoke_api_key
from tenants.identity.models import ApiKey
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.context import PUBLIC_SCHEMA, Place


@transaction.atomic
def create_agency_key(*, member: AgencyMember, name: str, by: Actor) -> tuple[ApiKey, str]:
    """A key that acts as this member at this agency, and its secret text, shown this once. Raises Invalid."""
    # The digest is salted with the agency: at another agency's host the key is none.
    with context.inside(Place(schema=PUBLIC_SCHEMA, agency_id=member.agency_id), actor=by):
        key, secret = create_api_key(user=member.user, name=name, by=by)
    AgencyKey.objects.create(agency_id=member.agency_id, key=key)
    return key, secret


@transaction.atomic
def revoke_agency_key(*, key: AgencyKey, by: Actor) -> None:
    revoke_api_key(key=key.key, by=by)
