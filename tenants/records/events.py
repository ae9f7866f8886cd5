"""What happened, told to whoever listens: after the commit, at least once, in order.

`emit` writes the event with the change; a worker hands it to the consumers in the order in
which things happened to each record. Consumers are named functions that may meet the same
event id twice. `outbox/` delivers, `outbox/catalogue.py` names what there is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction

from tenants.kernel import context
from tenants.kernel.actors import LONGEST_NAME
from tenants.kernel.modules import Text
from tenants.records.adding import add
from tenants.records.models import Event, Record
from tenants.records.registry import type_of

Consumer = Callable[[Event], None]
BatchConsumer = Callable[[Sequence[Event]], None]
ASKED = "outbox-drain-asked"
ASKED_SECONDS = 30  # should the worker that was asked die, the next event asks again


@dataclass(frozen=True)
class Listener:
    """A consumer: which events it hears, and how it is called where people see it."""

    key: str
    names: frozenset[str]
    hear: BatchConsumer
    label: Text

    def hears(self, name: str) -> bool:
        return "*" in self.names or name in self.names


_listeners: dict[str, Listener] = {}


def emit(name: str, record: Record, **payload: Any) -> None:
    """Note an event, like `deal.won`, in the running transaction; delivery follows the commit.

    Raises NotFound for a name that no kind of the catalogue describes.
    """
    from tenants.records.outbox.catalogue import kind_named  # asks modules, which emit

    record_type, here = type_of(record), context.current()
    add(
        Event(
            name=kind_named(name).name,
            record_type=record_type.name if record_type else "",
            record_id=record.pk,
            payload=payload,
            **whose(here),
        )
    )
    tell_later(here)


def whose(here: context.Context) -> Mapping[str, Any]:
    """What an event says of who did it, and why."""
    actor = here.actor
    return {"actor_name": actor.name[:LONGEST_NAME], "user_id": actor.user_id, "cause": here.cause}


def tell_later(here: context.Context) -> None:
    """Once this is committed, have the outbox of `here` drained: by then that place may have been left."""
    transaction.on_commit(lambda: ask_for_drain(here), robust=True)


def ask_for_drain(here: context.Context) -> None:
    """Have the company's outbox drained, unless that was asked for and has not begun."""
    from tenants.records.outbox.tasks import drain_outbox  # the task hands events to us

    with context.entered(here):
        if cache.add(ASKED, True, timeout=ASKED_SECONDS):
            drain_outbox.apply_async(kwargs={"company_id": str(context.company_id())})


def drain_begins() -> None:
    """From here on a new event needs a new drain."""
    cache.delete(ASKED)


def consumer(*names: str, label: Text = "") -> Callable[[Consumer], Consumer]:
    """Hear the events of these names, one by one; `*` hears all."""

    def register(function: Consumer) -> Consumer:
        def hear(events: Sequence[Event]) -> None:
            for event in events:
                function(event)

        _register(function, names, hear, label)
        return function

    return register


def batch_consumer(*names: str, label: Text = "") -> Callable[[BatchConsumer], BatchConsumer]:
    """Hear them as they come, many at once, in order."""

    def register(function: BatchConsumer) -> BatchConsumer:
        _register(function, names, function, label)
        return function

    return register


def _register(function: Callable[..., None], names: Sequence[str], hear: BatchConsumer, label: Text) -> None:
    key = f"{function.__module__}.{function.__qualname__}"
    _listeners[key] = Listener(key, frozenset(names), hear, label or function.__name__.replace("_", " ").capitalize())


def listeners() -> Sequence[Listener]:
    return list(_listeners.values())


def listener_keyed(key: str) -> Listener | None:
    """None for a consumer that went away with its module."""
    return _listeners.get(key)


def deliver(event: Event) -> None:
    """Hand one event to all who hear it, here and now."""
    for listener in listeners():
        if listener.hears(event.name):
            listener.hear([event])
