"""Endpoints: made, changed, paused, given new secrets, taken away, by whoever may change the settings."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.secrets import Unreadable
from tenants.kernel.standard_webhooks import new_secret
from tenants.webhooks.asking import ask_for_sending
from tenants.webhooks.checking import checked_filter, checked_headers, checked_line, checked_url, written_headers
from tenants.webhooks.enums import SETTINGS, EndpointState
from tenants.webhooks.events import checked_events
from tenants.webhooks.memory import forget_endpoints
from tenants.webhooks.models import Endpoint
from tenants.webhooks.owners import actors_of

GRACE: Final = timedelta(hours=24)
"""For so long the former secret signs as well."""
MOST_ENDPOINTS: Final = 50


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an endpoint is to be. `headers` None leaves them as they are."""

    name: str
    url: str
    events: list[str]
    filter: Mapping[str, Any] = field(default_factory=dict)
    is_ordered: bool = False
    headers: Mapping[str, str] | None = field(default=None, repr=False)


@transaction.atomic
def create_endpoint(*, terms: Terms, by: Actor, app: str = "") -> tuple[Endpoint, str]:
    """An endpoint and its secret, shown this once. It is told what `by` may see. Raises Denied, Invalid."""
    _require(by)
    owner = _person(by)
    if not owner:
        raise Denied(_("An endpoint belongs to a person: sign in, or use a key."))
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise Invalid({"name": [_("A company has at most %(most)d endpoints.") % {"most": MOST_ENDPOINTS}]})
    scopes = None if by.scopes is None else {name: list(verbs) for name, verbs in by.scopes.items()}
    endpoint, secret = Endpoint(owner=owner, scopes=scopes, app=app[:120]), new_secret()
    endpoint.secret = secret
    _fill(endpoint, terms, by)
    endpoint.save(force_insert=True)
    audit("webhook.created", by=by, subject=endpoint.name, after=told(endpoint))
    forget_endpoints()
    return endpoint, secret


@transaction.atomic
def update_endpoint(*, endpoint: Endpoint, terms: Terms, by: Actor) -> Endpoint:
    """Raises Denied, Invalid."""
    _require(by)
    found = _locked(endpoint)
    before = told(found)
    _fill(found, terms, by)
    found.save()
    after = told(found)
    moved = [name for name in after if before[name] != after[name]]
    if moved or terms.headers is not None:
        was, now = ({name: one[name] for name in moved} for one in (before, after))
        audit("webhook.changed", by=by, subject=found.name, before=was, after=now)
    forget_endpoints()
    return found


@transaction.atomic
def pause_endpoint(*, endpoint: Endpoint, by: Actor) -> Endpoint:
    """It hears of nothing new from now on; what waits goes on waiting. Raises Denied."""
    _require(by)
    found = _locked(endpoint)
    if found.state != EndpointState.PAUSED:
        found.state, found.reason = EndpointState.PAUSED, ""
        found.save(update_fields=["state", "reason", "updated_at"])
        audit("webhook.paused", by=by, subject=found.name)
        forget_endpoints()
    return found


@transaction.atomic
def resume_endpoint(*, endpoint: Endpoint, by: Actor) -> Endpoint:
    """Told of events again, and what waits is sent. Where its owner has left, `by` is the owner now.

    Raises Denied, Invalid.
    """
    _require(by)
    found = _locked(endpoint)
    if found.pk not in actors_of([found]):
        _take_over(found, by)
    checked_filter(found.filter, found.events, actors_of([found])[found.pk])
    if found.state != EndpointState.ACTIVE:
        found.state, found.reason = EndpointState.ACTIVE, ""
        found.failures, found.failing_since, found.broken_at, found.not_before = 0, None, None, None
        found.save()
        audit("webhook.resumed", by=by, subject=found.name, owner=str(found.owner))
        forget_endpoints()
    ask_for_sending()
    return found


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, by: Actor) -> str:
    """A new secret, shown this once; the one before signs as well for a day. Raises Denied."""
    _require(by)
    found, secret = _locked(endpoint), new_secret()
    with suppress(Unreadable):  # then nobody can sign with it, and the new one mends that
        found.former_secret, found.former_until = found.secret.reveal(), timezone.now() + GRACE
    found.secret = secret
    found.save(update_fields=["secret", "former_secret", "former_until", "updated_at"])
    audit("webhook.secret_rotated", by=by, subject=found.name, former_until=found.former_until)
    return secret


@transaction.atomic
def delete_endpoint(*, endpoint: Endpoint, by: Actor) -> None:
    """With it goes its log; what waits is not sent. Raises Denied."""
    _require(by)
    found = _locked(endpoint)
    audit("webhook.deleted", by=by, subject=found.name, before=told(found))
    found.delete()
    forget_endpoints()


def told(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint in the words of the audit: of its own headers the names alone."""
    names = ("name", "url", "events", "filter", "is_ordered", "app")
    headers = sorted(written_headers(endpoint))
    return {name: getattr(endpoint, name) for name in names} | {"headers": headers}


def terms_of(endpoint: Endpoint, **changed: Any) -> Terms:
    names = ("name", "url", "events", "filter", "is_ordered")
    return Terms(**{name: getattr(endpoint, name) for name in names} | changed)


def _require(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change webhooks."))


def _person(by: Actor) -> User | None:
    """Who stands behind whoever acts, if they work here."""
    return User.objects.filter(pk=by.user_id, is_active=True).first() if by.user_id else None


def _locked(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.select_for_update(of=("self",)).select_related("owner").get(pk=endpoint.pk)


def _take_over(endpoint: Endpoint, by: Actor) -> None:
    endpoint.owner = _person(by)
    endpoint.scopes = None if by.scopes is None else {name: list(verbs) for name, verbs in by.scopes.items()}
    if not endpoint.owner:
        raise Invalid({"owner": [_("Its owner has left. Somebody who works here has to resume it.")]})


def _fill(endpoint: Endpoint, terms: Terms, by: Actor) -> None:
    endpoint.name = checked_line(terms.name, "name", 80)
    if not endpoint.url or terms.url.strip() != endpoint.url:
        endpoint.url = checked_url(terms.url)
    endpoint.events = checked_events(terms.events)
    # With the owner's eyes: theirs are what it will be told by.
    seeing = actors_of([endpoint]).get(endpoint.pk, by)
    endpoint.record_type = checked_filter(terms.filter, endpoint.events, seeing)
    endpoint.filter = dict(terms.filter)
    endpoint.is_ordered = bool(terms.is_ordered)
    if terms.headers is not None:
        endpoint.headers = checked_headers(terms.headers)
