"""Writes of many records at once, with the meaning of `actions` and a handful of statements.

What the rows of a batch refuse is refused row by row: the others are written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, DomainError, Invalid, NotFound
from tenants.records.changes import difference, is_new, snapshot, words_for, write_history
from tenants.records.copying import Json, copy_in, copy_values, keep_age, makes_default
from tenants.records.events import tell_later, whose
from tenants.records.fields import Field
from tenants.records.models import Event, Record
from tenants.records.overwriting import changed_columns, write_over
from tenants.records.queries import require, visible_to
from tenants.records.registry import RecordType
from tenants.records.search.index import add_records, index_records
from tenants.records.sight import sight
from tenants.records.tagging.actions import known_names

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
    return Invalid({"": [words_for(record_type, name)]})


# Creating


def _create(record_type: RecordType, rows: Sequence[tuple[Values, Values]], by: Actor) -> list[Outcome]:
    fields, blank = record_type.fields, _Blank(record_type.model)
    all_fields = record_type.all_fields if any(kept for _values, kept in rows) else fields
    known = _known_tags([values for values, _kept in rows], by)
    written: list[Written] = []
    for values, kept in rows:
        record = blank.record(created_by_id=by.user_id, id=values.get("id"))
        given = _given(values, known)
        _assign(fields, record, given)
        if not kept or record_type.singly:
            record_type.before_save(record, list(given), by)
        _assign(all_fields, record, kept)
        written.append(Written(record, _first_changes(fields, given)))
    copy_in([one.record for one in written])
    made = list(zip(written, (kept for _values, kept in rows), strict=True))
    keep_age(record_type.model, [(one.record, kept["created_at"]) for one, kept in made if "created_at" in kept])
    for one, kept in made:
        if kept:
            record_type.brought(one.record, by)
        else:
            record_type.saved(one.record, one.changes, by)
    has_ids = any("id" in values for values, _kept in rows)
    _tell(record_type, written, "created", by, index_records if has_ids else add_records)
    return [*written]


class _Blank:
    """Makes new records of a model. The defaults are looked up once, not for each field of each record."""

    def __init__(self, model: type[Record]) -> None:
        self.model = model
        columns = model._meta.concrete_fields
        self.places = {field.attname: place for place, field in enumerate(columns)}
        self.makers = [_default(field) for field in columns]

    def record(self, **given: Any) -> Any:
        """A new record with these values by the names of columns; None takes the default."""
        values = [make() for make in self.makers]
        for name, value in given.items():
            if value is not None:
                values[self.places[name]] = value
        return self.model(*values)  # type: ignore[misc]  # by place, as the driver does


def _default(field: Any) -> Callable[[], Any]:
    if isinstance(field, models.GeneratedField):
        return lambda: models.DEFERRED
    if makes_default(field):
        return field.get_default  # type: ignore[no-any-return]
    value = field.get_default()
    return lambda: value


def _known_tags(rows: Iterable[Values], by: Actor) -> Mapping[str, str]:
    """Tags of all rows as the vocabulary writes them, by their small letters. Raises Invalid."""
    names = list(dict.fromkeys(name for values in rows for name in values.get("tags") or ()))
    return {name.casefold(): name for name in known_names(names=names, by=by)} if names else {}


def _given(values: Values, known: Mapping[str, str]) -> dict[str, Any]:
    """What fields take of a row's values."""
    given = {name: value for name, value in values.items() if name not in BESIDE}
    if given.get("tags"):
        given["tags"] = list(dict.fromkeys(known.get(name.casefold(), name) for name in given["tags"]))
    return given


def _assign(fields: Mapping[str, Field], record: Any, values: Values) -> None:
    for name, value in values.items():
        if name in fields:
            fields[name].assign(record, value)


def _first_changes(fields: Mapping[str, Field], values: Values) -> dict[str, Any]:
    return {name: [None, fields[name].api_of(value)] for name, value in values.items() if value not in (None, "")}


# Changing


def _update(record_type: RecordType, rows: Sequence[tuple[UUID, Values]], by: Actor) -> list[Outcome]:
    found = _locked(record_type, [record_id for record_id, _values in rows], by)
    known = _known_tags([values for _id, values in rows], by)
    outcomes: list[Outcome] = []
    columns: set[str] = set()
    kept_back = _kept_back(record_type, found, by)
    for record_id, values in rows:
        if record_id in kept_back:
            outcomes.append(Refused(Denied(_("You may see this, but not change it."))))
        else:
            outcomes.append(_changed(record_type, found.get(record_id), _given(values, known), by, columns))
    written = [one for one in outcomes if isinstance(one, Written) and one.changes]
    write_over([one.record for one in written], columns)
    for one in written:
        record_type.saved(one.record, one.changes, by)
    _tell(record_type, written, "updated", by, index_records)
    return outcomes


def _locked(record_type: RecordType, ids: Sequence[UUID], by: Actor) -> dict[UUID, Any]:
    """The rows by id, locked in one order so that two batches cannot wait for each other."""
    locked = record_type.model._default_manager.select_for_update().filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in visible_to(by, record_type).filter(pk__in=list(locked.values_list("pk", flat=True)))}


def _kept_back(record_type: RecordType, found: Mapping[UUID, Any], by: Actor) -> set[UUID]:
    """Rows the actor sees but may not change. A query only where there may be such."""
    if sight(by, record_type, "edit") is None:
        return set()
    allowed = visible_to(by, record_type, "edit").filter(pk__in=found).order_by().values_list("pk", flat=True)
    return set(found) - set(allowed)


def _changed(record_type: RecordType, record: Any, values: Values, by: Actor, columns: set[str]) -> Outcome:
    """The record with its new values, not yet written; `columns` learns which of them moved."""
    if record is None:
        return Refused(NotFound(f"There is no such {record_type.singular}."))
    fields = record_type.fields
    changed = {name: value for name, value in values.items() if is_new(fields[name], record, value)}
    if not changed:
        return Written(record, {})
    before = _as_it_was(record)
    _assign(fields, record, changed)
    record_type.before_save(record, list(changed), by)
    record.version += 1
    moved = changed_columns(before, record)
    columns |= moved
    known = record_type.known_fields
    touched = {n: one for n, one in known.items() if n in changed or one.is_custom or one.source.attname in moved}
    return Written(record, difference(snapshot(touched, before), snapshot(touched, record)))


def _as_it_was(record: Any) -> Any:
    """A copy that stays as the record is now, while rules change that."""
    found = copy(record)
    found.__dict__.update({name: copy(one) for name, one in record.__dict__.items() if type(one) in (dict, list)})
    return found


# Both


def _tell(
    record_type: RecordType, written: Sequence[Written], action: str, by: Actor,
    index: Callable[[RecordType, Sequence[Record]], None],
) -> None:  # fmt: skip
    """History, search and events of all of them."""
    if not written:
        return
    here = context.current()
    kind, ids = record_type.name, [one.record.pk for one in written]
    changes = [Json.of(one.changes) for one in written]
    write_history(record_type, zip(ids, changes, strict=True), by=by, action=action)
    index(record_type, [one.record for one in written])
    event = {"name": f"{record_type.model._meta.model_name}.{action}", "record_type": kind, **whose(here)}
    payloads = (Json(f'{{"changes": {one}}}') for one in changes)
    copy_values(Event, event, ("record_id", "payload"), zip(ids, payloads, strict=True))
    tell_later(here)
