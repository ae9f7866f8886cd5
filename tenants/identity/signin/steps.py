"""From the first proof to the open session: a second factor, a fresh password, then in.

Whoever has shown the first proof waits in an anonymous session, which opens nothing: it
says only who waits, since when, and where to go afterwards.
"""

import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.doors import way_in
from tenants.identity.enums import OWNER
from tenants.identity.errors import LinkInvalid
from tenants.identity.models import Outcome, User
from tenants.identity.signin.asked import agent_of, tenant_of
from tenants.identity.signin.history import note_sign_in
from tenants.identity.signin.passwords import is_too_old
from tenants.identity.signin.rules import has_second_factor, policy_now
from tenants.identity.throttle import address_of
from tenants.identity.tokens import make_token
from tenants.kernel import context
from tenants.kernel.errors import Denied

WAITING: Final = "waiting"
WAITING_SECONDS: Final = 600
PASSWORD, LINK, PASSKEY, SSO, WELCOME, SWITCH = "password", "link", "passkey", "sso", "welcome", "switch"
STRONG_ENOUGH = (PASSKEY, SSO)
"""Passkeys ask for a finger or a PIN; at an identity provider the second factor is its business."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Who has shown the first proof and not yet the second."""

    user: User
    method: str
    next: str


def go_on(request: HttpRequest, user: User, *, method: str, next: str = "") -> str:
    """Where a person goes whose first proof was good: to the step that is missing, or in.

    An absolute URL leads to the host where the person belongs; no session is opened here then.
    Raises Denied where only single sign-on counts.
    """
    rules = policy_now()
    if rules.is_sso_only and method != SSO:
        _break_glass(request, user, method)
    if method not in STRONG_ENOUGH:
        if has_second_factor(user):
            return _hold(request, user, method, next, "sign-in-second")
        if rules.wants_second_factor(user) or rules.is_sso_only:
            return _hold(request, user, method, next, "sign-in-set-up")
    return finish(request, user, method=method, next=next)


def _break_glass(request: HttpRequest, user: User, method: str) -> None:
    """Where only single sign-on counts, owners come in without it, with two factors: the provider may be down.

    Raises Denied for all others.
    """
    if not user.role or user.role.slug != OWNER:
        note_sign_in(request, method=method, outcome=Outcome.REFUSED, user=user, reason="sso only")
        raise Denied(_("Your company signs in with single sign-on only."))
    audit("sign_in.break_glass", by=user.actor, subject=user.email, method=method)


def _hold(request: HttpRequest, user: User, method: str, next: str, step: str) -> str:
    request.session.flush()
    request.session[WAITING] = {"user": str(user.pk), "method": method, "next": next, "at": time.time()}
    request.session.set_expiry(WAITING_SECONDS)
    return reverse(step)


def waiting(request: HttpRequest) -> Waiting:
    """Who waits in this browser. Raises LinkInvalid when nobody does, or for too long."""
    told = request.session.get(WAITING) or {}
    if time.time() - told.get("at", 0) > WAITING_SECONDS:
        raise LinkInvalid
    user = User.objects.select_related("role").filter(pk=UUID(told["user"]), is_active=True).first()
    if user is None:
        raise LinkInvalid
    return Waiting(user=user, method=told["method"], next=told["next"])


def finish(request: HttpRequest, user: User, *, method: str, next: str = "") -> str:
    """All proofs are shown: open the session, unless the password is too old or the person belongs elsewhere."""
    where = way_in(user, tenant_of(request)) or "/"
    if not policy_now().lets_in(address_of(request)):
        note_sign_in(request, method=method, outcome=Outcome.REFUSED, user=user, reason="network")
        raise Denied(_("From this network nobody may come in here. Use the one of your company."))
    if method == PASSWORD and is_too_old(user):
        request.session.flush()
        return reverse("reset", args=[user.pk, make_token(user, purpose="reset")]) + "?old=1"
    if not where.startswith("/"):
        request.session.flush()
        note_sign_in(request, method=method, outcome=Outcome.DONE, user=user)
        return where
    enter(request, user, method=method)
    return next or where


def enter(request: HttpRequest, user: User, *, method: str = PASSWORD) -> None:
    """Sign a user in whose identity is proven, under a new session key whoever was in before."""
    request.session.flush()
    login(request, user, backend="tenants.identity.backends.PasswordBackend")
    request.session.update({"_method": method, "_ip": address_of(request), "_agent": agent_of(request)})
    note_sign_in(request, method=method, outcome=Outcome.DONE, user=user)
    audit("sign_in.done", by=user.actor, subject=user.email, method=method)


def sign_out(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        audit("sign_out.done", by=context.actor())
    logout(request)
