"""The tokens that directories call with: shown once, kept as a hash, good for one company."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.keys import digest_of
from tenants.identity.models import ScimClient
from tenants.identity.sso.settings import granted, require_owner
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Invalid, NotFound

NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def create_client(*, name: str, default_role: str, role_groups: list[list[str]], by: Actor) -> tuple[ScimClient, str]:
    """A token and its text, shown this once. Raises OwnersOnly, Invalid."""
    require_owner(by)
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > 60:
        raise Invalid({"name": [_("Write which directory it is for, in at most 60 characters.")]})
    for _group, slug in role_groups:
        granted(slug, "role_groups")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    client = ScimClient.objects.create(
        name=name, prefix=prefix, digest=digest_of(secret), role_groups=role_groups,
        default_role=granted(default_role, "default_role"),
    )  # fmt: skip
    audit("scim.added", by=by, subject=name)
    return client, f"{prefix}.{secret}"


@transaction.atomic
def revoke_client(*, client: ScimClient, by: Actor) -> None:
    require_owner(by)
    client.revoked_at = client.revoked_at or timezone.now()
    client.save(update_fields=["revoked_at", "updated_at"])
    audit("scim.revoked", by=by, subject=client.name)


def client_by_id(client_id: UUID) -> ScimClient:
    found = ScimClient.objects.filter(pk=client_id).first()
    if not found:
        raise NotFound
    return found


def client_for(header: str) -> ScimClient | None:
    """Whose token an Authorization header shows, compared in constant time."""
    kind, _space, text = header.partition(" ")
    prefix, _dot, secret = text.strip().partition(".")
    if kind.lower() != "bearer" or not secret or "\x00" in prefix:
        return None
    found = ScimClient.objects.select_related("default_role").filter(prefix=prefix, revoked_at=None).first()
    if not found or not secrets.compare_digest(found.digest, digest_of(secret)):
        return None
    now = timezone.now()
    if not found.last_used_at or now - found.last_used_at > NOTED_EVERY:
        ScimClient.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def actor_of(client: ScimClient) -> Actor:
    """The directory acts like the house itself; what it must not touch is refused before."""

    return robot(client.name)
