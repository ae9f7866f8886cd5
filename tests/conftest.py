"""Fixtures: two companies that are twins in all but their sentinels, rolled back after each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tenants.directory import hosts
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tests.factories import Twin, make_twin
from tests.lighter import lighten

lighten()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The plugin has made the database."""


@pytest.fixture(scope="session")
def _twins(django_db_blocker: Any) -> tuple[Twin, Twin]:
    """Made once a worker, committed: agency and company A, agency and company B."""
    with django_db_blocker.unblock(), context.public():
        return make_twin("alpha", "SENTINEL-ALPHA-7Q"), make_twin("bravo", "SENTINEL-BRAVO-9Z")


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
