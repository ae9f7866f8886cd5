"""The outbox: in order, a failing consumer alone held back, long drains in slices, nothing told by two at once."""

import os
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.events import consumer
from tenants.records.models import Event, Undelivered
from tenants.records.outbox import delivering, tasks
from tenants.records.outbox.failures import PAUSES_SECONDS
from tenants.records.outbox.tasks import drain_outbox
from tests.factories import Twin, make
from tests.records.outbox.conftest import Ear


def waiting() -> list[str]:
    return [event.payload["word"] for event in Event.objects.filter(delivered_at=None)]


def failed() -> list[tuple[str, str, int]]:
    return [(one.event.payload["word"], one.state, one.tries) for one in Undelivered.objects.select_related("event")]


def make_due() -> None:
    Undelivered.objects.filter(state="waiting").update(next_try_at=timezone.now() - timedelta(seconds=1))


def test_events_are_handed_on_in_order_and_noted(ear: Ear) -> None:
    ear.say("one", "two", "three")

    drain_outbox.run()
    drain_outbox.run()

    assert ear.heard == ["one", "two", "three"]
    assert waiting() == []
    assert failed() == []


def test_order_is_that_of_the_servers_clock_not_of_ids(ear: Ear) -> None:
    """Two machines make ids by their own clocks; a record's second writer waits for the first on one server."""
    ear.say("first", "second")
    last = Event.objects.filter(name="test.said").last()
    first = Event.objects.filter(name="test.said").first()
    assert first is not None
    assert last is not None
    Event.objects.filter(pk=last.pk).update(happened_at=first.happened_at - timedelta(seconds=1))

    drain_outbox.run()

    assert ear.heard == ["second", "first"]


def test_one_that_is_refused_is_kept_and_the_others_go_on(ear: Ear) -> None:
    other = make("contacts", first_name="Ravi")
    drain_outbox.run()
    ear.say("one", "two")
    ear.say("three", about=other)
    ear.refused = {"two"}

    drain_outbox.run()

    assert ear.heard == ["one", "three"]
    assert waiting() == []
    assert failed() == [("two", "waiting", 1)]
    assert Undelivered.objects.get().error == "ValueError: two"


def test_later_events_of_the_record_wait_behind_it(ear: Ear) -> None:
    ear.say("one", "two", "three")
    ear.refused = {"two"}
    drain_outbox.run()
    ear.say("four")
    drain_outbox.run()
    assert ear.heard == ["one"]
    assert failed() == [("two", "waiting", 1), ("three", "behind", 0), ("four", "behind", 0)]

    ear.refused = set()
    make_due()
    drain_outbox.run()

    assert ear.heard == ["one", "two", "three", "four"]
    assert failed() == []


def test_what_fails_too_often_is_given_up_and_lets_the_next_go(ear: Ear) -> None:
    ear.say("one", "two")
    ear.refused = {"one"}

    for _ in range(len(PAUSES_SECONDS) + 1):
        drain_outbox.run()
        make_due()
    drain_outbox.run()

    assert failed() == [("one", "dead", len(PAUSES_SECONDS) + 1)]
    assert ear.heard == ["two"]


def test_what_a_consumer_wrote_before_it_failed_is_taken_back(ear: Ear) -> None:
    contact: Any = ear.contact

    def write_and_fail(event: Event) -> None:
        type(contact).objects.filter(pk=contact.pk).update(city="Half way")
        raise ValueError

    consumer("test.said")(write_and_fail)
    ear.say("one")
    drain_outbox.run()

    contact.refresh_from_db()
    assert contact.city == ""
    assert (ear.heard, Undelivered.objects.count()) == (["one"], 1)


def test_a_batch_is_noted_in_as_many_statements_as_one_event(ear: Ear) -> None:
    def statements(*words: str) -> int:
        ear.say(*words)
        with CaptureQueriesContext(connection) as written:
            drain_outbox.run()
        return len(written)

    assert statements("one") == statements("one", "two", "three")


def test_a_long_drain_stands_in_line_again(company: Twin, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    ear.say("one", "two", "three")
    monkeypatch.setattr(delivering, "BATCH", 1)
    monkeypatch.setattr(tasks, "SLICE_SECONDS", -1)
    monkeypatch.setattr(drain_outbox, "apply_async", lambda kwargs, **_: asked.append(kwargs))

    drain_outbox.run()

    assert ear.heard == ["one"]
    assert asked == [{"company_id": str(company.company.pk)}]
    monkeypatch.undo()
    monkeypatch.setattr(drain_outbox, "apply_async", lambda **_: None)
    drain_outbox.run()
    assert ear.heard == ["one", "two", "three"]


def test_two_workers_do_not_share_a_company_and_the_second_comes_again(
    twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(tasks, "send", lambda task, countdown_seconds: sent.append(countdown_seconds))
    with context.inside(twins[1].place, actor=robot()):
        make("contacts", first_name="Asha")
        waiting = Event.objects.filter(delivered_at=None)
        with psycopg.connect(os.environ["DATABASE_URL"]) as other:
            other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"{twins[1].place.salt}:outbox"])
            drain_outbox.run()
        assert (waiting.exists(), sent) == (True, [1])

        drain_outbox.run()

        assert not waiting.exists()
