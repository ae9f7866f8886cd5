"""New rows by COPY: what INSERT would write, in a fraction of the time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from json import dumps
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection, connections, models
from django.utils import timezone
from psycopg.adapt import PyFormat, Transformer

Dump = Callable[[Any], str]
EMPTY = "\\N"
STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"'})


class Json(str):
    """A value of a JSON column that is written already, so that two tables can share it."""

    __slots__ = ()

    @classmethod
    def of(cls, value: Any) -> "Json":
        return cls(json_text(value))


def json_text(value: Any) -> str:
    try:
        return orjson.dumps(value, option=STRICT).decode()
    except TypeError:  # numbers of more than 64 bits, half letters: what it refuses the slower one may know
        return dumps(value)


def copy_in(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one table, with the stamps and defaults that saving gives. Raises IntegrityError.

    Columns that the database works out are read back, so that the objects are whole.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = written_fields(model)
    _stamp(rows, fields)
    values = attrgetter(*(field.attname for field in fields))
    _copy(model, fields, map(values, rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    worked_out = [field for field in model._meta.concrete_fields if isinstance(field, models.GeneratedField)]
    if worked_out:
        _read_back(model, rows, worked_out)


def copy_values(
    model: type[models.Model], same: Mapping[str, Any], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert new rows without making objects of them: `same` in all, `names` in the order of each of `rows`.

    What neither names takes its default, or the moment of now.
    """
    by_name = {field.attname: field for field in written_fields(model)}
    given = [by_name[name] for name in names]
    rest = {name: field for name, field in by_name.items() if name not in names}
    made = {name: one.get_default for name, one in rest.items() if name not in same and makes_default(one)}
    now = timezone.now()
    settled = [field for name, field in rest.items() if name not in made]
    values = [same.get(one.attname, now if _is_stamp(one) else one.get_default()) for one in settled]
    _copy(
        model, [*given, *(rest[name] for name in made)],
        ([*row, *(make() for make in made.values())] for row in rows), list(zip(settled, values, strict=True)),
    )  # fmt: skip


def written_fields(model: type[models.Model]) -> list[Any]:
    """The columns that a row brings, without those the database works out or fills by its own clock."""
    return [field for field in model._meta.concrete_fields if not _is_servers(field)]


def _is_servers(field: Any) -> bool:
    return isinstance(field, models.GeneratedField) or field.db_default is not models.NOT_PROVIDED


def makes_default(field: Any) -> bool:
    """Whether each row has a default of its own, like its id."""
    return field.has_default() and callable(field.default)


def _is_stamp(field: Any) -> bool:
    return isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add)


def _stamp(rows: Sequence[models.Model], fields: Sequence[Any]) -> None:
    """What saving would set: one moment for all rows, and whatever other fields see to before they are saved."""
    now = timezone.now()
    for field in fields:
        if _is_stamp(field):
            for row in rows:
                setattr(row, field.attname, now)
        elif not isinstance(field, models.DateTimeField) and type(field).pre_save is not models.Field.pre_save:
            for row in rows:
                setattr(row, field.attname, field.pre_save(row, add=True))


def _copy(
    model: type[models.Model], fields: Sequence[Any], rows: Iterable[Sequence[Any]],
    settled: Sequence[tuple[Any, Any]] = (),
) -> None:  # fmt: skip
    """Write rows with the values of `fields`; those of the `settled` are the same in all."""
    here = connections[connection.alias]  # each use of `connection` would look this up again
    columns = ", ".join(f'"{field.column}"' for field in (*fields, *(field for field, _value in settled)))
    end = "".join(f"\t{_dump_of(field)(value)}" for field, value in settled) + "\n"
    dumps_of = [_dump_of(field) for field in fields]
    lines = ["\t".join([dump(value) for dump, value in zip(dumps_of, row, strict=True)]) for row in rows]
    statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    with here.cursor() as cursor, here.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write(end.join([*lines, ""]))


# One value, as the text form of COPY has it


def _escaped(value: str) -> str:
    for sign, written in _ESCAPES.items():  # the backslash first
        if sign in value:
            value = value.replace(sign, written)
    return value


def _aware(value: datetime) -> str:
    if timezone.is_naive(value):
        value = timezone.make_aware(value, timezone.get_default_timezone())
    return value.isoformat()


PLAIN: dict[type, Dump] = {
    type(None): lambda value: EMPTY, str: _escaped, bool: lambda value: "t" if value else "f", int: str,
    UUID: lambda value: value.hex, Decimal: str, date: date.isoformat, datetime: _aware,
}  # fmt: skip
"""By exact type: what is not here goes the way that Django and the driver take with single values."""


def _dump_of(field: Any) -> Dump:
    if isinstance(field, models.JSONField):
        return _json_dump(field)
    words = isinstance(field, ArrayField) and isinstance(field.base_field, models.CharField)
    return _words(field) if words else _plain(field)


def _plain(field: Any) -> Dump:
    known = PLAIN.get

    def dump(value: Any) -> str:
        found = known(type(value))
        return found(value) if found else _other(field, value)

    return dump


def _json_dump(field: models.JSONField) -> Dump:
    def dump(value: Any) -> str:
        if value is None:
            return EMPTY
        if type(value) is not Json:
            value = json_text(value) if field.encoder is None else dumps(value, cls=field.encoder)
        return _escaped(value)

    return dump


def _words(field: Any) -> Dump:
    """An array of texts."""

    def dump(value: Any) -> str:
        if type(value) is not list or not all(type(word) is str for word in value):
            return _other(field, value)
        return _escaped("{" + ",".join([f'"{word.translate(_QUOTES)}"' for word in value]) + "}")

    return dump


def _other(field: Any, value: Any) -> str:
    here = connections[connection.alias]
    prepared = field.get_db_prep_save(value, here)
    if prepared is None:
        return EMPTY
    raw = Transformer(here.connection).get_dumper(prepared, PyFormat.TEXT).dump(prepared)
    return EMPTY if raw is None else _escaped(bytes(raw).decode())


def _read_back(model: type[models.Model], rows: Sequence[models.Model], fields: Sequence[Any]) -> None:
    """In the order asked for, so that no ids need to be read."""
    key = model._meta.pk.column
    names = ", ".join(f'row."{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM unnest(%s::uuid[]) WITH ORDINALITY AS new (id, place)"  # noqa: S608 - our table
            f' JOIN "{model._meta.db_table}" row ON row."{key}" = new.id ORDER BY new.place',
            ["{" + ",".join([row.pk.hex for row in rows]) + "}"],
        )
        found = cursor.fetchall()
    for row, values in zip(rows, found, strict=True):
        for field, value in zip(fields, values, strict=True):
            setattr(row, field.attname, value)


def keep_age(model: type[models.Model], ages: Sequence[tuple[models.Model, datetime]]) -> None:
    """New rows are stamped with now; these were made earlier."""
    if not ages:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" AS row SET created_at = old.created_at'  # noqa: S608 - our table
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS old (id, created_at) WHERE row.id = old.id",
            [[row.pk for row, _age in ages], [age for _row, age in ages]],
        )
