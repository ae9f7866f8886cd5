"""What happened, told to whoever listens: after the commit, at least once.

`emit` writes the event with the change; a worker hands it to the consumers in
order. Consumers are named functions that may meet the same event id twice.
"""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import transaction

from tenants.kernel import context
from tenants.records.models import Event, Record
from tenants.records.registry import type_of

Consumer = Callable[[Event], None]
ASKED = "outbox-drain-asked"
ASKED_SECONDS = 30  # should the worker that was asked die, the next event asks again
_consumers: dict[str, tuple[tuple[str, ...], Consumer]] = {}


def emit(name: str, record: Record, **payload: Any) -> Event:
    """Note an event, like `deal.won`, in the running transaction; delivery follows the commit."""
    record_type = type_of(record)
    event = Event.objects.create(
        name=name, record_type=record_type.name if record_type else "", record_id=record.pk, payload=payload
    )
    here = context.current()
    transaction.on_commit(lambda: ask_for_drain(here), robust=True)
    return event


def ask_for_drain(here: context.Context) -> None:
    """Have the company's outbox drained, unless that was asked for and has not begun.

    `here` is where the event was written: the commit may come after that was left.
    """
    from tenants.records.tasks import drain_outbox  # the task hands events to us

    with context.entered(here):
        if cache.add(ASKED, True, timeout=ASKED_SECONDS):
            drain_outbox.apply_async(kwargs={"company_id": str(context.company_id())})


def drain_begins() -> None:
    """From here on a new event needs a new drain."""
    cache.delete(ASKED)


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
