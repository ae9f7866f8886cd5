"""Django's migrations in a company schema, remembered in our ledger.

Company schemas have no `django_migrations` of their own: a ledger row in public
says what has been applied, so a schema holds nothing but the company's tables.
One schema is brought to head here, as the template is; the fleet is by `upgrading`.
"""

import hashlib
import inspect
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from tenants.fleet.models import Schema
from tenants.kernel import context
from tenants.kernel.context import Place

Key = tuple[str, str]


@cache
def history() -> MigrationLoader:
    """The migrations of the code that is running; they cannot change while it runs."""
    return MigrationLoader(None)


def plan() -> list[Migration]:
    """All migrations of company apps, in order."""
    graph = history().graph
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    leaves = [key for key in graph.leaf_nodes() if key[0] in labels]
    seen: dict[Key, Migration] = {}
    for leaf in leaves:
        for key in graph.forwards_plan(leaf):
            seen.setdefault(key, graph.nodes[key])
    return [migration for key, migration in seen.items() if key[0] in labels]


@cache
def head() -> str:
    """The fingerprint of the code that is running."""
    return fingerprint(plan())


def fingerprint(migrations: Iterable[Migration]) -> str:
    """Changes with the name of any migration, or the text of its file: what it calls stands there, too."""
    found = hashlib.sha256()
    for migration in migrations:
        found.update(f"{migration.app_label}.{migration.name}".encode())
        found.update(_text(inspect.getfile(type(migration))))
    return found.hexdigest()


@cache
def _text(path: str) -> bytes:
    return Path(path).read_bytes()


def fingerprint_of(applied: Iterable[Key]) -> str:
    """The one of a schema to which just these have been applied, as the running code writes them."""
    keys = set(applied)
    return fingerprint(migration for migration in plan() if key_of(migration) in keys)


def key_of(migration: Migration) -> Key:
    return migration.app_label, migration.name


def missing_from(applied: Iterable[Key]) -> list[Migration]:
    done = set(applied)
    return [migration for migration in plan() if key_of(migration) not in done]


def state_after(applied: Iterable[Key]) -> ProjectState:
    """What the models looked like then."""
    loader = history()
    return loader.project_state([key for key in applied if key in loader.graph.nodes], at_end=True)


def bring_to_head(schema: Schema) -> int:
    """Apply what is missing through Django, each migration and its ledger note in one transaction; how many."""
    done: list[Key] = [(app, name) for app, name in schema.applied]
    missing, state = missing_from(done), state_after(done)
    for migration in missing:
        state = _apply(schema, migration, state)
    schema.fingerprint = head()
    schema.save(update_fields=["applied", "fingerprint", "updated_at"])
    return len(missing)


def _apply(schema: Schema, migration: Migration, state: ProjectState) -> ProjectState:
    with transaction.atomic():
        with context.inside(Place(schema=schema.name)), connection.schema_editor(atomic=False) as editor:
            state = migration.apply(state, editor)
        schema.applied.append([migration.app_label, migration.name])
        schema.save(update_fields=["applied", "updated_at"])
    return state
