"""The REST resource `webhook-deliveries`: what was sent where, and what came of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from tenants.records.jobs.api import JobOut
from tenants.webhooks import queries, resending
from tenants.webhooks.access import settings_editor
from tenants.webhooks.queries import Asked
from tenants.webhooks.schemas import (
    REFUSALS,
    WebhookDeliveriesIn,
    WebhookDeliveryOut,
    WebhookDeliveryPage,
    WebhookResendIn,
    WholeWebhookDelivery,
)

router = Router(tags=["Webhooks"])


@router.get("", response={200: WebhookDeliveryPage, **REFUSALS}, operation_id="list_webhook_deliveries", by_alias=False)
def listing(request: HttpRequest, asked: Query[WebhookDeliveriesIn]) -> Any:
    """Newest first."""
    settings_editor()
    wanted = Asked(**asked.model_dump(exclude={"cursor", "limit"}))
    items, following = queries.page_of(queries.deliveries(wanted), after=asked.cursor, limit=asked.limit)
    return {"items": items, "next": following}


@router.get(
    "/{uuid:delivery_id}",
    response={200: WholeWebhookDelivery, **REFUSALS},
    operation_id="get_webhook_delivery",
    by_alias=False,
)
def show(request: HttpRequest, delivery_id: UUID) -> Any:
    """With the body and every try."""
    settings_editor()
    return queries.delivery_by_id(delivery_id)


@router.post(
    "/{uuid:delivery_id}/resend",
    response={202: WebhookDeliveryOut, **REFUSALS},
    operation_id="resend_webhook_delivery",
    by_alias=False,
)
def resend(request: HttpRequest, delivery_id: UUID) -> Any:
    """The same body under the same `webhook-id` once more."""
    by = settings_editor()
    return Status(202, resending.resend_delivery(delivery=queries.delivery_by_id(delivery_id), by=by))


@router.post("/resend", response={202: JobOut, **REFUSALS}, operation_id="resend_failed_webhooks", by_alias=False)
def resend_failed(request: HttpRequest, body: WebhookResendIn) -> Any:
    """Everything that failed of the events of a time, as a job."""
    by = settings_editor()
    endpoint = queries.endpoint_by_id(body.endpoint) if body.endpoint else None
    return Status(202, resending.resend_failed(by=by, since=body.since, until=body.until, endpoint=endpoint))
