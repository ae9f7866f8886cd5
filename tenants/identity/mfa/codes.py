"""Codes: set up, checked, each good once."""

import hashlib
import secrets
import time
from typing import Final

import pyotp
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.bounds import owns
from tenants.identity.enums import OWNER, SETTINGS
from tenants.identity.errors import OwnersOnly
from tenants.identity.models import Authenticator, AuthenticatorKind, User
from tenants.identity.signin.rules import STRONG, policy_now
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid

STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
RECOVERY_CODES: Final = 10
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"


def new_secret() -> str:
    return pyotp.random_base32()


@transaction.atomic
def secret_in_set_up(user: User) -> str:
    """One for the whole set-up, so that a wrong code or a reload does not spoil what was scanned."""
    row, _made = Authenticator.objects.get_or_create(
        user=user, kind=AuthenticatorKind.APP_IN_SET_UP, defaults={"secret": new_secret()}
    )
    row.refresh_from_db()
    return str(row.secret.reveal())


def address_for_app(user: User, secret: str, issuer: str) -> str:
    """What the picture to scan says: otpauth://…"""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer)


@transaction.atomic
def set_up_app(*, user: User, secret: str, code: str, by: Actor) -> list[str]:
    """Take an app on that has shown a right code; the recovery codes that come with a first one. Raises Invalid."""
    _lock(user)
    counter = _counter_of(secret, code, after=0)
    if counter is None:
        raise Invalid({"code": [_("This code is not right. Look at the app again: a code holds for half a minute.")]})
    values = {"secret": secret, "data": {"counter": counter}, "last_used_at": timezone.now()}
    Authenticator.objects.update_or_create(user=user, kind=AuthenticatorKind.TOTP, defaults=values)
    Authenticator.objects.filter(user=user, kind=AuthenticatorKind.APP_IN_SET_UP).delete()
    audit("second_factor.added", by=by, subject=user.email, kind="totp")
    return [] if recovery_codes_left(user) else make_recovery_codes(user=user, by=by)


@transaction.atomic
def make_recovery_codes(*, user: User, by: Actor) -> list[str]:
    """Ten fresh codes, shown this once; earlier ones are dead."""
    codes = [_recovery_code() for _n in range(RECOVERY_CODES)]
    data = {"codes": [_digest(user, code) for code in codes]}
    Authenticator.objects.update_or_create(user=user, kind=AuthenticatorKind.RECOVERY, defaults={"data": data})
    audit("recovery_codes.made", by=by, subject=user.email)
    return codes


def recovery_codes_left(user: User) -> int:
    row = Authenticator.objects.filter(user=user, kind=AuthenticatorKind.RECOVERY).first()
    return len(row.data["codes"]) if row else 0


@transaction.atomic
def take_code(*, user: User, code: str) -> bool:
    """Whether the code of the app, or a recovery code, is right; it is used up by this."""
    _lock(user)
    rows = {row.kind: row for row in Authenticator.objects.filter(user=user, kind__in=("totp", "recovery"))}
    code = "".join(one for one in code.lower() if one.isalnum())
    if code.isdigit() and len(code) == 6:
        return AuthenticatorKind.TOTP in rows and _take_app_code(rows[AuthenticatorKind.TOTP], code)
    return AuthenticatorKind.RECOVERY in rows and _take_recovery_code(rows[AuthenticatorKind.RECOVERY], user, code)


def _take_app_code(row: Authenticator, code: str) -> bool:
    counter = _counter_of(row.secret.reveal(), code, after=row.data["counter"])
    if counter is None:
        return False
    row.data["counter"] = counter
    row.last_used_at = timezone.now()
    row.save(update_fields=["data", "last_used_at", "updated_at"])
    return True


def _take_recovery_code(row: Authenticator, user: User, code: str) -> bool:
    digest = _digest(user, code)
    if not any(secrets.compare_digest(digest, one) for one in row.data["codes"]):
        return False
    row.data["codes"] = [one for one in row.data["codes"] if one != digest]
    row.last_used_at = timezone.now()
    row.save(update_fields=["data", "last_used_at", "updated_at"])
    audit("recovery_code.used", by=user.actor, subject=user.email, left=len(row.data["codes"]))
    return True


def _counter_of(secret: str, code: str, *, after: int) -> int | None:
    """Which half minute the code is of, around now and after the last one taken: a code seen is no code again."""
    totp, now = pyotp.TOTP(secret), int(time.time()) // STEP_SECONDS
    code = code.replace(" ", "")
    for counter in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if counter > after and secrets.compare_digest(totp.generate_otp(counter).encode(), code.encode()):
            return counter
    return None


@transaction.atomic
def remove_authenticator(*, user: User, authenticator: Authenticator, by: Actor) -> None:
    """Raises Conflict for the last one where the rules ask for one."""
    _lock(user)
    strong = Authenticator.objects.filter(user=user, kind__in=STRONG)
    is_last = authenticator.kind in STRONG and not strong.exclude(pk=authenticator.pk).exists()
    if is_last and policy_now().wants_second_factor(user):
        raise Conflict(_("Your company asks for a second factor. Set up another one first."))
    authenticator.delete()
    if is_last:
        Authenticator.objects.filter(user=user, kind=AuthenticatorKind.RECOVERY).delete()
    audit("second_factor.removed", by=by, subject=user.email, kind=authenticator.kind, name=authenticator.name)


@transaction.atomic
def remove_second_factors(*, user: User, by: Actor) -> None:
    """For somebody whose phone is lost: an administrator takes all factors away, sessions end. Raises Denied."""
    if not by.may("edit", SETTINGS) or not context.place().company_id:
        raise Denied(_("Only owners and administrators may do this."))
    if by.kind != "robot" and user.role and user.role.slug == OWNER and not owns(by):
        raise OwnersOnly
    kinds = (*STRONG, AuthenticatorKind.RECOVERY)
    gone, _rows = Authenticator.objects.filter(user=user, kind__in=kinds).delete()
    user.sessions.all().delete()
    audit("second_factor.reset", by=by, subject=user.email, count=gone)


def _lock(user: User) -> None:
    """Two tries of one code at one moment: the second finds it used."""
    User.objects.select_for_update(of=("self",)).filter(pk=user.pk).first()


def _recovery_code() -> str:
    text = "".join(secrets.choice(ALPHABET) for _n in range(10))
    return f"{text[:5]}-{text[5:]}"


def _digest(user: User, code: str) -> str:
    """Ten letters of 31 are more than anybody guesses, so a quick hash will do."""
    bare = code.replace("-", "")
    return hashlib.sha256(f"{context.place().salt}:{user.pk}:{bare}".encode()).hexdigest()
