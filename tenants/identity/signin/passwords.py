"""What a password has to be here, and which ones were before."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.identity.models import Authenticator, AuthenticatorKind, User
from tenants.identity.signin.breached import is_breached
from tenants.identity.signin.rules import Policy, policy_now
from tenants.kernel.errors import Invalid

LONGEST = 200
MOST_KEPT = 24


def check_new_password(password: str, user: User) -> None:
    """Raise Invalid with every rule of the place that the password breaks."""
    rules = policy_now()
    found = [*_shape(password, rules), *_likeness(password, user)]
    if not found and is_breached(password):
        found.append(_("This password is on lists that attackers try first. Choose another, like a short sentence."))
    if not found and rules.password_reuse and _was_used(password, user, rules.password_reuse):
        found.append(_("You have used this password before. Choose a new one."))
    if found:
        raise Invalid({"password": found})


def _shape(password: str, rules: Policy) -> list[str]:
    found = []
    if len(password) < rules.password_length:
        found.append(_("Use at least %(n)d characters.") % {"n": rules.password_length})
    if len(password) > LONGEST:
        found.append(_("Use at most %(n)d characters.") % {"n": LONGEST})
    if _classes(password) < rules.password_classes:
        found.append(_mix(rules.password_classes))
    return found


def _classes(password: str) -> int:
    """How many of: small letters, capitals, digits, anything else."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum())
    return sum(any(kind(one) for one in password) for kind in kinds)


def _mix(classes: int) -> str:
    return _("Mix at least %(n)d of: small letters, capitals, digits, signs.") % {"n": classes}


def _likeness(password: str, user: User) -> list[str]:
    try:
        UserAttributeSimilarityValidator(user_attributes=("name", "email")).validate(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


def _was_used(password: str, user: User, last: int) -> bool:
    former = [user.password, *_memory(user).get("former", [])][:last]
    return any(check_password(password, one) for one in former if one)


def _memory(user: User) -> dict[str, Any]:
    row = Authenticator.objects.filter(user=user, kind=AuthenticatorKind.PASSWORDS).first()
    return row.data if row else {}


def remember_password(user: User, *, former: str) -> None:
    """Note that the password was set now, and the hash it replaces."""
    kept = _memory(user).get("former", [])
    data = {"set_at": timezone.now().isoformat(), "former": [one for one in (former, *kept) if one][:MOST_KEPT]}
    Authenticator.objects.update_or_create(user=user, kind=AuthenticatorKind.PASSWORDS, defaults={"data": data})


def is_too_old(user: User) -> bool:
    """Whether the rules ask for a new password; one of unknown age is taken as set at the first sign-in."""
    days = policy_now().password_days
    set_at = parse_datetime(_memory(user).get("set_at", "")) if days else None
    since = set_at or user.verified_at or user.created_at
    return bool(days) and timezone.now() - since > timedelta(days=days)


def _hint() -> str:
    rules = policy_now()
    told = [
        ngettext("At least %(n)d character.", "At least %(n)d characters.", rules.password_length)
        % {"n": rules.password_length}
    ]
    if rules.password_classes > 1:
        told.append(_mix(rules.password_classes))
    return " ".join([*told, _("A short sentence works well.")])


password_hint = lazy(_hint, str)
