"""What the script of a page asks about passkeys; bodies and answers are JSON."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.identity.doors import way_in
from tenants.identity.entry import refuse
from tenants.identity.errors import LinkInvalid, TooManyTries
from tenants.identity.mfa.proof import require_fresh
from tenants.identity.models import User
from tenants.identity.passkeys.keys import add_key, begin_check, begin_key, check_key
from tenants.identity.signin.asked import agent_of, browser_named, own_path, tenant_of
from tenants.identity.signin.rules import has_second_factor, policy_now
from tenants.identity.signin.steps import PASSKEY, Waiting, finish, go_on, waiting
from tenants.identity.throttle import PASSKEY_MACHINE, machine_of
from tenants.kernel.errors import Denied, DomainError, Invalid, NotFound

STATE = "passkey_state"
MINUTES_SECONDS = 600


@require_POST
def begin_sign_in(request: HttpRequest) -> HttpResponse:
    def act() -> dict[str, Any]:
        PASSKEY_MACHINE.press(machine_of(request))
        _require_passkeys()
        who = _waiting(request)
        options, state = begin_check(tenant_of(request), who.user if who else None)
        request.session[STATE] = state
        if not request.user.is_authenticated:
            request.session.set_expiry(MINUTES_SECONDS)
        return options

    return _answer(act)


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Who shows a passkey is in: it is two factors, something held and a finger or PIN."""

    def act() -> dict[str, Any]:
        _require_passkeys()
        who, body = _waiting(request), _body(request)
        try:
            user = check_key(
                tenant_of(request), state=_state(request), answer=body.get("answer"), user=who.user if who else None
            )
            if way_in(user, tenant_of(request)) is None:
                raise Invalid({"": [_("The passkey was not accepted.")]})
        except Invalid:
            refuse(request, who.user.email if who else "", method=PASSKEY, reason="passkey")
            raise
        if who:
            return {"url": finish(request, user, method=who.method, next=who.next)}
        return {"url": go_on(request, user, method=PASSKEY, next=own_path(request, str(body.get("next", ""))))}

    return _answer(act)


@require_POST
def begin_registration(request: HttpRequest) -> HttpResponse:
    def act() -> dict[str, Any]:
        _require_passkeys()
        options, state = begin_key(tenant_of(request), _newcomer(request)[0])
        request.session[STATE] = state
        return options

    return _answer(act)


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """A new key for who is signed in, or for who has to set up a second factor before coming in."""

    def act() -> dict[str, Any]:
        _require_passkeys()
        user, who = _newcomer(request)
        body = _body(request)
        add_key(
            tenant_of(request), user=user, state=_state(request), answer=body.get("answer"),
            name=str(body.get("name") or browser_named(agent_of(request))), by=user.actor,
        )  # fmt: skip
        return {"url": finish(request, user, method=who.method, next=who.next) if who else reverse("factors")}

    return _answer(act)


def _newcomer(request: HttpRequest) -> tuple[User, Waiting | None]:
    """Raises Denied, ProveAgain."""
    if request.user.is_authenticated:
        require_fresh(request)
        return request.user, None
    who = _waiting(request)
    if who is None or has_second_factor(who.user):
        raise Denied(_("Sign in first."))
    return who.user, who


def _waiting(request: HttpRequest) -> Waiting | None:
    try:
        return None if request.user.is_authenticated else waiting(request)
    except LinkInvalid:
        return None


def _state(request: HttpRequest) -> Any:
    """What was kept when the browser was asked; good for one answer."""
    state = request.session.pop(STATE, None)
    if not state:
        raise Invalid({"": [_("This took too long. Try again.")]})
    return state


def _require_passkeys() -> None:
    if not policy_now().allows_passkeys:
        raise NotFound(_("Passkeys are switched off here."))


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Invalid({"": [_("The browser sent something else than expected.")]}) from error
    return found if isinstance(found, dict) else {}


def _answer(act: Any) -> HttpResponse:
    """What the script needs, or the words to show."""
    try:
        return JsonResponse(act())
    except (DomainError, TooManyTries) as error:
        text = next(iter(error.errors.values()))[0] if isinstance(error, Invalid) else str(error.detail)
        return JsonResponse({"error": text, "code": error.code}, status=error.status)
