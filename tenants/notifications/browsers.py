"""Browsers that a person lets us push to."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.kernel.outbound import NotReachable, checked
from tenants.notifications.actions import person
from tenants.notifications.models import PushSubscription
from tenants.notifications.push.sealed import decoded, point_of

MOST_BROWSERS: Final = 20
AUTH_BYTES: Final = 16
LONGEST_ENDPOINT: Final = 1_000


def browsers_of(actor: Actor) -> Sequence[PushSubscription]:
    """One's own, newest first."""
    return list(PushSubscription.objects.filter(user=actor.user_id)) if actor.user_id and not actor.is_watched else []


@transaction.atomic
def subscribe(*, endpoint: str, public_key: str, auth: str, browser: str, by: Actor) -> PushSubscription:
    """Push to this browser from now on. Of whoever uses it now: a second person at it takes it over.

    Raises Invalid, Denied.
    """
    user_id = person(by)
    errors = _errors(endpoint, public_key, auth)
    if errors:
        raise Invalid(errors)
    User.objects.select_for_update().get(pk=user_id)
    name = sha256(endpoint.encode()).hexdigest()
    PushSubscription.objects.filter(endpoint_hash=name).delete()
    for old in PushSubscription.objects.filter(user=user_id)[MOST_BROWSERS - 1 :]:
        old.delete()
    made: Any = PushSubscription(
        user_id=user_id, endpoint=endpoint, endpoint_hash=name, public_key=public_key, auth=auth, browser=browser[:120]
    )
    made.save(force_insert=True)
    return PushSubscription.objects.get(pk=made.pk)


def _errors(endpoint: str, public_key: str, auth: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    try:
        if len(endpoint) > LONGEST_ENDPOINT:
            raise NotReachable
        checked(endpoint)
    except NotReachable:
        found["endpoint"] = [_("This is no address of a push service.")]
    try:
        point_of(public_key)
    except ValueError:
        found["public_key"] = [_("Give the browser's key p256dh as it is.")]
    try:
        if len(decoded(auth)) != AUTH_BYTES:
            raise ValueError
    except ValueError:
        found["auth"] = [_("Give the browser's secret auth as it is.")]
    return found


@transaction.atomic
def unsubscribe(*, subscription_id: UUID, by: Actor) -> None:
    """One of one's own browsers gets no pushes any more. Raises NotFound, Denied."""
    gone, _rows = PushSubscription.objects.filter(pk=subscription_id, user=person(by)).delete()
    if not gone:
        raise NotFound("There is no such browser.")


@transaction.atomic
def unsubscribe_endpoint(*, endpoint: str, by: Actor) -> None:
    """The browser itself asks, and knows only its endpoint. Nothing for one we do not know."""
    name = sha256(endpoint.encode()).hexdigest()
    PushSubscription.objects.filter(endpoint_hash=name, user=person(by)).delete()
