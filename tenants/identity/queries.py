"""Reads about people."""

import secrets
from uuid import UUID

from django.db.models import F, QuerySet

from tenants.identity.keys import digest_of
from tenants.identity.models import ApiKey, OAuthAccess, User
from tenants.identity.models.oauth import ACCESS
from tenants.identity.remembered import Showable, remember, remembered
from tenants.kernel.errors import NotFound


def active_users() -> QuerySet[User]:
    return User.objects.filter(is_active=True).order_by("name")


def everybody() -> QuerySet[User]:
    """All users with their roles: who works here first, then who has left."""
    return User.objects.select_related("role").order_by("-is_active", "name", "id")


def user_by_id(user_id: UUID) -> User:
    found = User.objects.select_related("role").filter(pk=user_id).first()
    if not found:
        raise NotFound
    return found


def has_colleagues() -> bool:
    """Whether anybody but the first user was invited."""
    return len(User.objects.values_list("pk")[:2]) > 1


def keys() -> QuerySet[ApiKey]:
    """Usable keys first, newest first."""
    return ApiKey.objects.select_related("user").order_by(F("revoked_at").desc(nulls_first=True), "-created_at")


def key_by_id(key_id: UUID) -> ApiKey:
    found = ApiKey.objects.filter(pk=key_id).first()
    if not found:
        raise NotFound
    return found


def pass_for(text: str) -> Showable | None:
    """The usable key or token a program showed, or None; compared in constant time."""
    prefix, dot, secret = text.partition(".")
    if not dot:
        return None
    key = remembered(prefix) or _look_up(prefix)
    if not key or not secrets.compare_digest(key.digest, digest_of(secret)) or not key.is_usable():
        return None
    return key


def api_key_for(text: str) -> ApiKey | None:
    """The same, if it is a key."""
    found = pass_for(text)
    return found if isinstance(found, ApiKey) else None


def _look_up(prefix: str) -> Showable | None:
    found = _access(prefix) if prefix.startswith(ACCESS) else _key(prefix)
    if found:
        remember(found)
    return found


def _key(prefix: str) -> Showable | None:
    return ApiKey.objects.select_related("user__role").filter(prefix=prefix, user__is_active=True).first()


def _access(prefix: str) -> Showable | None:
    try:
        pk = UUID(hex=prefix.removeprefix(ACCESS))
    except ValueError:
        return None
    rows = OAuthAccess.objects.select_related("user__role", "client").filter(pk=pk, user__is_active=True)
    return rows.exclude(digest="").first()
