"""Coming in and going out, with brakes on guessing and a line in the audit log."""

from typing import Any

from django.contrib.auth import authenticate
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.doors import way_in
from tenants.identity.errors import TooManyTries
from tenants.identity.letters import post_reset
from tenants.identity.models import Outcome, User
from tenants.identity.signin.asked import safe_next, tenant_of
from tenants.identity.signin.history import note_sign_in
from tenants.identity.signin.steps import PASSWORD, enter, go_on, sign_out
from tenants.identity.throttle import RESET_ADDRESS, RESET_MACHINE, SIGN_IN_ADDRESS, SIGN_IN_MACHINE, machine_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid

__all__ = ["ask_for_reset", "enter", "safe_next", "sign_in", "sign_out", "tenant_of"]


def sign_in(request: HttpRequest, *, email: str, password: str) -> str:
    """Go on after a right password; where to: a path here, or the URL of the host where this person belongs.

    Wrong password, unknown address and stranger at this door answer alike: Invalid.
    Raises TooManyTries.
    """
    _press(request, email)
    user = _known(authenticate(request, email=email, password=password))
    if user is None or way_in(user, tenant_of(request)) is None:
        refuse(request, email, method=PASSWORD, reason="credentials")
        raise Invalid({"": [_("The e-mail address or the password is not right.")]})
    SIGN_IN_ADDRESS.release(email)
    return go_on(request, user, method=PASSWORD, next=safe_next(request))


def _press(request: HttpRequest, email: str) -> None:
    try:
        SIGN_IN_MACHINE.press(machine_of(request))
        SIGN_IN_ADDRESS.press(email)
    except TooManyTries:
        # One line a minute and machine: insisting fills no table.
        if cache.add(f"braked:{machine_of(request)}", True, 60):
            note_sign_in(request, method=PASSWORD, outcome=Outcome.BRAKED, email=email, reason="tries")
        raise


def refuse(request: HttpRequest, email: str, *, method: str, reason: str) -> None:
    """Write down a try that came to nothing."""
    user = User.objects.filter(email__iexact=email.strip().replace("\x00", "")).first()
    note_sign_in(request, method=method, outcome=Outcome.REFUSED, email=email, user=user, reason=reason)
    audit("sign_in.refused", by=context.actor(), subject=email, method=method)


def _known(user: Any) -> User | None:
    return user if isinstance(user, User) else None


def ask_for_reset(request: HttpRequest, *, email: str) -> None:
    """Mail a link to a new password, if somebody here has this address. Raises TooManyTries."""
    RESET_MACHINE.press(machine_of(request))
    RESET_ADDRESS.press(email)
    post_reset(email)
