"""Fixtures: two companies that are twins in all but their sentinels, rolled back after each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from tenants.directory import hosts
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tests.factories import Twin, make_twin
from tests.lighter import lighten
from tests.settled import neighbour, settled

__all__ = ["neighbour", "settled"]

lighten()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The plugin has made the database."""


@pytest.fixture(scope="session")
def _twins(django_db_blocker: Any) -> Iterator[tuple[Twin, Twin]]:
    """Made once a worker, committed: agency and company A, and B. Every test leaves them as they were."""
    with django_db_blocker.unblock(), context.public():
        made = make_twin("alpha", "SENTINEL-ALPHA-7Q"), make_twin("bravo", "SENTINEL-BRAVO-9Z")
        before = [rows_of(one) for one in made]
    yield made
    with django_db_blocker.unblock():
        for twin, rows in zip(made, before, strict=True):
            assert rows_of(twin) == rows, "a test that commits has left rows behind"


def rows_of(twin: Twin) -> dict[str, int]:
    """How many rows each table of the company has; of the audit nothing is ever taken away."""
    schema = twin.company.schema_name
    with context.public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename != 'identity_auditentry'", [schema]
        )
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {schema}.{name}" for name in tables))
        return dict(cursor.fetchall())


@pytest.fixture
def rolled_back(_twins: tuple[Twin, Twin], django_db_blocker: Any) -> Iterator[None]:
    """The test's writes are undone; what it queued for after the commit never runs."""
    with django_db_blocker.unblock():
        with context.public(), transaction.atomic():
            token = context._context.set(None)
            yield
            context._context.reset(token)
            transaction.set_rollback(True)
        hosts._forget()


@pytest.fixture
def twins(_twins: tuple[Twin, Twin], rolled_back: None) -> tuple[Twin, Twin]:
    return _twins


@pytest.fixture
def company(twins: tuple[Twin, Twin]) -> Iterator[Twin]:
    """Inside company A, acting as the house."""
    with context.inside(twins[0].place, actor=robot()):
        yield twins[0]


@pytest.fixture
def public(rolled_back: None) -> Iterator[None]:
    with context.public(actor=robot()):
        yield


@pytest.fixture
def by() -> Actor:
    return robot("Tester")


@pytest.fixture
def client(twins: tuple[Twin, Twin]) -> Client:
    """A browser at company A, nobody signed in."""
    return Client(headers={"host": twins[0].host})


@pytest.fixture
def owner(twins: tuple[Twin, Twin]) -> Client:
    """A browser at company A with its owner signed in."""
    return twins[0].signed_in()


@pytest.fixture(autouse=True)
def _clean_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "rolled_back" in request.fixturenames:
        with context.public():
            cache.clear()
