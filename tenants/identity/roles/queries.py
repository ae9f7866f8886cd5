"""Reads of roles."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tenants.identity.enums import DEFAULT_ROLES, OWNER
from tenants.identity.models import MailDomain, Role, ScimClient, SsoConnection
from tenants.kernel.errors import NotFound
from tenants.records.models import Rule


def roles() -> QuerySet[Role]:
    """All roles, as they were planted and made, with how many people have each (`size`)."""
    return Role.objects.annotate(size=Count("users")).order_by("created_at", "id")


def role_by_id(role_id: UUID) -> Role:
    found = roles().filter(pk=role_id).first()
    if not found:
        raise NotFound("There is no such role.")
    return found


def is_built_in(role: Role) -> bool:
    return role.slug in DEFAULT_ROLES


@dataclass(frozen=True)
class Uses:
    """What stands in the way of deleting a role: people, and ways of coming in that give it."""

    people: int
    ways: list[str]
    rules: int

    @property
    def needs_another(self) -> bool:
        return bool(self.people or self.ways)


def uses_of(role: Role) -> Uses:
    connections = SsoConnection.objects.filter(Q(default_role=role)).values_list("name", flat=True)
    clients = ScimClient.objects.filter(default_role=role).values_list("name", flat=True)
    domains = MailDomain.objects.filter(joins_as=role).values_list("domain", flat=True)
    ways = [*connections, *clients, *domains]
    return Uses(role.users.count(), ways, Rule.objects.filter(role=role).count())


def successors(role: Role) -> QuerySet[Role]:
    """Roles that people of this one may get when it goes; nobody becomes an owner in passing."""
    return roles().exclude(pk=role.pk).exclude(slug=OWNER)
