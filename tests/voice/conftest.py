"""The stand-in provider, quick, and company A calling through it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tenants.kernel.actors import Actor
from tenants.records.registry import type_named
from tenants.voice import accounts, dialling
from tenants.voice.actions import place_call
from tenants.voice.models import Call, TelephonyAccount
from tests.factories import Twin
from tests.fakes.exotel import Exotel, Scenario
from tests.fakes.server import FakeServer

QUICK = Scenario(ring_seconds=0.1, talk_seconds=0.2, recording_after=0.0)


@pytest.fixture
def exotel(settings: Any) -> Iterator[Exotel]:
    """A stand-in whose calls last moments. Nobody hears its callbacks: tests send them."""
    app = Exotel(QUICK)
    app.retry_pause_seconds = 0.0
    settings.PORT = 9
    with FakeServer({"exotel": app}) as server:
        settings.SANDBOX_URL = server.url
        yield app


@pytest.fixture
def line(company: Twin, exotel: Exotel) -> TelephonyAccount:
    return accounts.add_sandbox()


@pytest.fixture
def contact(company: Twin) -> Any:
    return type_named("contacts").model._default_manager.get(pk=company.contact_id)


@pytest.fixture
def call(line: TelephonyAccount, contact: Any, by: Actor) -> Call:
    """A call written down, not dialled."""
    return place_call(record=contact, to="", by=by)


@pytest.fixture
def dialled(call: Call) -> Call:
    dialling.dial(call.pk)
    call.refresh_from_db()
    return call


@pytest.fixture
def ended(dialled: Call, exotel: Exotel) -> Call:
    """A call that is over at the provider; nobody has told us yet."""
    wait_for(lambda: exotel.calls[dialled.provider_id].done.is_set())
    return dialled


def wait_for(is_so: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What the condition gives once it holds; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")
