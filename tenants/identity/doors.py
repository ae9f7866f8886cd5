"""Who may come in by which face, and where it leads.

A company's door opens to every user of its tables. Agency and platform share the
public tables, so whoever owns those faces registers a keeper that knows its people:

    @doorkeeper(Face.AGENCY)
    def agency_door(user: User, tenant: Tenant) -> str | None: ...

A keeper answers with the path to land on, with the absolute URL of another host
where this person belongs, or with None for a stranger. A face without a keeper
stays shut.
"""

from collections.abc import Callable

from tenants.directory.enums import Face
from tenants.directory.tenant import Tenant
from tenants.identity.models import User

Doorkeeper = Callable[[User, Tenant], str | None]
_keepers: dict[Face, Doorkeeper] = {Face.COMPANY: lambda user, tenant: "/"}


def doorkeeper(face: Face) -> Callable[[Doorkeeper], Doorkeeper]:
    def register(keeper: Doorkeeper) -> Doorkeeper:
        _keepers[face] = keeper
        return keeper

    return register


def way_in(user: User, tenant: Tenant) -> str | None:
    """Where the user goes after signing in at this tenant, or None if it may not."""
    keeper = _keepers.get(tenant.face)
    return keeper(user, tenant) if keeper else None
