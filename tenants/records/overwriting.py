"""Many rows changed in one statement, each with values of its own, and only the columns that moved."""

from collections.abc import Collection, Sequence
from json import dumps
from typing import Any

import orjson
from django.db import connection, models
from django.utils import timezone


def changed_columns(before: models.Model, after: models.Model) -> set[str]:
    """The columns in which two states of a row differ, by the names of their attributes."""
    old, new = before.__dict__, after.__dict__
    return {name for name in _stored(type(after)) if name in new and old.get(name) != new[name]}


def write_over(records: Sequence[Any], names: Collection[str]) -> None:
    """Write these columns of rows that are there and locked, and the moment. Raises IntegrityError.

    What the database works out of them is read back.
    """
    if not records:
        return
    model, now = type(records[0]), timezone.now()
    stored = _stored(model)
    fields = [stored[name] for name in stored if name in names or getattr(stored[name], "auto_now", False)]
    for record in records:
        for field in fields:
            if getattr(field, "auto_now", False):
                setattr(record, field.attname, now)
    worked_out = [field for field in model._meta.concrete_fields if isinstance(field, models.GeneratedField)]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, fields, worked_out), [_rows([stored["id"], *fields], records)])
        found = {pk: rest for pk, *rest in cursor.fetchall()}
    for record in records:
        for field, value in zip(worked_out, found.get(record.pk, ()), strict=False):
            setattr(record, field.attname, value)


def _stored(model: type[models.Model]) -> dict[str, Any]:
    kept = [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    return {field.attname: field for field in kept}


def _statement(model: type[models.Model], fields: Sequence[Any], worked_out: Sequence[Any]) -> str:
    """The rows come as one JSON document, which the database reads by the types of the columns."""
    quote = connection.ops.quote_name
    names = [quote(field.column) for field in fields]
    types = [f"{quote(field.column)} {field.db_type(connection)}" for field in (model._meta.pk, *fields)]
    back = ", ".join(f"kept.{quote(field.column)}" for field in (model._meta.pk, *worked_out))
    return (
        f"UPDATE {quote(model._meta.db_table)} AS kept SET {', '.join(f'{name} = new.{name}' for name in names)}"  # noqa: S608 - our table
        f" FROM jsonb_to_recordset(%s::jsonb) AS new ({', '.join(types)}) WHERE kept.id = new.id RETURNING {back}"
    )


def _rows(fields: Sequence[Any], records: Sequence[Any]) -> str:
    rows = [{field.column: getattr(record, field.attname) for field in fields} for record in records]
    try:
        return orjson.dumps(rows, default=str).decode()
    except TypeError:  # numbers of more than 64 bits
        return dumps(rows, default=str)
