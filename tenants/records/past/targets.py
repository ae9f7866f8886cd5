"""Where the values that history keeps stand in a row: a column each, or a key in `custom`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from tenants.records.changes import STAMPS
from tenants.records.fields import Field, Relation
from tenants.records.fields.moments import DateTime
from tenants.records.registry import RecordType

PLAIN, LINK, OWN, OWN_LINK, OWN_MOMENT, NEW, APART = "plain", "link", "own", "own_link", "own_moment", "new", "apart"
CREATED = "·created"
"""Stands for the line that tells of a record's making."""


@dataclass(frozen=True)
class Target:
    """`form` says how the value before a change becomes the value of the column or key `place`."""

    name: str
    place: str
    form: str


def targets_of(record_type: RecordType, *, apart: bool = False) -> list[Target]:
    """Every field that can be walked back.

    With `apart` also those that cannot be: confidential ones, of which history keeps a mask, and
    those that an action of their own sets.
    """
    kept_apart = record_type.set_apart if apart else ()
    found = [Target(CREATED, "", NEW), Target("deleted_at", "deleted_at", PLAIN)]
    for name, field in record_type.all_fields.items():
        if field.is_secret or name in kept_apart:
            found += [Target(name, "", APART)] if apart else []
        elif name not in STAMPS and not isinstance(field.source, models.GeneratedField):
            found.append(Target(name, *_place(field)))
    return found


def _place(field: Field) -> tuple[str, str]:
    is_link = isinstance(field, Relation)
    if not field.is_custom:
        return str(field.source.column), LINK if is_link else PLAIN
    return field.key, OWN_LINK if is_link else OWN_MOMENT if isinstance(field, DateTime) else OWN


def unkept(record_type: RecordType) -> Mapping[str, Field]:
    """Fields of the reader's whose past history does not know: a mask is all it keeps of them."""
    return {name: field for name, field in record_type.fields.items() if field.is_secret}


def worked_out(model: type[models.Model]) -> list[Any]:
    """The columns that the database works out of others."""
    return [field for field in model._meta.concrete_fields if isinstance(field, models.GeneratedField)]
