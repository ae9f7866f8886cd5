"""What people have allowed apps: seen, taken back, tidied away."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.enums import SETTINGS
from tenants.identity.models import OAuthAccess, OAuthClient, User
from tenants.identity.oauth.scopes import within
from tenants.identity.remembered import forget_keys
from tenants.kernel.actors import Actor, Scopes
from tenants.kernel.errors import Denied, NotFound

KEPT: Final = timedelta(days=1)
"""For so long what is dead stays, so that a code or token shown once more is known for what it is."""


def live() -> QuerySet[OAuthAccess]:
    """Connections of people that work, or will after a refresh."""
    return OAuthAccess.objects.filter(is_alone=False, revoked_at=None, refresh_until__gt=timezone.now())


def clients() -> QuerySet[OAuthClient]:
    """All apps by name, with how many people have connected them (`people`)."""
    working = Q(accesses__in=live())
    rows = OAuthClient.objects.select_related("maker").order_by("name", "id")
    return rows.annotate(
        people=Count("accesses__user", filter=working, distinct=True), used_at=Max("accesses__last_used_at")
    )


def people_of(client: OAuthClient) -> list[dict[str, Any]]:
    """Who has connected an app: since when, when it was last used."""
    rows = live().filter(client=client, user__is_active=True).values("user_id", "user__name", "user__email")
    found = rows.annotate(since=Min("created_at"), used_at=Max("last_used_at")).order_by("user__name", "user_id")
    return [
        {
            "id": row["user_id"], "name": row["user__name"] or row["user__email"], "email": row["user__email"],
            "since": row["since"], "last_used_at": row["used_at"],
        }
        for row in found
    ]  # fmt: skip


def apps_of(user: User) -> list[OAuthAccess]:
    """The apps a person has connected: of each the newest consent, with `since` and `used_at` over all of them."""
    found: dict[UUID, OAuthAccess] = {}
    for row in live().filter(user=user).select_related("client__maker").order_by("client__name", "-id"):
        first: Any = found.setdefault(row.client_id, row)
        first.since = min(getattr(first, "since", row.created_at), row.created_at)
        first.used_at = max(filter(None, (getattr(first, "used_at", None), row.last_used_at)), default=None)
    return list(found.values())


def has_agreed(user: User, client: OAuthClient, scopes: Scopes) -> bool:
    """Whether the person has agreed to all of this before, and not taken it back."""
    rows = live().filter(user=user, client=client).values_list("consented", flat=True)
    return any(within(scopes, consented) for consented in rows)


@transaction.atomic
def disconnect(*, client_id: UUID, user: User, by: Actor) -> None:
    """An app may no longer act for a person: at once, whatever tokens it has. Raises Denied, NotFound."""
    if by.user_id != user.pk and not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may disconnect apps of others."))
    client = OAuthClient.objects.filter(pk=client_id).first()
    rows = OAuthAccess.objects.filter(client=client, user=user, revoked_at=None) if client else None
    if rows is None or client is None or not _end(rows):
        raise NotFound
    audit("oauth.disconnected", by=by, subject=client.name, client=client.client_id, person=user.email)


@transaction.atomic
def end_family(*, access: OAuthAccess, by: Actor, why: str) -> None:
    """One consent with all that came of it is dead."""
    if _end(OAuthAccess.objects.filter(pk=access.pk, revoked_at=None)):
        audit(
            f"oauth.{why}", by=by, subject=access.client.name, client=access.client.client_id, person=access.user.email
        )


def _end(rows: QuerySet[OAuthAccess]) -> int:
    now = timezone.now()
    ended = rows.update(revoked_at=now, digest="", refresh_digest="", updated_at=now)
    forget_keys()
    return ended


def tidy() -> int:
    """Drop codes nobody used, tokens that have ended, what was revoked; how many that were."""
    before = timezone.now() - KEPT
    gone = (
        Q(revoked_at__lt=before)
        | Q(is_alone=True, expires_at__lt=before)
        | Q(is_alone=False, refresh_until__lt=before)
        | Q(is_alone=False, refresh_until=None, code_until__lt=before)
    )
    dropped, _rows = OAuthAccess.objects.filter(gone).delete()
    return dropped
