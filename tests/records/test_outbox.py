"""The outbox: events handed on together, a failing consumer alone held back, long ones in slices."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.records import events, tasks
from tenants.records.events import consumer, emit
from tenants.records.models import Event
from tenants.records.tasks import drain_outbox
from tests.factories import Twin, make


class Ear:
    """A consumer that notes what it hears and refuses what it is told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.refused: set[str] = set()

    def hear(self, event: Event) -> None:
        if event.payload.get("word") in self.refused:
            raise ValueError(event.payload["word"])
        self.heard.append(event.payload["word"])


@pytest.fixture
def ear(company: Twin) -> Iterator[Ear]:
    ear, before = Ear(), dict(events._consumers)
    drain_outbox.run()
    consumer("test.said")(ear.hear)
    yield ear
    events._consumers.clear()
    events._consumers.update(before)


def say(*words: str) -> None:
    contact = make("contacts", first_name="Asha")
    drain_outbox.run()
    for word in words:
        emit("test.said", contact, word=word)


def waiting() -> list[tuple[Any, int]]:
    return [(event.payload["word"], event.tries) for event in Event.objects.filter(delivered_at=None)]


def test_events_are_handed_on_in_order_and_noted(ear: Ear) -> None:
    say("one", "two", "three")

    drain_outbox.run()
    drain_outbox.run()

    assert ear.heard == ["one", "two", "three"]
    assert waiting() == []
    assert set(Event.objects.filter(name="test.said").values_list("tries", "error")) == {(1, "")}


def test_one_that_is_refused_waits_and_the_others_go_on(ear: Ear) -> None:
    say("one", "two", "three")
    ear.refused = {"two"}

    tasks._drain_batch()

    assert ear.heard[-2:] == ["one", "three"]
    assert waiting() == [("two", 1)]
    assert Event.objects.get(delivered_at=None).error == "ValueError('two')"
    ear.refused = set()
    drain_outbox.run()
    assert ear.heard[-1] == "two"
    assert waiting() == []


def test_a_batch_is_noted_in_one_statement(ear: Ear) -> None:
    def statements(*words: str) -> int:
        say(*words)
        with CaptureQueriesContext(connection) as written:
            drain_outbox.run()
        return len(written)

    assert statements("one") == statements("one", "two", "three")


def test_a_long_drain_stands_in_line_again(company: Twin, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    say("one", "two", "three")
    monkeypatch.setattr(tasks, "BATCH", 1)
    monkeypatch.setattr(tasks, "SLICE_SECONDS", -1)
    monkeypatch.setattr(drain_outbox, "apply_async", lambda kwargs, **_: asked.append(kwargs))

    drain_outbox.run()

    assert ear.heard == ["one"]
    assert asked == [{"company_id": str(company.company.pk)}]
    monkeypatch.undo()
    drain_outbox.run()
    assert ear.heard == ["one", "two", "three"]
