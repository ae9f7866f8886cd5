"""Writes about who works here: inviting, roles, leaving, profiles.

Only those whose role may change the settings act here, and only owners act on
owners. At least one owner who has signed in always remains.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import add_user, audit, set_password
from tenants.identity.bounds import owns
from tenants.identity.enums import OWNER, SETTINGS
from tenants.identity.errors import LastOwner, OwnersOnly
from tenants.identity.letters import post_invitation
from tenants.identity.models import Role, User
from tenants.identity.roles.bounds import refuse_role
from tenants.identity.tokens import user_for_token
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid, NotFound
from tenants.kernel.names import is_time_zone

LONGEST_NAME = 120


@transaction.atomic
def invite_user(*, email: str, name: str, role: str, by: Actor) -> User:
    """A user who waits for an invitation that is on its way. Raises Denied, MoreThanHeld, EmailTaken, Invalid."""
    _require(by)
    found = role_named(role)
    _only_owners_touch(by, found)
    refuse_role(found, by)
    email = checked_email(email)
    user = add_user(email=email, name=checked_name(name or name_from(email)), role=found.slug)
    audit("user.invited", by=by, subject=user.email, role=found.slug)
    post_invitation(user, inviter=by.name if by.kind == "user" else "")
    return user


@transaction.atomic
def resend_invitation(*, user: User, by: Actor) -> None:
    """Another mail with a fresh link. Raises Conflict once the invitation was accepted."""
    _require(by)
    user = _locked(user)
    if user.verified_at or not user.is_active:
        raise Conflict(_("%(name)s is not waiting for an invitation.") % {"name": user})
    user.invited_at = timezone.now()
    user.save(update_fields=["invited_at", "updated_at"])
    audit("user.invited_again", by=by, subject=user.email)
    post_invitation(user, inviter=by.name if by.kind == "user" else "")


@transaction.atomic
def accept_invitation(*, user_id: Any, token: str, name: str, password: str) -> User:
    """Name and first password of an invited user; the link is dead afterwards.

    Raises LinkInvalid, Invalid.
    """
    User.objects.select_for_update().filter(pk=user_id).first()
    user = user_for_token(user_id, token, purpose="invite")
    user.name = checked_name(name)
    user.save(update_fields=["name", "updated_at"])
    set_password(user=user, password=password, by=user.actor)
    audit("user.joined", by=user.actor, subject=user.email)
    return user


@transaction.atomic
def reset_password(*, user_id: Any, token: str, password: str) -> User:
    """A new password by a mailed link; every session ends. Raises LinkInvalid, Invalid."""
    User.objects.select_for_update().filter(pk=user_id).first()
    user = user_for_token(user_id, token, purpose="reset")
    set_password(user=user, password=password, by=user.actor)
    return user


@transaction.atomic
def change_role(*, user: User, role: str, by: Actor) -> User:
    """Raises Denied, MoreThanHeld, LastOwner, Invalid, NotFound."""
    _require(by)
    _not_oneself(user, by)
    found = role_named(role)
    user = _locked(user)
    _only_owners_touch(by, user.role, found)
    refuse_role(found, by)
    if user.role_id == found.pk:
        return user
    _keep_an_owner(user)
    before, user.role = user.role, found
    user.save(update_fields=["role", "updated_at"])
    audit("user.role_changed", by=by, subject=user.email, before=before.slug if before else "", after=found.slug)
    return user


@transaction.atomic
def deactivate_user(*, user: User, by: Actor) -> None:
    """Out at once: sessions end and keys stop; what the person did stays. Raises Denied, LastOwner."""
    _require(by)
    _not_oneself(user, by)
    user = _locked(user)
    _only_owners_touch(by, user.role)
    if not user.is_active:
        return
    _keep_an_owner(user)
    user.is_active = False
    user.save(update_fields=["is_active", "updated_at"])
    user.sessions.all().delete()
    audit("user.deactivated", by=by, subject=user.email)


@transaction.atomic
def reactivate_user(*, user: User, by: Actor) -> None:
    _require(by)
    user = _locked(user)
    _only_owners_touch(by, user.role)
    if user.role:
        refuse_role(user.role, by)
    if user.is_active:
        return
    user.is_active = True
    user.save(update_fields=["is_active", "updated_at"])
    audit("user.reactivated", by=by, subject=user.email)


@transaction.atomic
def update_profile(*, user: User, name: str, time_zone: str, language: str) -> User:
    """What a person says about itself; empty zone and language follow the company. Raises Invalid."""
    if time_zone and not is_time_zone(time_zone):
        raise Invalid({"time_zone": [_("Choose a time zone from the list.")]})
    check_language(language)
    user.name, user.time_zone, user.language = checked_name(name), time_zone, language
    user.save(update_fields=["name", "time_zone", "language", "updated_at"])
    return user


@transaction.atomic
def change_own_password(*, user: User, current: str, password: str) -> None:
    """Raises Invalid when the current one is wrong or the new one too weak."""
    if not user.check_password(current):
        raise Invalid({"current": [_("This is not your current password.")]})
    set_password(user=user, password=password, by=user.actor)


@transaction.atomic
def end_other_sessions(*, user: User, keep: str) -> int:
    """Sign a person out everywhere but in the session `keep`; how many that were."""
    ended, _rows = user.sessions.exclude(session_key=keep).delete()
    audit("sessions.ended", by=user.actor, subject=user.email, count=ended)
    return ended


def role_named(slug: str) -> Role:
    found = Role.objects.filter(slug=slug).first()
    if not found:
        raise Invalid({"role": [_("Choose a role from the list.")]})
    return found


def check_language(code: str) -> None:
    if code and code not in dict(settings.LANGUAGES):
        raise Invalid({"language": [_("Choose a language from the list.")]})


def checked_name(name: str) -> str:
    found = " ".join(name.replace("\x00", "").split())
    if not found or len(found) > LONGEST_NAME:
        raise Invalid({"name": [_("Write a name of at most 120 characters.")]})
    return found


def name_from(email: str) -> str:
    """A first guess at a name: "asha.nair@…" gives "Asha Nair"."""
    return email.partition("@")[0].replace(".", " ").replace("_", " ").title()


def checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid({"email": list(error.messages)}) from error
    return email


def _require(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change who works here."))


def _not_oneself(user: User, by: Actor) -> None:
    if by.user_id == user.pk:
        raise Conflict(_("You cannot do this to yourself."), fix=_("Ask another owner or administrator."))


def _only_owners_touch(by: Actor, *roles: Role | None) -> None:
    if by.kind == "robot" or not any(role and role.slug == OWNER for role in roles):
        return
    if not owns(by):
        raise OwnersOnly


def _locked(user: User) -> User:
    """The row of today; changes of people wait for each other, so two owners cannot unmake one another."""
    Role.objects.select_for_update(no_key=True).filter(slug=OWNER).first()
    found = User.objects.select_for_update(of=("self",)).select_related("role").filter(pk=user.pk).first()
    if not found:
        raise NotFound
    return found


def _keep_an_owner(user: User) -> None:
    """Raise LastOwner unless another owner, who has signed in before, remains."""
    if not user.role or user.role.slug != OWNER:
        return
    others = User.objects.filter(role__slug=OWNER, is_active=True).exclude(pk=user.pk)
    if not others.filter(verified_at__isnull=False).exists():
        raise LastOwner(fix=_("Make another person an owner, then try again."))
