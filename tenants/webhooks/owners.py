"""With whose eyes an endpoint is told of records: its owner's, as their role is today."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from tenants.identity.models import User
from tenants.kernel.actors import Actor, cut
from tenants.webhooks.models import Endpoint


def actors_of(endpoints: Iterable[Endpoint]) -> Mapping[UUID, Actor]:
    """By endpoint; without those whose owner has left. One query."""
    found = list(endpoints)
    users = User.objects.select_related("role").filter(pk__in={one.owner_id for one in found}, is_active=True)
    known = {user.pk: user for user in users}
    return {one.pk: cut(known[one.owner_id].actor, one.scopes) for one in found if one.owner_id in known}
