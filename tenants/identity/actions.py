"""Writes about people: roles, users, passwords, keys, and the audit of all that matters."""

import secrets
from datetime import timedelta

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.auditing.writing import audit as audit
from tenants.identity.enums import DEFAULT_ROLES
from tenants.identity.errors import EmailTaken
from tenants.identity.keys import actor_of, checked_scopes, digest_of, without_settings
from tenants.identity.models import ApiKey, OAuthAccess, Role, User
from tenants.identity.signin.passwords import check_new_password, remember_password
from tenants.kernel import context
from tenants.kernel.actors import Actor, Scopes
from tenants.kernel.errors import Denied, Invalid
from tenants.records.copying import copy_in

KEY_USE_NOTED_EVERY = timedelta(minutes=5)
MOST_KEY_DAYS = 3650


def seed_roles() -> dict[str, Role]:
    """The roles a company starts with, by slug."""
    made = [
        Role(slug=slug, name=name, grants=grants, reaches=reaches)
        for slug, (name, grants, reaches) in DEFAULT_ROLES.items()
    ]
    copy_in(made)
    return {role.slug: role for role in made}


def add_user(*, email: str, name: str, role: Role | str | None = None, password: str | None = None) -> User:
    """A user here, with a role or its slug; without a password it waits for the invitation. Raises EmailTaken."""
    if isinstance(role, str):
        role = Role.objects.get(slug=role)
    user = User(email=email.strip().lower(), name=name, role=role)
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
    """Set a first or new password; every session but the caller's next one ends. Raises Invalid."""
    check_new_password(password, user)
    former = user.password if user.has_usable_password() else ""
    user.set_password(password)
    remember_password(user, former=former)
    user.verified_at = user.verified_at or timezone.now()
    user.save(update_fields=["password", "verified_at", "updated_at"])
    user.sessions.all().delete()
    audit("password.set", by=by, subject=user.email)


@transaction.atomic
def create_api_key(
    *,
    user: User,
    name: str,
    by: Actor,
    scopes: Scopes | None = None,
    days: int | None = None,
    is_personal: bool = False,
) -> tuple[ApiKey, str]:
    """A key and its secret text, which is shown this once.

    It may what its user may at the time, with `scopes` only what they name too. It ends after
    so many days, if any. Raises Denied, Invalid.
    """
    if by.scopes is not None:
        raise Denied(_("A key makes no keys: a person does, signed in."))
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > 80:
        raise Invalid({"name": [_("Name what will use the key, in at most 80 characters.")]})
    if days is not None and not 1 <= days <= MOST_KEY_DAYS:
        raise Invalid({"days": [_("Choose 1 to %(most)d days, or no end.") % {"most": MOST_KEY_DAYS}]})
    kept = checked_scopes(scopes, by=by)
    if is_personal:
        kept = without_settings(kept)
    ends = timezone.now() + timedelta(days=days) if days else None
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user, name=name, prefix=prefix, digest=digest_of(secret), scopes=kept, expires_at=ends,
        is_personal=is_personal,
    )  # fmt: skip
    audit(f"{key.family}.created", by=by, subject=key.prefix, name=name, scopes=kept, expires_at=ends)
    return key, f"{prefix}.{secret}"


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: Actor) -> None:
    key.revoked_at = key.revoked_at or timezone.now()
    key.save(update_fields=["revoked_at", "updated_at"])
    audit(f"{key.family}.revoked", by=by, subject=key.prefix)


def note_key_use(key: ApiKey | OAuthAccess) -> None:
    """Remember the last use, coarsely, so that reads do not write; of a day and address the first is in the audit."""
    now, machine = timezone.now(), context.current().machine
    if not key.last_used_at or now - key.last_used_at > KEY_USE_NOTED_EVERY or key.last_machine != machine:
        type(key)._default_manager.filter(pk=key.pk).update(last_used_at=now, last_machine=machine)
        key.last_used_at, key.last_machine = now, machine
        # Kept for longer than a day: whatever the clocks say, it is noted once.
        if cache.add(f"key-used:{key.pk}:{now:%Y-%m-%d}:{machine}", True, 2 * 86_400):
            subject, details = key.told
            audit(f"{key.family}.used", by=actor_of(key), subject=subject, **details)
