"""What an endpoint is told: the event, and the record as it is when the event is told, as its owner may see it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.fields import Relation
from tenants.records.filters import compile_filter
from tenants.records.models import Event
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, type_named, type_of
from tenants.records.rest.answers import written
from tenants.records.rows import Reader
from tenants.records.sight import VIEW, sight
from tenants.webhooks.enums import SETTINGS

Told = Mapping[UUID, dict[str, Any] | None]
"""By record: what the API gives of it, or nothing where it is gone. Those that are not theirs to know are left out."""


def bodies_for(actor: Actor, events: Sequence[Event]) -> dict[UUID, str]:
    """JSON by event, of those the actor may be told of. A query or two for each type of record."""
    found: dict[UUID, str] = {}
    with context.acting(actor):
        for record_type, same in _by_type(events):
            records = _records(actor, record_type, {event.record_id for event in same})
            for event in same:
                if event.record_id in records:
                    found[event.pk] = as_json(_body(event, record_type, records[event.record_id], actor))
    return found


def as_json(body: Mapping[str, Any]) -> str:
    return written(body).decode()


def let_through(actor: Actor, tree: Mapping[str, Any], record_type: RecordType, ids: Iterable[UUID]) -> set[UUID]:
    """Of these records those that meet a filter now, in the bin too. Raises Invalid where it fits no more."""
    with context.acting(actor):
        condition = compile_filter(tree, record_type, actor)
        rows = record_type.model._default_manager.filter(condition, pk__in=set(ids)).order_by()
        return set(rows.values_list("pk", flat=True))


def sample_body(event: Event, record: dict[str, Any] | None) -> str:
    """One for trying out: nothing of it happened."""
    return as_json(_shaped(event, record, {}, event.payload))


def _by_type(events: Sequence[Event]) -> Iterator[tuple[RecordType | None, list[Event]]]:
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(event.record_type, []).append(event)
    for name, same in groups.items():
        try:
            yield (type_named(name) if name else None), same
        except NotFound:  # its module was taken away
            continue


def _records(actor: Actor, record_type: RecordType | None, ids: set[UUID]) -> Told:
    if record_type is None:
        # Of what is no record nobody says who may see it: whoever may see everything.
        return dict.fromkeys(ids) if actor.may("edit", SETTINGS) else {}
    if not actor.may(VIEW, record_type.name):
        return {}
    reader = Reader.of(record_type)
    rows = reader.rows(visible_to(actor, record_type).filter(pk__in=ids).order_by())
    found: dict[UUID, dict[str, Any] | None] = {one["id"]: one for one in reader.dictionaries(list(rows))}
    return {**dict.fromkeys(_gone(actor, record_type, ids - found.keys())), **found}


def _gone(actor: Actor, record_type: RecordType, ids: set[UUID]) -> set[UUID]:
    """Records that are not there any more, or in the bin, and were the actor's to see.

    Of one that was deleted for good nobody can say that: only who sees all is told.
    """
    seen = sight(actor, record_type)
    if not ids or seen is None:
        return ids
    rows = record_type.model._default_manager.filter(seen, pk__in=ids, deleted_at__isnull=False).order_by()
    return set(rows.values_list("pk", flat=True))


def _body(event: Event, record_type: RecordType | None, record: Any, actor: Actor) -> dict[str, Any]:
    payload = dict(event.payload)
    changes = payload.pop("changes", None) or {}
    if record_type is None:
        return _shaped(event, record, changes, payload)
    closed = record_type.known_fields.keys() - record_type.fields.keys()
    shown = {name: _change(record_type, name, one, actor) for name, one in changes.items() if name not in closed}
    return _shaped(event, record, shown, {name: one for name, one in payload.items() if name not in closed})


def _shaped(event: Event, record: Any, changes: Any, data: Any) -> dict[str, Any]:
    who = {"name": event.actor_name, "user_id": event.user_id}
    return {
        "id": event.pk, "type": event.name, "occurred_at": event.happened_at, "record_type": event.record_type,
        "record_id": event.record_id, "record": record, "changes": changes, "data": data, "actor": who,
        "cause": event.cause,
    }  # fmt: skip


def _change(record_type: RecordType, name: str, change: Any, actor: Actor) -> Any:
    """Before and after; of what a relation points at the id alone where the actor does not see all of it."""
    field = record_type.fields.get(name)
    target = type_of(field.target) if isinstance(field, Relation) else None
    if target is None or sight(actor, target) is None or not isinstance(change, list):
        return change
    return [{**one, "name": ""} if isinstance(one, dict) and "name" in one else one for one in change]
