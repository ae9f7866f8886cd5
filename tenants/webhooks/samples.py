"""What an event looks like: the newest real one that the asker may see, else one shaped like it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.kernel.ids import uuid7
from tenants.records.models import Event
from tenants.records.outbox.catalogue import EventKind
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, type_named
from tenants.records.rows import Reader
from tenants.webhooks.bodies import bodies_for, sample_body
from tenants.webhooks.events import offered

MOST_SAMPLES = 3
EXAMPLES: dict[Any, Any] = {
    str: "text", int: 1, bool: True, date: "2026-01-31", datetime: "2026-01-31T09:30:00Z", Decimal: "100.00",
    list[str]: ["text"], UUID: {"id": "0190d2f0-0000-7000-8000-000000000000", "name": "text"},
}  # fmt: skip


def samples_of(name: str, *, by: Actor) -> list[str]:
    """Bodies of the newest events of this name, or a shaped one, as JSON. Raises NotFound."""
    kind = _kind(name)
    newest = Event.objects.filter(name=kind.name).order_by("-happened_at", "-id")
    events = list(newest[: MOST_SAMPLES * 3])
    bodies = bodies_for(by, events)
    real = [bodies[event.pk] for event in events if event.pk in bodies][:MOST_SAMPLES]
    return real or [sample_event(name, by=by, event_id=uuid7())[1]]


def sample_event(name: str, *, by: Actor, event_id: UUID) -> tuple[Event, str]:
    """An event that did not happen, never kept, and its body: about the newest record, or about one made up."""
    kind = _kind(name)
    record = _record(kind, by)
    payload = {key: str(words) for key, words in kind.payload.items() if key != "changes"} | {"is_test": True}
    event = Event(
        id=event_id, name=kind.name, record_type=kind.record_type, record_id=record["id"] if record else uuid7(),
        payload=payload, happened_at=timezone.now(), actor_name=by.name, user_id=by.user_id,
    )  # fmt: skip
    return event, sample_body(event, record)


def _kind(name: str) -> EventKind:
    found = offered().get(name)
    if not found:
        raise NotFound(f"There is no event called “{name[:60]}”.")
    return found


def _record(kind: EventKind, by: Actor) -> dict[str, Any] | None:
    if not kind.record_type:
        return None
    record_type = type_named(kind.record_type)
    with context.acting(by):
        reader = Reader.of(record_type)
        found = []
        if by.may("view", record_type.name):
            found = reader.dictionaries(list(reader.rows(visible_to(by, record_type).order_by("-pk"))[:1]))
        return found[0] if found else _shaped(record_type)


def _shaped(record_type: RecordType) -> dict[str, Any]:
    """One made up, by the fields of the type."""
    made = {n: EXAMPLES.get(field.api_type) for n, field in record_type.fields.items() if not field.is_custom}
    return {"id": uuid7(), "version": 1, "external_id": None, **made, "custom": {}}
