"""The REST resource `push-subscriptions`: one's own browsers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from tenants.identity.access import require_oneself
from tenants.kernel import context
from tenants.notifications import browsers
from tenants.notifications.actions import person
from tenants.notifications.api import REFUSALS
from tenants.notifications.push.keys import public_key

router = Router(tags=["Notifications"])


class KeysIn(Schema):
    p256dh: str = Field(max_length=120)
    auth: str = Field(max_length=40)


class SubscriptionIn(Schema):
    """As `PushSubscription.toJSON()` of a browser gives it."""

    model_config = ConfigDict(extra="ignore")
    endpoint: str = Field(max_length=1_000)
    keys: KeysIn
    browser: str = Field("", max_length=120, description="How you want to recognise it")


class SubscriptionOut(Schema):
    id: UUID
    browser: str
    created_at: datetime
    last_sent_at: datetime | None


class SubscriptionsOut(Schema):
    items: list[SubscriptionOut]
    next: str | None = None
    public_key: str = Field(description="applicationServerKey to subscribe with")


@router.get("", response={200: SubscriptionsOut, **REFUSALS}, operation_id="list_push_subscriptions")
def list_subscriptions(request: HttpRequest) -> Any:
    require_oneself(request)
    person(context.actor())
    return {"items": browsers.browsers_of(context.actor()), "public_key": public_key()}


@router.post("", response={201: SubscriptionOut, **REFUSALS}, operation_id="add_push_subscription")
def subscribe(request: HttpRequest, body: SubscriptionIn) -> Any:
    """Push to a browser from now on."""
    require_oneself(request)
    made = browsers.subscribe(
        endpoint=body.endpoint, public_key=body.keys.p256dh, auth=body.keys.auth, browser=body.browser,
        by=context.actor(),
    )  # fmt: skip
    return Status(201, made)


@router.delete("/{subscription_id}", response={204: None, **REFUSALS}, operation_id="remove_push_subscription")
def unsubscribe(request: HttpRequest, subscription_id: UUID) -> Any:
    require_oneself(request)
    browsers.unsubscribe(subscription_id=subscription_id, by=context.actor())
    return Status(204, None)
