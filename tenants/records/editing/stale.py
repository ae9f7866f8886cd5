"""Two people at one record: who wrote meanwhile, and where they differ.

A form remembers what each field held when it was drawn, as a short print. What comes back
is written only where the person changed it; where somebody else changed the same field
meanwhile, both values are shown and the person decides.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.core.exceptions import ValidationError

from tenants.records.cells import text_of
from tenants.records.fields import Field
from tenants.records.models import Change, Record
from tenants.records.registry import RecordType, type_of


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed meanwhile: their value in words, and who it was."""

    field: Field
    theirs: str
    who: str


def print_of(field: Field, value: Any) -> str:
    """A short sign of a value: equal for equal values, and for everything empty."""
    if field.is_blank(value):
        return ""
    text = json.dumps(field.api_of(value), sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def prints_of(record_type: RecordType, record: Record, names: Iterable[str]) -> dict[str, str]:
    return {name: print_of(field, field.value(record)) for name in names if (field := record_type.fields[name])}


def sort_out(
    record: Record, values: Mapping[str, Any], was: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Clash]]:
    """What the person changed, and where that meets somebody else's change.

    `values` are raw, `was` the prints of the form. Without a print a value counts as changed.
    """
    record_type = type_of(record)
    assert record_type
    mine: dict[str, Any] = {}
    clashes: dict[str, Clash] = {}
    for name, raw in values.items():
        field = record_type.field(name)
        if field.is_secret:  # nobody saw what was there: what is typed is what is wanted
            mine[name] = raw
            continue
        now, sent = print_of(field, field.value(record)), _print_of_raw(field, raw)
        if name in was and sent == was[name]:
            continue
        mine[name] = raw
        if name in was and now not in (was[name], sent):
            clashes[name] = Clash(field, text_of(field, record), _last_writer(record_type, record, name))
    return mine, clashes


def _print_of_raw(field: Field, raw: Any) -> str | None:
    """None for what cannot be read: the action will say why."""
    try:
        return print_of(field, field.parse(raw))
    except ValidationError:
        return None


def _last_writer(record_type: RecordType, record: Record, name: str) -> str:
    changes = Change.objects.filter(record_type=record_type.name, record_id=record.pk, changes__has_key=name)
    return changes.values_list("actor_name", flat=True).first() or ""
