"""The REST resource `webhooks`: where events go."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from tenants.webhooks import actions, queries, resending
from tenants.webhooks.access import settings_editor
from tenants.webhooks.actions import Terms, terms_of
from tenants.webhooks.checking import written_headers
from tenants.webhooks.events import offered
from tenants.webhooks.models import Endpoint
from tenants.webhooks.schemas import (
    REFUSALS,
    EndpointIn,
    EndpointMade,
    EndpointOut,
    EndpointPatch,
    EndpointSecret,
    EndpointsOut,
    EndpointTestIn,
    WebhookDeliveryOut,
    WebhookEventsOut,
)

router = Router(tags=["Webhooks"])
SHOWN = ("id", "name", "url", "events", "filter", "is_ordered", "state", "reason", "app", "created_at")


def to_api(endpoint: Endpoint) -> dict[str, Any]:
    """Without its secrets."""
    return {name: getattr(endpoint, name) for name in SHOWN} | {
        "owner": endpoint.owner_id, "headers": written_headers(endpoint),
        "former_secret_until": endpoint.former_until if endpoint.has_former else None,
    }  # fmt: skip


def _one(endpoint_id: UUID) -> dict[str, Any]:
    return to_api(queries.endpoint_by_id(endpoint_id))


@router.get("", response={200: EndpointsOut, **REFUSALS}, operation_id="list_webhooks")
def listing(request: HttpRequest) -> Any:
    settings_editor()
    return {"items": [to_api(one) for one in queries.endpoints()]}


@router.post("", response={201: EndpointMade, **REFUSALS}, operation_id="create_webhook")
def create(request: HttpRequest, body: EndpointIn) -> Any:
    """It is told of events as you may see their records."""
    endpoint, secret = actions.create_endpoint(terms=Terms(**body.model_dump()), by=settings_editor())
    return Status(201, _one(endpoint.pk) | {"secret": secret})


@router.get("/events", response={200: WebhookEventsOut, **REFUSALS}, operation_id="list_webhook_events")
def list_events(request: HttpRequest) -> Any:
    """What can be told, and what each tells."""
    settings_editor()
    return {
        "items": [
            {
                "name": one.name, "label": str(one.label), "about": str(one.about), "record_type": one.record_type,
                "payload": {key: str(words) for key, words in one.payload.items()},
            }
            for one in offered().values()
        ]
    }  # fmt: skip


@router.get("/{uuid:endpoint_id}", response={200: EndpointOut, **REFUSALS}, operation_id="get_webhook")
def show(request: HttpRequest, endpoint_id: UUID) -> Any:
    settings_editor()
    return _one(endpoint_id)


@router.patch("/{uuid:endpoint_id}", response={200: EndpointOut, **REFUSALS}, operation_id="update_webhook")
def update(request: HttpRequest, endpoint_id: UUID, body: EndpointPatch) -> Any:
    by, found = settings_editor(), queries.endpoint_by_id(endpoint_id)
    sent = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    actions.update_endpoint(endpoint=found, terms=terms_of(found, **sent), by=by)
    return _one(endpoint_id)


@router.delete("/{uuid:endpoint_id}", response={204: None, **REFUSALS}, operation_id="delete_webhook")
def delete(request: HttpRequest, endpoint_id: UUID) -> Any:
    """With it goes its log."""
    actions.delete_endpoint(endpoint=queries.endpoint_by_id(endpoint_id), by=settings_editor())
    return Status(204, None)


@router.post(
    "/{uuid:endpoint_id}/secret", response={200: EndpointSecret, **REFUSALS}, operation_id="rotate_webhook_secret"
)
def rotate(request: HttpRequest, endpoint_id: UUID) -> Any:
    """A new secret. For 24 hours deliveries are signed with both."""
    by = settings_editor()
    return {"secret": actions.rotate_secret(endpoint=queries.endpoint_by_id(endpoint_id), by=by)}


@router.post("/{uuid:endpoint_id}/pause", response={200: EndpointOut, **REFUSALS}, operation_id="pause_webhook")
def pause(request: HttpRequest, endpoint_id: UUID) -> Any:
    """It hears of nothing new; what waits goes on waiting."""
    by = settings_editor()
    actions.pause_endpoint(endpoint=queries.endpoint_by_id(endpoint_id), by=by)
    return _one(endpoint_id)


@router.post("/{uuid:endpoint_id}/resumption", response={200: EndpointOut, **REFUSALS}, operation_id="resume_webhook")
def resume(request: HttpRequest, endpoint_id: UUID) -> Any:
    """Told of events again, and what waits is sent at once."""
    by = settings_editor()
    actions.resume_endpoint(endpoint=queries.endpoint_by_id(endpoint_id), by=by)
    return _one(endpoint_id)


@router.post("/{uuid:endpoint_id}/tests", response={202: WebhookDeliveryOut, **REFUSALS}, operation_id="test_webhook")
def send_test(request: HttpRequest, endpoint_id: UUID, body: EndpointTestIn) -> Any:
    """Send an event that did not happen, with `is_test` in its data."""
    by, found = settings_editor(), queries.endpoint_by_id(endpoint_id)
    return Status(202, resending.send_test(endpoint=found, event_name=body.event, by=by))
