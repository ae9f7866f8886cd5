"""What stands in each column of a file, so that an import of the same file finds everything again."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tenants.records.fields import Field, Relation
from tenants.records.humans import human_key
from tenants.records.registry import RecordType


@dataclass(frozen=True)
class Column:
    """`name` for programs, `label` for people, `value` of a record: plain types only."""

    name: str
    label: str
    value: Callable[[Any], Any]
    field: Field | None = None


def columns_of(record_type: RecordType, names: Sequence[str] = ()) -> list[Column]:
    """The id and the external id, then these fields, or all; relations with their id and with what people call them."""
    fields = record_type.fields
    found = [Column("id", _("Record id"), lambda record: str(record.pk))]
    for name in dict.fromkeys(["external_id", *(names or fields)]):
        field = fields[name]
        if isinstance(field, Relation):
            label = _("%(field)s (id)") % {"field": field.label}
            found.append(Column(f"{name}_id", label, _id_of(field), field))
            found.append(Column(name, field.label, _key_of(field), field))
        else:
            found.append(Column(name, field.label, _plain_of(field), field))
    return found


def _id_of(field: Relation) -> Callable[[Any], Any]:
    return lambda record: str(field.to_api(record)) if field.to_api(record) else None


def _key_of(field: Relation) -> Callable[[Any], Any]:
    return lambda record: human_key(field.value(record)) if field.to_api(record) else None


def _plain_of(field: Field) -> Callable[[Any], Any]:
    return lambda record: field.value(record)


def plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)


def text(value: Any) -> str:
    """As a cell of text keeps it, in one way everywhere: ISO dates, points in numbers, true and false."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return _listed(value)
    return (
        json.dumps(value, ensure_ascii=False)
        if isinstance(value, list | dict) and value
        else str(value or "")
        if not isinstance(value, int)
        else str(value)
    )


def _listed(words: Sequence[str]) -> str:
    """a, b, "c, d": as a line of CSV, so that words with commas stay whole."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(words)
    return line.getvalue() if words else ""
