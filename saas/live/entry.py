"""Who may open a socket: the host decides the company, the session who it is, the origin that it is our page.

Whatever is not known is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.http import HttpRequest

from tenants.directory.enums import Face
from tenants.directory.hosts import resolve
from tenants.directory.tenant import Tenant, url_of
from tenants.identity.middleware import person_of_session
from tenants.identity.sessions import SessionStore
from tenants.identity.support.inside import actor_inside
from tenants.kernel import context, live
from tenants.kernel.actors import Actor

PATH = "/live/"
Scope = Mapping[str, Any]
"""What ASGI tells of a socket."""


@dataclass(frozen=True)
class Guest:
    """Somebody whom we let in: where they are, and who."""

    place: context.Place
    user_id: UUID
    actor: Actor


def headers_of(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}


def is_own_page(headers: Mapping[str, str], tenant: Tenant) -> bool:
    """Only our own pages open sockets: a browser sends the session's cookie for every page that asks."""
    return headers.get("origin", "") in {url_of(tenant.host), url_of(tenant.canonical_host)}


def guest_of(scope: Scope) -> Guest | None:
    """Costs a few queries: asked when a socket opens, each minute, and on a word that something has ended."""
    if scope.get("path") != PATH:
        return None
    headers = headers_of(scope)
    with context.public():
        tenant = resolve(headers.get("host", ""))
    if tenant is None or tenant.face != Face.COMPANY or not tenant.is_open or not is_own_page(headers, tenant):
        return None
    with context.inside(tenant.place):
        request = _request(scope, headers)
        user = person_of_session(request)
        if user is None or not user.is_active:
            return None
        return Guest(tenant.place, user.pk, actor_inside(request, user) or user.actor)


def _request(scope: Scope, headers: Mapping[str, str]) -> HttpRequest:
    """What of a request the session and its rules look at."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = (scope.get("client") or [""])[0]
    request.META["HTTP_HOST"] = headers.get("host", "")
    if "x-forwarded-for" in headers:
        request.META["HTTP_X_FORWARDED_FOR"] = headers["x-forwarded-for"]
    request.session = SessionStore(_cookie(headers.get("cookie", "")))
    return request


def _cookie(header: str) -> str | None:
    try:
        found = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return found.value if found else None


guest = database_sync_to_async(guest_of)


def may_hear(found: Guest, topic: str) -> bool:
    with context.inside(found.place, actor=found.actor):
        return live.may_hear(found.actor, topic)


hears = database_sync_to_async(may_hear)
