"""Shapes of webhooks over the API."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from tenants.records.paging import MOST_ROWS, PAGE_SIZE
from tenants.records.schemas import Asked, Problem, Strict
from tenants.webhooks.actions import MOST_ENDPOINTS
from tenants.webhooks.showing import headers_shown

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)


class EndpointIn(Strict):
    """Where events go."""

    name: str = Field(max_length=80)
    url: str = Field(max_length=1000, description="A public https address")
    events: list[str] = Field(max_length=200, description="Names of events, or `deal.*` for all of one kind")
    filter: dict[str, Any] = Field(
        default_factory=dict, description="Filter tree, as lists take it, of the record; events of one type only"
    )
    is_ordered: bool = Field(False, description="Per record one after the other, a failing one holding the next")
    headers: dict[str, str] = Field(default_factory=dict, description="Sent along; the values are never shown again")


class EndpointPatch(Strict):
    name: str | None = Field(None, max_length=80)
    url: str | None = Field(None, max_length=1000)
    events: list[str] | None = Field(None, max_length=200)
    filter: dict[str, Any] | None = None
    is_ordered: bool | None = None
    headers: dict[str, str] | None = Field(None, description="All of them anew; without it they stay")


class EndpointOut(Schema):
    id: UUID
    name: str
    url: str
    events: list[str]
    filter: dict[str, Any]
    is_ordered: bool
    headers: list[str] = Field(description="Names of its own headers")
    state: str = Field(description="active, paused or broken (its deliveries wait, one is tried now and then)")
    reason: str = Field(description="Why the house paused it, or found it broken")
    owner: UUID | None = Field(description="Whose rights say what it is told")
    app: str = Field(description="The program that made it for itself, if one did")
    former_secret_until: datetime | None = Field(description="Until then the secret before this one signs as well")
    created_at: datetime


class EndpointMade(EndpointOut):
    secret: str = Field(description="What deliveries are signed with: shown this once")


class EndpointsOut(Schema):
    items: list[EndpointOut] = Field(max_length=MOST_ENDPOINTS)


class EndpointSecret(Schema):
    secret: str = Field(description="Shown this once; the one before signs as well for 24 hours")


class EndpointTestIn(Strict):
    event: str = Field(max_length=60)


class WebhookEventOut(Schema):
    name: str
    label: str
    about: str
    record_type: str
    payload: dict[str, str] = Field(description="What `data` and `changes` hold, in words")


class WebhookEventsOut(Schema):
    items: list[WebhookEventOut]


class WebhookDeliveryOut(Schema):
    id: UUID
    endpoint: UUID = Field(alias="endpoint_id")
    event_id: UUID = Field(description="`webhook-id` of every try")
    event: str = Field(alias="event_name")
    record_type: str
    record_id: UUID
    happened_at: datetime
    state: str = Field(description="waiting, succeeded, failed or held (a sandbox sends nothing)")
    due_at: datetime | None
    try_count: int
    status: int = Field(description="Of the newest try; 0 without an answer")
    is_test: bool
    created_at: datetime
    done_at: datetime | None

    @staticmethod
    def resolve_status(delivery: Any) -> int:
        return int(delivery.last_try.get("status", 0))


class WebhookTry(Schema):
    at: datetime
    status: int
    milliseconds: int
    answer: str = Field(description="The first 4 KB")
    error: str
    is_probe: bool = False


class WholeWebhookDelivery(WebhookDeliveryOut):
    body: str = Field(description="Exactly what is sent")
    headers: dict[str, str] = Field(description="What is sent along, secrets masked")
    tries: list[WebhookTry]

    @staticmethod
    def resolve_headers(delivery: Any) -> dict[str, str]:
        return headers_shown(delivery)


class WebhookDeliveryPage(Schema):
    items: list[WebhookDeliveryOut]
    next: str | None


class WebhookDeliveriesIn(Asked):
    endpoint: UUID | None = None
    state: str = Field("", max_length=10)
    event: str = Field("", max_length=60)
    since: datetime | None = Field(None, description="Events from this moment on")
    until: datetime | None = Field(None, description="Events before this moment")
    cursor: str = Field("", max_length=40, description="`next` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)


class WebhookResendIn(Strict):
    since: datetime
    until: datetime | None = None
    endpoint: UUID | None = None


class AppHookIn(Strict):
    target_url: str = Field(max_length=1000)
    event: str = Field(max_length=60)
    filter: dict[str, Any] = Field(default_factory=dict)


class AppHookOut(Schema):
    id: UUID
    target_url: str
    event: str
    secret: str = Field(description="What deliveries are signed with: shown this once")


class InboundHookIn(Strict):
    name: str = Field(max_length=80)
    signature_header: str = Field("", max_length=60, description="Where the sender puts HMAC-SHA256 of the body")
    signature_secret: str = Field("", max_length=500)
    id_header: str = Field("", max_length=60, description="Where the sender's own id of a message stands")
    id_path: str = Field("", max_length=120, description="The same in the body, like `event.id`")
    per_minute: int = 120
    is_active: bool = True


class InboundHookPatch(Strict):
    name: str | None = Field(None, max_length=80)
    signature_header: str | None = Field(None, max_length=60)
    signature_secret: str | None = Field(None, max_length=500, description="Empty takes it away; without it it stays")
    id_header: str | None = Field(None, max_length=60)
    id_path: str | None = Field(None, max_length=120)
    per_minute: int | None = None
    is_active: bool | None = None


class InboundHookOut(Schema):
    id: UUID
    name: str
    hint: str = Field(description="The last characters of its address")
    signature_header: str
    id_header: str
    id_path: str
    per_minute: int
    is_active: bool
    former_until: datetime | None = Field(description="Until then the address before this one works as well")
    last_received_at: datetime | None
    created_at: datetime


class InboundHookMade(InboundHookOut):
    url: str = Field(description="The address: whoever knows it can write to it. Shown this once")


class InboundHooksOut(Schema):
    items: list[InboundHookOut]


class HookAddress(Schema):
    url: str = Field(description="Shown this once; the one before works for 24 hours more")


class ReceptionOut(Schema):
    id: UUID
    received_at: datetime
    content_type: str
    headers: dict[str, str]
    payload: Any = Field(description="What it says; null where it could not be read")
    error: str


class ReceptionsOut(Schema):
    items: list[ReceptionOut]
