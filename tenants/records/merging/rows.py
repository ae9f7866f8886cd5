"""Whole rows as JSON, so that a merge can be undone to the last column."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

COUNTED = ("id", "version", "updated_at")
"""Columns that every write changes."""


def row_of(record: models.Model) -> dict[str, Any]:
    """Every column of a record but generated ones, in JSON types."""
    columns = [one for one in record._meta.concrete_fields if not isinstance(one, models.GeneratedField)]
    values = {one.attname: one.value_from_object(record) for one in columns}
    found: dict[str, Any] = json.loads(json.dumps(values, cls=Exact))
    return found


class Exact(DjangoJSONEncoder):
    """Moments keep their microseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that a merge has changed, with what it wrote."""
    return {name: value for name, value in after.items() if name not in COUNTED and before.get(name) != value}


def columns_from(model: type[models.Model], row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Values of a kept row as the columns take them."""
    fields = {one.attname: one for one in model._meta.concrete_fields}
    return {name: fields[name].to_python(row[name]) for name in names if name in fields}
