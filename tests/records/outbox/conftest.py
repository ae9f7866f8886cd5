"""A consumer that listens in, and events made of single words."""

from collections.abc import Iterator, Sequence

import pytest

from tenants.records import events
from tenants.records.events import batch_consumer, emit
from tenants.records.models import Event
from tenants.records.outbox import catalogue
from tenants.records.outbox.catalogue import EventKind
from tenants.records.outbox.tasks import drain_outbox
from tests.factories import Twin, make


class Ear:
    """Notes what it hears, and refuses what it is told to."""

    def __init__(self, contact: object) -> None:
        self.heard: list[str] = []
        self.refused: set[str] = set()
        self.contact = contact
        self.key = ""

    def hear(self, events: Sequence[Event]) -> None:
        """All or nothing, as what is written to the database."""
        words = [event.payload["word"] for event in events]
        if refused := self.refused & set(words):
            raise ValueError(*sorted(refused))
        self.heard += words

    def say(self, *words: str, about: object = None) -> None:
        for word in words:
            emit("test.said", about or self.contact, word=word)  # type: ignore[arg-type]


@pytest.fixture
def ear(company: Twin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    """It hears `test.said`; what happened before was told."""
    kinds = {**catalogue.kinds(), "test.said": EventKind(name="test.said", label="Said", payload={"word": "A word"})}
    monkeypatch.setattr(catalogue, "_kinds", lambda _types: kinds)
    ear, before = Ear(make("contacts", first_name="Asha")), dict(events._listeners)
    drain_outbox.run()
    batch_consumer("test.said", label="Ear")(ear.hear)
    ear.key = next(key for key in events._listeners if key not in before)
    yield ear
    events._listeners.clear()
    events._listeners.update(before)
