"""Everything arrives, each effect once, in order: over random failures, a long outage and a killed sender."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.models import Event
from tenants.webhooks.actions import Terms, create_endpoint
from tenants.webhooks.memory import forget_endpoints
from tenants.webhooks.models import Delivery
from tenants.webhooks.sending.claiming import LEASE, next_due
from tests.factories import Twin, make
from tests.thorough import IS_THOROUGH
from tests.voice.conftest import wait_for
from tests.webhooks.conftest import Clock, drain, send_all
from tests.webhooks.receiver import OK, Answer, Receiver, Told, failing_at_random

ROOT = Path(__file__).resolve().parents[2]
EVENTS = 10_000 if IS_THOROUGH else 300
RECORDS = 20
OUTAGE = timedelta(minutes=10)
LOOKS_EVERY = timedelta(seconds=5)
SENDER = """
import django; django.setup()
from django.conf import settings
from uuid import UUID
from tenants.directory.queries import company_tenant
from tenants.kernel import context
from tenants.webhooks.sending.working import take_turn
settings.OUTBOUND_TRUSTED_ORIGINS = ["{url}"]
with context.public():
    place = company_tenant(UUID("{company}")).place
with context.inside(place):
    take_turn(seconds=30)
"""


def events_of(ids: list[UUID], number: int) -> None:
    """So many events, in turn about these records: each says which of its record it is."""
    Event.objects.bulk_create(
        Event(name="contact.updated", record_type="contacts", record_id=ids[at % len(ids)], payload={"number": at})
        for at in range(number)
    )


def send_until_done(clock: Clock) -> None:
    """Every few seconds of simulated time a sender looks: what is due by then goes together."""
    for _ in range(2_000):
        if send_all():
            continue
        due = next_due()
        if due is None:
            return
        clock.now = max(clock.now, due) + LOOKS_EVERY
    raise AssertionError("it never ends")


def numbers_of(receiver: Receiver, record_id: UUID) -> list[int]:
    return [one.json["data"]["number"] for one in receiver.taken if one.json["record_id"] == str(record_id)]


@pytest.fixture
def committed(settled: Twin, receiver: Receiver) -> Iterator[Twin]:
    """Outside any transaction: thousands of rows change dozens of times, and what was is cleared away."""
    with context.inside(settled.place, actor=robot()):
        drain()
        yield settled
        forget_endpoints()


def endpoint_of(twin: Twin, receiver: Receiver, *, is_ordered: bool) -> None:
    terms = Terms(name="Ours", url=f"{receiver.url}/in", events=["contact.updated"], is_ordered=is_ordered)
    create_endpoint(terms=terms, by=twin.owner().actor)


@pytest.mark.parametrize("is_ordered", [False, True])
def test_all_arrive_once_over_random_failures_and_an_outage(
    committed: Twin, receiver: Receiver, clock: Clock, is_ordered: bool
) -> None:
    ids = [make("contacts", first_name=str(number)).pk for number in range(RECORDS)]
    drain()
    endpoint_of(committed, receiver, is_ordered=is_ordered)
    at_random, began = failing_at_random(0.2), clock.now

    def answer(told: Told) -> Answer:
        is_down = timedelta(seconds=1) <= clock.now - began < OUTAGE
        return (503, {}, b"down") if is_down else at_random(told)

    receiver.answer = answer
    events_of(ids, EVENTS // 2)
    send_all()
    clock.move(seconds=30)
    events_of(ids, EVENTS - EVENTS // 2)

    send_until_done(clock)

    assert Delivery.objects.filter(state="succeeded").count() == EVENTS
    assert len(receiver.effects) == EVENTS
    assert set(receiver.effects.values()) == {1}
    assert clock.now - began >= OUTAGE
    assert any(one.status == 503 for one in receiver.told)
    if is_ordered:
        for pk in ids:
            # Both halves count from nought.
            half = [number for number in range(EVENTS // 2) if ids[number % RECORDS] == pk]
            assert numbers_of(receiver, pk) == half + half


def test_what_a_killed_sender_had_is_sent_again_under_the_same_id(
    committed: Twin, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    endpoint_of(committed, receiver, is_ordered=True)
    events_of([committed.contact_id], 5)
    drain()
    receiver.answer = lambda told: (time.sleep(30), OK)[1] if len(receiver.told) == 2 else OK  # in the third
    code = SENDER.format(url=receiver.url, company=committed.company.pk)
    sender = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: len(receiver.told) == 2, seconds=30)
        time.sleep(0.3)
    finally:
        sender.send_signal(signal.SIGKILL)
        sender.wait(10)
    assert Delivery.objects.filter(state="succeeded").count() == 0, "killed between sending and noting"

    receiver.answer = lambda told: OK
    assert send_all() == 0, "they are the killed one's until its time is over"
    later = timezone.now() + LEASE + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert send_all() == 5

    assert Delivery.objects.filter(state="succeeded").count() == 5
    ids = [one.id for one in receiver.taken]
    assert ids[:2] == ids[2:4], "sent again, and known by their ids"
    assert (len(receiver.effects), set(receiver.effects.values())) == (5, {1})
