"""Writes of many records at once, with the meaning of `actions` and a handful of statements.

What the rows of a batch refuse is refused row by row: the others are written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid, NotFound
from tenants.records.actions import _difference, _is_new, _snapshot, _words_for
from tenants.records.copying import copy_in
from tenants.records.events import ask_for_drain
from tenants.records.models import Change, Event, Record
from tenants.records.queries import require, visible_to
from tenants.records.registry import RecordType
from tenants.records.search.index import index_records

Values = Mapping[str, Any]
BESIDE = ("id",)
"""What a row may carry beside the values of fields."""


@dataclass(frozen=True)
class Written:
    """A record as it was written; no changes when nothing differed."""

    record: Any
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Refused:
    """Why a row was not written."""

    error: DomainError


Outcome = Written | Refused


@transaction.atomic
def create_records(
    *, record_type: RecordType, rows: Sequence[Values], by: Actor, kept: Sequence[Values] = ()
) -> list[Outcome]:
    """Make records from values that `record_type.clean` gave; one outcome for each row, in order.

    A row may name its `id`. `kept` holds, for each row, values that are written as they
    are after the type's rules have had their say: how a record is brought whole from
    another company, where the follow-ups of `saved` have happened already and `brought`
    is called instead. Emits `<type>.created` for each. Raises Denied.
    """
    require(by, "create", record_type.name)
    pairs = list(zip(rows, kept or ({} for _ in rows), strict=True))
    return _in_order(
        record_type, pairs, [values for values, _kept in pairs], lambda part: _create(record_type, part, by)
    )


@transaction.atomic
def update_records(*, record_type: RecordType, rows: Sequence[tuple[UUID, Values]], by: Actor) -> list[Outcome]:
    """Change records by id with clean values; nothing is written of what does not differ.

    Emits `<type>.updated` for each that changed. Raises Denied.
    """
    require(by, "edit", record_type.name)
    return _in_order(record_type, rows, [values for _id, values in rows], lambda part: _update(record_type, part, by))


def _in_order(
    record_type: RecordType,
    rows: Sequence[Any],
    values: Sequence[Values],
    write: Callable[[Sequence[Any]], list[Outcome]],
) -> list[Outcome]:
    """Rows whose rules look at other rows come after the rest, one by one."""
    alone = {i for i, one in enumerate(values) if any(name in one for name in record_type.singly)}
    together = [i for i in range(len(rows)) if i not in alone]
    found = dict(zip(together, _in_parts(record_type, [rows[i] for i in together], write), strict=True))
    for i in sorted(alone):
        found[i] = _in_parts(record_type, [rows[i]], write)[0]
    return [found[i] for i in range(len(rows))]


def _in_parts(
    record_type: RecordType, rows: Sequence[Any], write: Callable[[Sequence[Any]], list[Outcome]]
) -> list[Outcome]:
    """All at once; a part that the database or a rule refuses is halved until the row at fault stands alone."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            return write(rows)
    except (IntegrityError, DomainError) as error:
        if len(rows) == 1:
            return [Refused(_in_words(record_type, error))]
    middle = len(rows) // 2
    return _in_parts(record_type, rows[:middle], write) + _in_parts(record_type, rows[middle:], write)


def _in_words(record_type: RecordType, error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    return Invalid({"": [_words_for(record_type, name)]})


# Creating


def _create(record_type: RecordType, rows: Sequence[tuple[Values, Values]], by: Actor) -> list[Outcome]:
    written: list[Written] = []
    made: list[tuple[Record, Values]] = []
    for values, kept in rows:
        record = _new(record_type, values, by)
        fields = {name: value for name, value in values.items() if name not in BESIDE}
        if not kept or record_type.singly:
            record_type.before_save(record, list(fields), by)
        _assign(record_type, record, kept)
        made.append((record, kept))
        written.append(Written(record, _first_changes(record_type, fields)))
    records = [record for record, _kept in made]
    copy_in(records)
    _keep_age(record_type, [(record, kept["created_at"]) for record, kept in made if "created_at" in kept])
    for one, (_record, kept) in zip(written, made, strict=True):
        if kept:
            record_type.brought(one.record, by)
        else:
            record_type.saved(one.record, one.changes, by)
    _tell(record_type, written, "created", by)
    return [*written]


def _new(record_type: RecordType, values: Values, by: Actor) -> Any:
    beside = {name: values[name] for name in BESIDE if values.get(name)}
    record = record_type.model(created_by_id=by.user_id, **beside)
    _assign(record_type, record, {name: value for name, value in values.items() if name not in BESIDE})
    return record


def _assign(record_type: RecordType, record: Any, values: Values) -> None:
    fields = record_type.fields
    for name, value in values.items():
        if name in fields:
            fields[name].assign(record, value)


def _first_changes(record_type: RecordType, values: Values) -> dict[str, Any]:
    fields = record_type.fields
    return {name: [None, fields[name].api_of(value)] for name, value in values.items() if value not in (None, "")}


def _keep_age(record_type: RecordType, ages: list[tuple[Any, datetime]]) -> None:
    """Django stamps new rows with now; these were made earlier."""
    if not ages:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{record_type.model._meta.db_table}" AS row SET created_at = old.created_at'  # noqa: S608 - our table
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS old (id, created_at) WHERE row.id = old.id",
            [[record.pk for record, _age in ages], [age for _record, age in ages]],
        )


# Changing


def _update(record_type: RecordType, rows: Sequence[tuple[UUID, Values]], by: Actor) -> list[Outcome]:
    found = _locked(record_type, [record_id for record_id, _values in rows], by)
    outcomes: list[Outcome] = []
    for record_id, values in rows:
        outcomes.append(_changed(record_type, found.get(record_id), values, by))
    written = [one for one in outcomes if isinstance(one, Written) and one.changes]
    _write_over(record_type, [one.record for one in written])
    for one in written:
        record_type.saved(one.record, one.changes, by)
    _tell(record_type, written, "updated", by)
    return outcomes


def _locked(record_type: RecordType, ids: Sequence[UUID], by: Actor) -> dict[UUID, Any]:
    """The rows by id, locked in one order so that two batches cannot wait for each other."""
    locked = record_type.model._default_manager.select_for_update().filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in visible_to(by, record_type).filter(pk__in=list(locked.values_list("pk", flat=True)))}


def _changed(record_type: RecordType, record: Any, values: Values, by: Actor) -> Outcome:
    if record is None:
        return Refused(NotFound(f"There is no such {record_type.singular}."))
    fields = record_type.fields
    changed = {n: v for n, v in values.items() if n not in BESIDE and _is_new(fields[n], record, v)}
    if not changed:
        return Written(record, {})
    before = _snapshot(record_type, record)
    _assign(record_type, record, changed)
    record_type.before_save(record, list(changed), by)
    record.version += 1
    return Written(record, _difference(before, _snapshot(record_type, record)))


def _write_over(record_type: RecordType, records: Sequence[Any]) -> None:
    """One statement for all rows: they are there and locked, so each insert becomes an update."""
    model = record_type.model
    kept = ("id", "created_at")
    names = [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in kept and not isinstance(field, models.GeneratedField)
    ]
    ages = [record.created_at for record in records]
    model._default_manager.bulk_create(records, update_conflicts=True, update_fields=names, unique_fields=["id"])
    for record, age in zip(records, ages, strict=True):
        record.created_at = age


# Both


def _tell(record_type: RecordType, written: Sequence[Written], action: str, by: Actor) -> None:
    """History, search and events of all of them."""
    if not written:
        return
    here = context.current()
    copy_in([
        Change(
            record_type=record_type.name, record_id=one.record.pk, action=action, actor_name=by.name,
            user_id=by.user_id, changes=one.changes, request_id=here.request_id, source=here.source,
            job_id=here.job_id,
        )
        for one in written
    ])  # fmt: skip
    index_records(record_type, [one.record for one in written])
    name = f"{record_type.model._meta.model_name}.{action}"
    copy_in([
        Event(name=name, record_type=record_type.name, record_id=one.record.pk, payload={"changes": one.changes})
        for one in written
    ])  # fmt: skip
    transaction.on_commit(lambda: ask_for_drain(here), robust=True)
