"""REST hooks: how platforms like Zapier and Make subscribe, each workflow of theirs for itself."""

from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tenants.kernel.actors import Actor
from tenants.records.rest.answers import JSON
from tenants.webhooks import actions, queries
from tenants.webhooks.access import settings_editor
from tenants.webhooks.actions import Terms
from tenants.webhooks.samples import samples_of
from tenants.webhooks.schemas import REFUSALS, AppHookIn, AppHookOut

router = Router(tags=["REST hooks"])


@router.post("", response={201: AppHookOut, **REFUSALS}, operation_id="subscribe_hook")
def subscribe(request: HttpRequest, body: AppHookIn) -> Any:
    """Tell `target_url` of an event from now on. Answering 410 there ends it, too."""
    by = settings_editor()
    app = _app(request, by)
    terms = Terms(name=f"{app}: {body.event}"[:80], url=body.target_url, events=[body.event], filter=body.filter)
    endpoint, secret = actions.create_endpoint(terms=terms, by=by, app=app)
    return Status(201, {"id": endpoint.pk, "target_url": endpoint.url, "event": body.event, "secret": secret})


@router.delete("/{uuid:hook_id}", response={204: None, **REFUSALS}, operation_id="unsubscribe_hook")
def unsubscribe(request: HttpRequest, hook_id: UUID) -> Any:
    """Only what a program subscribed; people's endpoints stand at `/webhooks`."""
    by = settings_editor()
    actions.delete_endpoint(endpoint=queries.app_endpoint_by_id(hook_id), by=by)
    return Status(204, None)


@router.get("/samples/{event}", response={200: list[dict[str, Any]], **REFUSALS}, operation_id="list_hook_samples")
def samples(request: HttpRequest, event: str) -> Any:
    """The newest real events, or one shaped like them: for mapping fields."""
    bodies = samples_of(event, by=settings_editor())
    return HttpResponse(orjson.dumps([orjson.Fragment(one) for one in bodies]), content_type=JSON)


def _app(request: HttpRequest, by: Actor) -> str:
    """What the program is called: its key's name, else who acts."""
    key = getattr(request, "api_key", None)
    return str(getattr(key, "name", "") or getattr(key, "through", "") or by.name or "API")[:60]
