"""A migration run by Django in one company: for those that move data with Python."""

from collections.abc import Sequence
from functools import lru_cache

from django.db import connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from tenants.fleet import pool
from tenants.fleet.migrating import Key, fingerprint_of, history, state_after
from tenants.fleet.upgrading.limits import Limits
from tenants.fleet.upgrading.notes import CLAIM, ENTER, NOTE, as_pairs
from tenants.fleet.upgrading.stretches import TABLES, operations_of
from tenants.kernel import context
from tenants.kernel.context import Place


def apply(schema: str, before: Sequence[Key], keys: Sequence[Key], limits: Limits) -> bool:
    """Whether the schema was as expected; then the migrations and the note of them, in one transaction.

    One that refuses transactions is run first and noted then: it has to bear being run twice.
    """
    migrations = [history().graph.nodes[key] for key in keys]
    loose = [one for one in migrations if not one.atomic]
    for migration in loose:
        _run(schema, migration, state_before(tuple(before)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ENTER, [context.PUBLIC_SCHEMA, *limits.settings])
        cursor.execute(CLAIM, [schema, as_pairs(before)])
        if not cursor.fetchone():
            return False
        done = tuple(before)
        for migration in migrations:
            if migration not in loose:
                _run(schema, migration, state_before(done))
            done = (*done, (migration.app_label, migration.name))
        with connection.cursor() as noting:
            noting.execute(NOTE, [as_pairs(done), fingerprint_of(done), schema])
    return True


@lru_cache(maxsize=8)
def state_before(applied: tuple[Key, ...]) -> ProjectState:
    """Drawing the models of a point of history costs more than most migrations; companies share it."""
    return state_after(applied)


def _run(schema: str, migration: Migration, state: ProjectState) -> None:
    with context.inside(Place(schema=schema)), connection.schema_editor(atomic=False) as editor:
        if all(isinstance(one, RunPython) for one in migration.operations):
            for operation in migration.operations:
                operation.database_forwards(migration.app_label, editor, state, state)
            return
        migration.apply(state.clone(), editor)
    if any(not isinstance(one, RunPython) for one in operations_of(migration.operations)):
        pool.grant(schema, _tables(schema))


def _tables(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [schema])
        return [name for _oid, name in cursor.fetchall()]
