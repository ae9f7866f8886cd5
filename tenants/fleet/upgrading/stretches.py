"""What is done to schemas that lack the same migrations: written down once, then done to each.

The missing migrations are run through Django a single time, in a scratch schema of the older shape, by an editor
that keeps every statement it sends. The scratch, not a company's schema in a transaction rolled back: no company's
tables are locked meanwhile, and what one of them has changed by hand cannot get into the statements of all. Nor
does Django merely collect the statements without sending them: what it alters it looks up in the catalogue (names
of constraints), where earlier statements have to show. All of it is rolled back, so that a death leaves nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlparse
from django.db import connection, transaction
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenants.fleet import pool
from tenants.fleet.migrating import Key, fingerprint_of, head, key_of, missing_from, state_after
from tenants.fleet.template import MARK, replay_nearest
from tenants.kernel import context
from tenants.kernel.context import Place
from tenants.kernel.db.constraints import AppendOnly
from tenants.kernel.ids import schema_name

KEPT_PLANS = 8
TABLES = "SELECT oid::int, relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'"


@dataclass(frozen=True)
class Stretch:
    """Migrations that go into a schema in one transaction, with the note that they are there.

    `statements` None: they move data, and Django runs them in each company.
    """

    before: tuple[Key, ...]
    """What has been applied until then: exactly that, or the stretch is not for this schema."""
    keys: tuple[Key, ...]
    statements: tuple[str, ...] | None = None

    @property
    def after(self) -> tuple[Key, ...]:
        return (*self.before, *self.keys)

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.after)

    @property
    def name(self) -> str:
        return ", ".join(".".join(key) for key in self.keys)

    def for_schema(self, name: str) -> list[str]:
        return [statement.replace(MARK, name) for statement in self.statements or ()]


class Recorder(DatabaseSchemaEditor):
    """Sends what it is told to, and keeps it."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__(connection, atomic=False)
        self.kept = kept

    def execute(self, sql: Any, params: Any = ()) -> None:
        text = str(sql) if params is None else self.connection.ops.compose_sql(str(sql), params)
        self.kept += [one.rstrip(";") for one in sqlparse.split(text) if one.strip(" ;\n")]
        super().execute(text, None)


def is_data(migration: Migration) -> bool:
    """Whether Django has to run it in each company: Python, or what refuses a transaction."""
    return not migration.atomic or any(isinstance(one, RunPython) for one in operations_of(migration.operations))


def operations_of(operations: Iterable[Operation]) -> list[Operation]:
    """Those that touch the database, out of their wrappings."""
    found: list[Operation] = []
    for one in operations:
        inner = getattr(one, "database_operations", None)
        found += [one] if inner is None else operations_of(inner)
    return found


def stretches_for(applied: Sequence[Key]) -> list[Stretch]:
    """What brings a schema with just these migrations to head, in order."""
    return list(_written_down(tuple(applied), head()))


@lru_cache(KEPT_PLANS)
def _written_down(applied: tuple[Key, ...], head: str) -> tuple[Stretch, ...]:
    """The same for canaries as for the rest."""
    missing = missing_from(applied)
    if not missing:
        return ()
    with transaction.atomic():
        scratch = _Scratch(applied)
        for migration in missing:
            scratch.take(migration)
        transaction.set_rollback(True)
    return tuple(scratch.finished())


class _Scratch:
    """A schema of the older shape, and what has been written down in it."""

    def __init__(self, applied: Sequence[Key]) -> None:
        self.name = schema_name()
        self.applied: tuple[Key, ...] = tuple(applied)
        self.state = state_after(applied)
        self.found: list[Stretch] = []
        self.under_way: list[Key] = []
        self.statements: list[str] = []
        self._build()
        self.tables = self._tables()

    def _build(self) -> None:
        """From the nearest template; what that lacks comes by Django."""
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {self.name}")
        done = replay_nearest(self.name, self.applied)
        with context.inside(Place(schema=self.name)):
            state = state_after(done)
            for migration in missing_from(done):
                if key_of(migration) in self.applied:
                    with connection.schema_editor(atomic=False) as editor:
                        state = migration.apply(state, editor)

    def take(self, migration: Migration) -> None:
        if is_data(migration):
            self._close()
            self._pass_over(migration)
            self.under_way.append(key_of(migration))
            self._close(is_data=True)
            return
        with context.inside(Place(schema=self.name)), Recorder(self.statements) as editor:
            before = kept_tables(self.state)
            self.state = migration.apply(self.state, editor)
        self._give_rights(before, kept_tables(self.state))
        self.under_way.append(key_of(migration))

    def _pass_over(self, migration: Migration) -> None:
        """The scratch has no rows to move; only what changes its shape is done."""
        shapes = [one for one in operations_of(migration.operations) if not isinstance(one, RunPython)]
        if not shapes:
            self.state = migration.mutate_state(self.state)
            return
        with context.inside(Place(schema=self.name)), connection.schema_editor(atomic=False) as editor:
            self.state = migration.apply(self.state, editor)
        self.tables = self._tables()

    def _give_rights(self, before: set[str], after: set[str]) -> None:
        """To the company's role, on what is new or has become append-only: as a fresh schema has them."""
        older, self.tables = self.tables, self._tables()
        changed = [
            name
            for oid, name in sorted(self.tables.items(), key=lambda item: item[1])
            if oid not in older or (older[oid] in before) != (name in after)
        ]
        known = {self.tables[oid] for oid in older.keys() & self.tables.keys()}
        self.statements += [f'REVOKE ALL ON "{name}" FROM "{MARK}"' for name in changed if name in known]
        self.statements += [statement.as_string() for statement in pool.grants(MARK, changed, after)]

    def _tables(self) -> dict[int, str]:
        with connection.cursor() as cursor:
            cursor.execute(TABLES, [self.name])
            return dict(cursor.fetchall())

    def _close(self, *, is_data: bool = False) -> None:
        """End a stretch; the next begins where it ended."""
        if self.under_way:
            statements = None if is_data else tuple(self.statements)
            self.found.append(Stretch(self.applied, tuple(self.under_way), statements))
            self.applied = self.found[-1].after
        self.under_way, self.statements = [], []

    def finished(self) -> list[Stretch]:
        self._close()
        return self.found


def kept_tables(state: ProjectState) -> set[str]:
    """Tables of append-only models, as they stand at a point of history."""
    return {
        model.options.get("db_table") or f"{app}_{name}"
        for (app, name), model in state.models.items()
        if any(isinstance(one, AppendOnly) for one in model.options.get("constraints", ()))
    }
