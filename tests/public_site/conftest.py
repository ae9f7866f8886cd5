"""Browsers at the doors of agencies and of the platform."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, TestCase

from public_site.agency.models import AgencyMember
from public_site.control.models import PlatformAdmin
from saas.celery import app
from tenants.identity.actions import add_user
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tests.factories import PASSWORD, Twin, client_for


def agency_place(twin: Twin) -> context.Place:
    return context.Place(schema="public", agency_id=twin.agency.pk)


def boss_of(twin: Twin) -> AgencyMember:
    with context.public():
        return AgencyMember.objects.select_related("user", "agency").get(agency=twin.agency, role="owner")


@pytest.fixture
def committed() -> Iterator[Callable[[], AbstractContextManager[Any]]]:
    """`with committed():` what waits for the commit runs at its end, tasks included."""
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield lambda: TestCase.captureOnCommitCallbacks(execute=True)
    app.conf.task_always_eager = app.conf.task_eager_propagates = False


@pytest.fixture
def stranger(twins: tuple[Twin, Twin]) -> Client:
    """A browser at agency A, nobody signed in."""
    return Client(headers={"host": twins[0].agency_host})


@pytest.fixture
def boss(twins: tuple[Twin, Twin]) -> Client:
    """A browser at agency A with its owner signed in."""
    user = boss_of(twins[0]).user
    with context.inside(agency_place(twins[0])):
        return client_for(user, twins[0].agency_host)


@pytest.fixture
def boss_actor(twins: tuple[Twin, Twin]) -> Actor:
    with context.inside(agency_place(twins[0])):
        return boss_of(twins[0]).user.actor


@pytest.fixture
def agency_a(twins: tuple[Twin, Twin]) -> Iterator[Twin]:
    """In public, on agency A's side of the house."""
    with context.inside(agency_place(twins[0])), context.acting(boss_of(twins[0]).user.actor):
        yield twins[0]


@pytest.fixture
def platform(rolled_back: None) -> Client:
    return Client(headers={"host": settings.PLATFORM_DOMAIN})


@pytest.fixture
def admin(rolled_back: None) -> Client:
    """A browser at the platform with a platform admin signed in."""
    with context.public():
        user = add_user(email="root@platform.example", name="Root", password=PASSWORD)
        PlatformAdmin.objects.create(user=user)
        return client_for(user, settings.PLATFORM_DOMAIN)


@pytest.fixture
def with_key() -> Callable[[Twin], Client]:
    """A program with the agency's key."""

    def client(twin: Twin, host: str = "") -> Client:
        return Client(headers={"host": host or twin.agency_host, "authorization": f"Bearer {twin.agency_api_key}"})

    return client
