"""What a write changed, as history tells it: for writes of one record and of many."""

from collections.abc import Mapping
from typing import Any

from tenants.records.fields import Field, Relation
from tenants.records.models import Record
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
            value = field.value(record) if not isinstance(field, Relation) or field.to_api(record) else None
            found[name] = field.api_of(value)
    return found


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}


def words_for(record_type: RecordType, constraint: str) -> str:
    """What a constraint of the table tells a person."""
    for found in record_type.model._meta.constraints:
        if found.name == constraint:
            return str(found.violation_error_message)
    return f"The database refused this ({constraint or 'unknown reason'})."
