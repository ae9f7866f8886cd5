"""Coming in and going out, with brakes on guessing and a line in the audit log."""

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tenants.directory.tenant import Tenant
from tenants.identity.actions import audit
from tenants.identity.doors import way_in
from tenants.identity.letters import post_reset
from tenants.identity.models import User
from tenants.identity.throttle import RESET_ADDRESS, RESET_MACHINE, SIGN_IN_ADDRESS, SIGN_IN_MACHINE, machine_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid


def tenant_of(request: HttpRequest) -> Tenant:
    found: Tenant = request.tenant  # type: ignore[attr-defined]
    return found


def sign_in(request: HttpRequest, *, email: str, password: str) -> str:
    """Open a session; where to go then: a path here, or the URL of the host where this person belongs.

    Wrong password, unknown address and stranger at this door answer alike: Invalid.
    Raises TooManyTries.
    """
    SIGN_IN_MACHINE.press(machine_of(request))
    SIGN_IN_ADDRESS.press(email)
    user = _known(authenticate(request, email=email, password=password))
    where = way_in(user, tenant_of(request)) if user else None
    if user is None or where is None:
        audit("sign_in.refused", by=context.actor(), subject=email)
        raise Invalid({"": [_("The e-mail address or the password is not right.")]})
    SIGN_IN_ADDRESS.release(email)
    if where.startswith("/"):
        enter(request, user)
    return where


def _known(user: Any) -> User | None:
    return user if isinstance(user, User) else None


def enter(request: HttpRequest, user: User) -> None:
    """Sign a user in whose identity is proven, under a new session key whoever was in before."""
    if request.user.is_authenticated:
        request.session.flush()
    login(request, user)
    audit("sign_in.done", by=user.actor, subject=user.email)


def sign_out(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        audit("sign_out.done", by=context.actor())
    logout(request)


def ask_for_reset(request: HttpRequest, *, email: str) -> None:
    """Mail a link to a new password, if somebody here has this address. Raises TooManyTries."""
    RESET_MACHINE.press(machine_of(request))
    RESET_ADDRESS.press(email)
    post_reset(email)


def safe_next(request: HttpRequest) -> str:
    """The page that led here, if it is one of this host; else nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else ""
