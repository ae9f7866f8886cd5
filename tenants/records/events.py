"""What happened, told to whoever listens: after the commit, at least once.

`emit` writes the event with the change; a worker hands it to the consumers in
order. Consumers are named functions that may meet the same event id twice.
"""

from collections.abc import Callable
from typing import Any

from tenants.directory.task import send
from tenants.records.models import Event, Record
from tenants.records.registry import type_of

Consumer = Callable[[Event], None]
_consumers: dict[str, tuple[tuple[str, ...], Consumer]] = {}


def emit(name: str, record: Record, **payload: Any) -> Event:
    """Note an event, like `deal.won`, in the running transaction; delivery follows the commit."""
    from tenants.records.tasks import drain_outbox  # the task hands events to us

    record_type = type_of(record)
    event = Event.objects.create(
        name=name, record_type=record_type.name if record_type else "", record_id=record.pk, payload=payload
    )
    send(drain_outbox)
    return event


def consumer(*names: str) -> Callable[[Consumer], Consumer]:
    """Hear the events of these names; `*` hears all."""

    def register(function: Consumer) -> Consumer:
        _consumers[f"{function.__module__}.{function.__qualname__}"] = (names, function)
        return function

    return register


def deliver(event: Event) -> None:
    for names, function in _consumers.values():
        if event.name in names or "*" in names:
            function(event)
