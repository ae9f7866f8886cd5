"""Reads about people."""

import secrets

from django.db.models import QuerySet

from tenants.identity.keys import digest_of
from tenants.identity.models import ApiKey, User


def active_users() -> QuerySet[User]:
    return User.objects.filter(is_active=True).order_by("name")


def api_key_for(text: str) -> ApiKey | None:
    """The usable key a program showed, or None; compared in constant time."""
    prefix, dot, secret = text.partition(".")
    if not dot:
        return None
    key = ApiKey.objects.select_related("user__role").filter(prefix=prefix, user__is_active=True).first()
    if not key or not secrets.compare_digest(key.digest, digest_of(secret)) or not key.is_usable():
        return None
    return key
