"""What no migration of companies may do, because companies work on meanwhile and two versions of the code are served.

A migration that has to says so, and why, beside its operations:

    class Migration(migrations.Migration):
        fleet_allows = {"type": "The table is empty in every company: it came with the release before."}

Plain `AddIndex` is not refused, and `AddIndexConcurrently` is: at a company's size an index is built in seconds
(2 s on a million contacts), only that company's writers wait, the time limit bounds it, and it goes into one
transaction with the note in the ledger. Built concurrently it could do neither, and would leave an invalid
index behind when it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connection
from django.db.migrations import operations as django
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED, AutoField, Field
from django.utils import timezone

from tenants.fleet.migrating import Key, key_of, state_after
from tenants.fleet.upgrading.stretches import operations_of
from tenants.kernel.db.operations import DropForgotten, ForgetField

SHORTEST_REASON = 20
DATA = (django.RunPython, django.RunSQL)
SAME_FOR_ALL = (dict, list, set, str, int, timezone.now, datetime.now, date.today, time)
"""Callable defaults that may be asked once for the whole fleet."""


@dataclass(frozen=True)
class Fault:
    migration: Key
    rule: str
    """What the migration's `fleet_allows` would have to name."""
    text: str

    def __str__(self) -> str:
        return f"{'.'.join(self.migration)}: {self.text} [{self.rule}]"


Found = Iterator[tuple[str, str]]
Look = Callable[[Any, str, ProjectState], Found]


def faults(migrations: Iterable[Migration], *, applied: Iterable[Key] = ()) -> list[Fault]:
    """Of these migrations, in order, after those applied."""
    state = state_after(tuple(applied))
    missing = list(migrations)
    found: list[Fault] = []
    for migration in missing:
        allowed = _allowed(migration)
        told = [("reason", f"why “{name}”? Write a sentence") for name in _unreasoned(allowed)]
        told += [*_whole(migration), *_dropped_too_soon(migration, missing), *_each(migration, state)]
        found += [Fault(key_of(migration), rule, text) for rule, text in told if rule not in allowed]
        state = migration.mutate_state(state, preserve=False)
    return found


def _allowed(migration: Migration) -> dict[str, str]:
    return dict(getattr(migration, "fleet_allows", {}))


def _unreasoned(allowed: dict[str, str]) -> list[str]:
    return [name for name, reason in allowed.items() if len(reason.strip()) < SHORTEST_REASON]


def _whole(migration: Migration) -> Found:
    """What is wrong with the migration as a whole."""
    touching = operations_of(migration.operations)
    has_data = any(isinstance(one, DATA) for one in touching)
    if has_data and not all(isinstance(one, DATA) for one in touching):
        yield "mixed", "changes tables and moves data; make it two migrations"
    if not migration.atomic:
        yield "atomic", "is not atomic: a death in the middle leaves half of it"


def _dropped_too_soon(migration: Migration, missing: list[Migration]) -> Found:
    """The release that forgets a column may not drop it: code that knows it is still served."""
    unapplied = {key_of(one) for one in missing}
    for operation in operations_of(migration.operations):
        if isinstance(operation, DropForgotten) and operation.forgotten_in in unapplied:
            yield "drop", f"drops {operation.column} in the release that forgets it; wait for the next"


def _each(migration: Migration, state: ProjectState) -> Found:
    """A table that the same migration makes is left alone: it has no rows, and no code knows it."""
    state, known = state.clone(), set(state.models)
    for operation in migration.operations:
        for one in operations_of([operation]):
            look = next((look for kind, look in LOOKS if isinstance(one, kind)), None)
            about = getattr(one, "model_name_lower", "")
            if look and (not about or (migration.app_label, about) in known):
                yield from look(one, migration.app_label, state)
        operation.state_forwards(migration.app_label, state)


def _added(operation: Any, app: str, state: ProjectState) -> Found:
    field, name = operation.field, f"{operation.model_name}.{operation.name}"
    has_default = field.has_default() or field.db_default is not NOT_PROVIDED
    yield from _column(field, name)
    if field.many_to_many:
        return
    if not (field.null or field.generated) and field.db_default is NOT_PROVIDED:
        yield (
            "not-null",
            f"adds {name} with no db_default nor null=True: older code writes rows without it",
        )
    if field.primary_key or (field.unique and has_default):
        yield "unique", f"adds {name}, unique, with one value for all rows; fill it first"
    if callable(field.default) and field.default not in SAME_FOR_ALL and field.default is not NOT_PROVIDED:
        yield "default", f"adds {name} with a computed default: it is computed once for all companies; use db_default"


def _column(field: Field[Any, Any], name: str) -> Found:
    if isinstance(field, AutoField) or field.get_internal_type() in ("BigAutoField", "SmallAutoField"):
        yield "identity", f"numbers {name} by itself; use a UUID (companies move between servers)"
    target = field.remote_field and field.remote_field.model
    if isinstance(target, str) and target != "self" and not _is_of_companies(target.partition(".")[0]):
        yield "leaves", f"points {name} out of the company's schema, at {target}"


def _is_of_companies(app: str) -> bool:
    return any(config.label == app and config.name in settings.TENANT_APPS for config in apps.get_app_configs())


def _created(operation: Any, app: str, state: ProjectState) -> Found:
    for name, field in operation.fields:
        yield from _column(field, f"{operation.name}.{name}")


def _altered(operation: Any, app: str, state: ProjectState) -> Found:
    name = f"{operation.model_name}.{operation.name}"
    old = state.models[app, operation.model_name_lower].fields[operation.name]
    new = operation.field
    if old.db_column != new.db_column:
        yield "rename", f"renames the column of {name}; add one, copy, forget the old"
    if old.null and not new.null and not new.generated:
        yield "not-null", f"makes {name} NOT NULL: fails where a row has none; fill it a release earlier"
    if not _is_same_type(old, new):
        yield "type", f"changes the type of {name}: rewrites the table; add a column, copy, forget the old"


def _is_same_type(old: Field[Any, Any], new: Field[Any, Any]) -> bool:
    """Or one that the server widens without touching the rows."""
    before, after = _type(old), _type(new)
    if before is None or after is None or before == after:
        return bool(before == after)
    texts = ("varchar(", "text", "varchar")
    if not (before.startswith(texts) and after.startswith(texts)):
        return False
    return bool(_length(after) >= _length(before))


def _type(field: Field[Any, Any]) -> Any:
    """Of a key, the kind of relation: its target is not at hand in a state."""
    if field.remote_field:
        return type(field).__name__
    return field.db_type(connection)


def _length(text: str) -> float:
    digits = "".join(one for one in text if one.isdigit())
    return int(digits) if digits else float("inf")


def _renamed(operation: Any, app: str, state: ProjectState) -> Found:
    yield "rename", f"{operation.describe()}: code that is still served knows the older name; expand and contract"


def _removed(operation: Any, app: str, state: ProjectState) -> Found:
    yield "drop", f"{operation.describe()}: code that is still served reads it; ForgetField first, DropForgotten later"


def _python(operation: Any, app: str, state: ProjectState) -> Found:
    if operation.atomic is False:
        yield "atomic", "runs Python outside a transaction"
    if not operation.elidable:
        yield "elidable", "moves data and is not marked elidable=True: it is done once, and a squash leaves it out"


def _sql(operation: Any, app: str, state: ProjectState) -> Found:
    words = str(operation.sql).lower()
    if not operation.elidable and not operation.state_operations:
        yield "elidable", "runs SQL and is not marked elidable=True, nor tells the state what it changes"
    if "public." in words:
        yield "leaves", "names public: a company's schema stands by itself"
    if any(word in words for word in ("commit", "concurrently", "vacuum")):
        yield "atomic", "runs SQL that refuses a transaction"


def _concurrent(operation: Any, app: str, state: ProjectState) -> Found:
    yield "atomic", f"{operation.describe()}: use the plain one, see linting.py"


LOOKS: tuple[tuple[type[Operation] | tuple[type[Operation], ...], Look], ...] = (
    ((AddIndexConcurrently, RemoveIndexConcurrently), _concurrent),
    (ForgetField, lambda operation, app, state: iter(())),
    (django.AddField, _added),
    (django.AlterField, _altered),
    (django.CreateModel, _created),
    ((django.RenameField, django.RenameModel, django.AlterModelTable), _renamed),
    ((django.RemoveField, django.DeleteModel), _removed),
    (django.RunPython, _python),
    (django.RunSQL, _sql),
)
