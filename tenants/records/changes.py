"""What a write changed, as history tells it: for writes of one record and of many."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.adding import add
from tenants.records.copying import Json, copy_values
from tenants.records.fields import Field, Relation, mask_of
from tenants.records.models import Change, Record
from tenants.records.registry import RecordType

STAMPS = ("created_at", "updated_at")


def is_new(field: Field, record: Record, value: Any) -> bool:
    """Whether the value differs from what the record has. Of a field of the company's own, all blanks are one."""
    before = field.value(record)
    return before != value and not (field.is_custom and field.is_blank(before) and field.is_blank(value))


def snapshot(fields: Mapping[str, Field], record: Record) -> dict[str, Any]:
    """Values as history keeps them. Relations are read by id first, so that no unchanged one is fetched."""
    found = {}
    for name, field in fields.items():
        if name not in STAMPS:
            found[name] = _link(field, record) if isinstance(field, Relation) else field.api_of(field.value(record))
    return found


def _link(field: Relation, record: Record) -> Any:
    """What a relation points at. Where the writer may not see that, history keeps its id alone, so that the past
    can be told from it."""
    if field.to_api(record):
        return field.api_of(field.value(record))
    kept = None if field.is_custom else getattr(record, field.source.attname)
    return {"id": str(kept), "name": ""} if kept and not getattr(record, mask_of(field.name), True) else None


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}


def words_for(record_type: RecordType, constraint: str) -> str:
    """What a constraint of the table tells a person."""
    for found in record_type.model._meta.constraints:
        if found.name == constraint:
            return str(found.violation_error_message)
    return f"The database refused this ({constraint or 'unknown reason'})."


def write_history(
    record_type: RecordType,
    rows: Iterable[tuple[UUID, Mapping[str, Any] | Json]],
    *,
    by: Actor,
    action: str = "updated",
) -> None:
    """Lines of history of one kind, in the running transaction. For what is written past the actions as well: so
    that the past can be rebuilt, every write of a field is told here."""
    here = context.current()
    same = {
        "record_type": record_type.name, "action": action, "actor_name": by.name, "user_id": by.user_id,
        "request_id": here.request_id, "source": here.source, "job_id": here.job_id,
    }  # fmt: skip
    found = [(record_id, changes if isinstance(changes, Json) else Json.of(changes)) for record_id, changes in rows]
    if found:
        copy_values(Change, same, ("record_id", "changes"), found)


def keep_change(record_type: str, record_id: UUID, action: str, changes: Mapping[str, Any], *, by: Actor) -> None:
    """A line of history, with the door and the job it came by."""
    here = context.current()
    add(
        Change(
            record_type=record_type,
            record_id=record_id,
            action=action,
            actor_name=by.name,
            user_id=by.user_id,
            changes=changes,
            request_id=here.request_id,
            source=here.source,
            job_id=here.job_id,
        )
    )
