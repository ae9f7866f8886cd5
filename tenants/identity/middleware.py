"""Who is asking: the API key's, the token's or the session's user becomes the actor of the request."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from tenants.identity.actions import note_key_use
from tenants.identity.keys import actor_of
from tenants.identity.queries import pass_for
from tenants.identity.signin.rules import policy_now
from tenants.identity.support.inside import actor_inside, is_over
from tenants.identity.throttle import address_of
from tenants.identity.viewing.inside import Viewing, is_way_out, look, looking_only
from tenants.kernel import context
from tenants.kernel.actors import Actor


class Actors:
    """A request with a key is the key's alone: a wrong key is nobody, whatever cookie comes along."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = AnonymousUser()
        user = _asking(request)
        if user is None:
            return self.get_response(request)
        request.user = user
        viewing = None if hasattr(request, "api_key") else look(request, user)
        request.viewing = viewing  # type: ignore[attr-defined]
        if viewing and not is_way_out(request):
            return self._answer_viewing(request, viewing)
        with context.acting(_actor(request, user)), timezone.override(_zone(request, user)):
            return self.get_response(request)

    def _answer_viewing(self, request: HttpRequest, viewing: Viewing) -> HttpResponse:
        """As the member would be answered, with nothing written."""
        request.user = viewing.seen
        zone = timezone.override(_zone(request, viewing.seen))
        with context.acting(viewing.actor), zone, looking_only(viewing):
            return self.get_response(request)


def _asking(request: HttpRequest) -> Any:
    """Whoever asks from outside the company's networks is nobody, with whatever key or session."""
    authorization = request.headers.get("Authorization", "")
    if not authorization and not request.session.session_key:
        return None
    if not policy_now().lets_in(address_of(request)):
        return None
    return _key_user(request, authorization) if authorization else _session_user(request)


def _key_user(request: HttpRequest, authorization: str) -> Any:
    kind, _space, secret = authorization.partition(" ")
    key = pass_for(secret.strip()) if kind.lower() == "bearer" else None
    if key is None:
        return None
    note_key_use(key)
    request.api_key = key  # type: ignore[attr-defined]
    return key.user


def _actor(request: HttpRequest, user: Any) -> Actor:
    """With the rights of the key, or under both names on a support visit."""
    key = getattr(request, "api_key", None)
    if key:
        return actor_of(key)
    found: Actor = actor_inside(request, user) or user.actor
    return found


def person_of_session(request: HttpRequest) -> Any:
    """Who sits at a browser, by its session alone: for what is no request, like a socket. None for nobody."""
    if not request.session.session_key or not policy_now().lets_in(address_of(request)):
        return None
    return _session_user(request)


def _session_user(request: HttpRequest) -> Any:
    """Looked up only when a session cookie came along."""
    if request.session.session_key and is_over(request):
        request.session.flush()
    user = get_user(request) if request.session.session_key else None
    return user if user and user.is_authenticated else None


def _zone(request: HttpRequest, user: Any) -> str:
    company = request.tenant.company  # type: ignore[attr-defined]
    return str(user.time_zone or (company.time_zone if company else "UTC"))


class Languages:
    """The reader's language, else the company's, else what the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        company = request.tenant.company  # type: ignore[attr-defined]
        code = getattr(request.user, "language", "") or (company.language if company else "")
        with translation.override(code or translation.get_language_from_request(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        patch_vary_headers(response, ("Accept-Language",))
        return response
