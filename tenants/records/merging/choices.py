"""Which value of which record the merged one gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from tenants.records.cells import cell
from tenants.records.fields import Field
from tenants.records.jobs.undoing import kept_value, raw_of
from tenants.records.registry import RecordType

UNCHOSEN = ("tags", "external_id")
"""Tags are united; the id in another system goes to whoever stays."""


@dataclass(frozen=True)
class Line:
    """A field of the comparison: what each record has, and which one is proposed."""

    field: Field
    cells: list[tuple[Any, SafeString, bool]]
    """(record, its value drawn, proposed)."""
    is_same: bool


def best_kept(records: Sequence[Any], record_type: RecordType) -> Any:
    """The fullest record, then the oldest: the one that others most likely know."""
    fields = [record_type.fields[name] for name in chosen_fields(record_type)]
    return max(records, key=lambda one: (sum(is_filled(field, one) for field in fields), -one.created_at.timestamp()))


def chosen_fields(record_type: RecordType) -> list[str]:
    """Fields a person chooses a record for."""
    return [name for name in record_type.writable if name not in UNCHOSEN and name not in record_type.hidden]


def is_filled(field: Field, record: Any) -> bool:
    """Whether a record says something here; a zero that nobody wrote is nothing."""
    value = field.value(record)
    return not field.is_blank(value) and not (field.is_numeric and not value)


def source_for(field: Field, kept: Any, others: Sequence[Any]) -> Any:
    """The record whose value is proposed: the kept one's if it has any, else the newest that has."""
    if is_filled(field, kept) or field.kind == "boolean":
        return kept
    filled = [one for one in others if is_filled(field, one)]
    return max(filled, key=lambda one: one.updated_at) if filled else kept


def lines_of(record_type: RecordType, records: Sequence[Any], kept: Any) -> list[Line]:
    """The comparison, fields without any value left out."""
    others = [one for one in records if one.pk != kept.pk]
    found = []
    for name in chosen_fields(record_type):
        field = record_type.fields[name]
        values = [raw_of(kept_value(field, one)) for one in records]
        if all(value in (None, "", [], {}) for value in values):
            continue
        chosen = source_for(field, kept, others)
        cells = [(one, cell(field, one), one.pk == chosen.pk) for one in records]
        found.append(Line(field, cells, all(value == values[0] for value in values)))
    return found


def values_for(
    record_type: RecordType, kept: Any, others: Sequence[Any], *, take: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Raw values that differ from the kept record's: given ones, then taken ones, then proposals."""
    by_id = {str(one.pk): one for one in (kept, *others)}
    found: dict[str, Any] = {}
    for name in chosen_fields(record_type):
        field = record_type.fields[name]
        source = by_id[str(take[name])] if name in take else source_for(field, kept, others)
        value = raw_of(kept_value(field, source))
        if value != raw_of(kept_value(field, kept)):
            found[name] = field.value(source) if field.is_secret else value  # encrypted anew, read by nobody
    tags = list(dict.fromkeys(tag for one in (kept, *others) for tag in one.tags))
    return found | ({"tags": tags} if tags != list(kept.tags) else {}) | dict(given)
