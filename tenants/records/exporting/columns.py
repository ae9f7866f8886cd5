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


MOST_KEYS = 10_000


def columns_of(record_type: RecordType, names: Sequence[str] = (), *, is_whole: bool = False) -> list[Column]:
    """The id and the external id, then these fields, or all; relations with their id and with what people call them.

    A whole company's file also has what no list shows. Confidential values stay here, whatever is asked for.
    """
    fields = record_type.all_fields if is_whole else record_type.fields
    found = [Column("id", _("Record id"), lambda record: str(record.pk))]
    wanted = dict.fromkeys(["external_id", *(names or fields)])
    for name in (one for one in wanted if one in fields and not fields[one].is_secret):
        field = fields[name]
        if isinstance(field, Relation):
            label = _("%(field)s (id)") % {"field": field.label}
            found.append(Column(f"{name}_id", label, _id_of(field), field))
            found.append(Column(name, field.label, _key_of(field), field))
        else:
            found.append(Column(name, field.label, _plain_of(field), field))
    return found


def _id_of(field: Relation) -> Callable[[Any], Any]:
    """The key of the row, also where the column holds something else of it."""
    if not field.is_custom and not field.source.target_field.primary_key:  # type: ignore[attr-defined]
        return lambda record: str(field.value(record).pk) if field.to_api(record) else None
    return lambda record: str(field.to_api(record)) if field.to_api(record) else None


def _key_of(field: Relation) -> Callable[[Any], Any]:
    """What people call it. A name of several parts is put together once, since it costs a query."""
    known: dict[Any, str] = {}

    def key(record: Any) -> Any:
        given = field.to_api(record)
        if not given:
            return None
        if given not in known:
            if len(known) >= MOST_KEYS:
                known.clear()
            known[given] = human_key(field.value(record))
        return known[given]

    return key


def _plain_of(field: Field) -> Callable[[Any], Any]:
    return lambda record: field.value(record)


def plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)


def cell_text(column: Column, record: Any) -> str:
    """A record's cell in a file of text. JSON stays JSON, however it looks."""
    value = column.value(record)
    if column.field is not None and column.field.kind == "json":
        return "" if value is None else json.dumps(value, ensure_ascii=False)
    return text(value)


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
    if any(";" in word for word in words):
        csv.writer(line, lineterminator="", quoting=csv.QUOTE_ALL).writerow(words)
    else:
        csv.writer(line, lineterminator="").writerow(words)
    return line.getvalue() if words else ""
