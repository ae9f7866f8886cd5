"""Writes about people: roles, users, passwords, keys, and the audit of all that matters."""

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.enums import DEFAULT_ROLES
from tenants.identity.errors import EmailTaken
from tenants.identity.keys import digest_of
from tenants.identity.models import ApiKey, AuditEntry, Role, User
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid

KEY_USE_NOTED_EVERY = timedelta(minutes=5)


def seed_roles() -> None:
    """The roles a company starts with."""
    Role.objects.bulk_create(
        Role(slug=slug, name=name, grants=grants) for slug, (name, grants) in DEFAULT_ROLES.items()
    )


def add_user(*, email: str, name: str, role: str | None = None, password: str | None = None) -> User:
    """A user here; without a password it waits for the invitation. Raises EmailTaken."""
    user = User(email=email.strip().lower(), name=name, role=Role.objects.get(slug=role) if role else None)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
        user.invited_at = timezone.now()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise EmailTaken(field="email") from error
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: Actor) -> None:
    """Set a first or new password; every session but the caller's next one ends."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"password": list(error.messages)}) from error
    user.set_password(password)
    user.verified_at = user.verified_at or timezone.now()
    user.save(update_fields=["password", "verified_at", "updated_at"])
    user.sessions.all().delete()
    audit("password.set", by=by, subject=user.email)


@transaction.atomic
def create_api_key(*, user: User, name: str, by: Actor) -> tuple[ApiKey, str]:
    """A key and its secret text, which is shown this once. Raises Invalid."""
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Invalid({"name": [_("Name what will use the key, in at most 80 characters.")]})
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(user=user, name=name, prefix=prefix, digest=digest_of(secret))
    audit("api_key.created", by=by, subject=key.prefix)
    return key, f"{prefix}.{secret}"


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: Actor) -> None:
    key.revoked_at = key.revoked_at or timezone.now()
    key.save(update_fields=["revoked_at", "updated_at"])
    audit("api_key.revoked", by=by, subject=key.prefix)


def note_key_use(key: ApiKey) -> None:
    """Remember the last use, coarsely, so that reads do not write."""
    now = timezone.now()
    if not key.last_used_at or now - key.last_used_at > KEY_USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        key.last_used_at = now


def audit(action: str, *, by: Actor, subject: str = "", **details: Any) -> AuditEntry:
    return AuditEntry.objects.create(
        action=action,
        actor_name=by.name,
        user_id=by.user_id,
        subject=subject[:200],
        details=details,
        request_id=context.current().request_id,
    )
