"""The REST resource `inbound-hooks`: addresses that other systems tell things to."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from tenants.webhooks.access import settings_editor
from tenants.webhooks.inbound import actions, queries
from tenants.webhooks.inbound.actions import HookTerms, hook_terms_of
from tenants.webhooks.models import InboundHook
from tenants.webhooks.schemas import (
    REFUSALS,
    HookAddress,
    InboundHookIn,
    InboundHookMade,
    InboundHookOut,
    InboundHookPatch,
    InboundHooksOut,
    ReceptionsOut,
)

router = Router(tags=["Webhooks in"])
SHOWN = (
    "id", "name", "hint", "signature_header", "id_header", "id_path", "per_minute", "is_active", "last_received_at",
    "created_at",
)  # fmt: skip


def to_api(hook: InboundHook) -> dict[str, Any]:
    shown = {name: getattr(hook, name) for name in SHOWN}
    return shown | {"former_until": hook.former_until if hook.has_former else None}


@router.get("", response={200: InboundHooksOut, **REFUSALS}, operation_id="list_inbound_hooks")
def listing(request: HttpRequest) -> Any:
    settings_editor()
    return {"items": [to_api(one) for one in queries.hooks()]}


@router.post("", response={201: InboundHookMade, **REFUSALS}, operation_id="create_inbound_hook")
def create(request: HttpRequest, body: InboundHookIn) -> Any:
    """An address of your own; what is sent there becomes the event `hook.received`."""
    hook, url = actions.create_hook(terms=HookTerms(**body.model_dump()), by=settings_editor())
    return Status(201, to_api(hook) | {"url": url})


@router.get("/{uuid:hook_id}", response={200: InboundHookOut, **REFUSALS}, operation_id="get_inbound_hook")
def show(request: HttpRequest, hook_id: UUID) -> Any:
    settings_editor()
    return to_api(queries.hook_by_id(hook_id))


@router.patch("/{uuid:hook_id}", response={200: InboundHookOut, **REFUSALS}, operation_id="update_inbound_hook")
def update(request: HttpRequest, hook_id: UUID, body: InboundHookPatch) -> Any:
    by, found = settings_editor(), queries.hook_by_id(hook_id)
    sent = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    return to_api(actions.update_hook(hook=found, terms=hook_terms_of(found, **sent), by=by))


@router.delete("/{uuid:hook_id}", response={204: None, **REFUSALS}, operation_id="delete_inbound_hook")
def delete(request: HttpRequest, hook_id: UUID) -> Any:
    """The address answers 404 from now on."""
    by = settings_editor()
    actions.delete_hook(hook=queries.hook_by_id(hook_id), by=by)
    return Status(204, None)


@router.post("/{uuid:hook_id}/address", response={200: HookAddress, **REFUSALS}, operation_id="rotate_inbound_hook")
def rotate(request: HttpRequest, hook_id: UUID) -> Any:
    """A new address; the one before works for 24 hours more."""
    by = settings_editor()
    return {"url": actions.rotate_token(hook=queries.hook_by_id(hook_id), by=by)}


@router.get("/{uuid:hook_id}/samples", response={200: ReceptionsOut, **REFUSALS}, operation_id="list_inbound_samples")
def samples(request: HttpRequest, hook_id: UUID) -> Any:
    """The last five that came in."""
    settings_editor()
    return {
        "items": [
            {
                "id": one.pk, "received_at": one.received_at, "content_type": one.content_type,
                "headers": one.headers, "payload": queries.payload_or_none(one), "error": one.error,
            }
            for one in queries.newest_receptions(queries.hook_by_id(hook_id))
        ]
    }  # fmt: skip
