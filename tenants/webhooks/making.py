"""From events to deliveries: one for each endpoint that wants the event and may know of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.models import Event
from tenants.records.registry import type_named
from tenants.webhooks.asking import ask_for_sending
from tenants.webhooks.bodies import bodies_for, let_through
from tenants.webhooks.enums import OPEN, DeliveryState
from tenants.webhooks.events import hears
from tenants.webhooks.models import Delivery, Endpoint
from tenants.webhooks.owners import actors_of
from tenants.webhooks.pausing import pause

REPLAY = "replay"
"""The kind of cause under which somebody tells a consumer again, on purpose, what it was told before."""


def make_deliveries(endpoints: Sequence[Endpoint], events: Sequence[Event]) -> None:
    """An event met twice makes no second delivery; in a replay those that are over are sent again, same id."""
    wanted = [(one, [event for event in events if hears(one.events, event.name)]) for one in endpoints]
    stay = _held([endpoint for endpoint, some in wanted if some])
    wanted = [(stay[endpoint.pk], some) for endpoint, some in wanted if some and endpoint.pk in stay]
    if not wanted:
        return
    actors = actors_of(endpoint for endpoint, _some in wanted)
    told = _Told()
    made = [one for endpoint, some in wanted for one in _of_endpoint(endpoint, some, actors.get(endpoint.pk), told)]
    Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    if _is_replay():
        _send_again(made)
    if made:
        ask_for_sending()


def _held(endpoints: Sequence[Endpoint]) -> Mapping[UUID, Endpoint]:
    """As they are now, by id; none of them goes before this is committed. What we remember may be a moment old."""
    if not endpoints:
        return {}
    ids = [one.pk for one in endpoints]
    rows = Endpoint.objects.raw(
        "SELECT * FROM webhooks_endpoint WHERE id = ANY(%s) AND state = ANY(%s) FOR KEY SHARE", [ids, list(OPEN)]
    )
    return {one.pk: one for one in rows}


class _Told:
    """Bodies of this batch, made once for endpoints that see the same."""

    def __init__(self) -> None:
        self.kept: dict[Any, dict[UUID, str]] = {}

    def bodies(self, endpoint: Endpoint, actor: Actor, events: Sequence[Event]) -> Mapping[UUID, str]:
        known = self.kept.setdefault((endpoint.owner_id, str(endpoint.scopes)), {})
        known |= bodies_for(actor, [event for event in events if event.pk not in known])
        return known


def _of_endpoint(endpoint: Endpoint, events: Sequence[Event], actor: Actor | None, told: _Told) -> list[Delivery]:
    if actor is None:
        pause(endpoint.pk, _("Its owner has left. Choose another, then resume it."))
        return []
    try:
        events = _filtered(endpoint, actor, events)
    except (Invalid, NotFound):
        pause(endpoint.pk, _("Its filter no longer fits: a field is gone, or its owner may not see it."))
        return []
    bodies = told.bodies(endpoint, actor, events)
    return [_delivery(endpoint, event, bodies[event.pk]) for event in events if event.pk in bodies]


def _filtered(endpoint: Endpoint, actor: Actor, events: Sequence[Event]) -> Sequence[Event]:
    if not endpoint.filter:
        return events
    record_type = type_named(endpoint.record_type)
    ids = let_through(actor, endpoint.filter, record_type, (event.record_id for event in events))
    return [event for event in events if event.record_id in ids and event.record_type == record_type.name]


def _delivery(endpoint: Endpoint, event: Event, body: str) -> Delivery:
    is_held, now = context.in_sandbox(), timezone.now()
    return Delivery(
        endpoint_id=endpoint.pk, event_id=event.pk, event_name=event.name, record_type=event.record_type,
        record_id=event.record_id, happened_at=event.happened_at, body=body,
        state=DeliveryState.HELD if is_held else DeliveryState.WAITING, due_at=None if is_held else now,
        done_at=now if is_held else None,
    )  # fmt: skip


def _is_replay() -> bool:
    return (context.current().cause or {}).get("kind") == REPLAY


def _send_again(made: Sequence[Delivery]) -> None:
    """Those that were over before. The body stays what it was."""
    over = Delivery.objects.filter(
        endpoint__in={one.endpoint_id for one in made}, event_id__in={one.event_id for one in made},
        state__in=(DeliveryState.SUCCEEDED, DeliveryState.FAILED),
    )  # fmt: skip
    now = timezone.now()
    over.update(state=DeliveryState.WAITING, due_at=now, done_at=None, try_count=0, updated_at=now)
