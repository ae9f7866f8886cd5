"""An endpoint that does not answer: asked now and then, nothing lost, its owner told once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenants.identity.models import AuditEntry
from tenants.webhooks import letters
from tenants.webhooks.models import Delivery, Endpoint
from tenants.webhooks.sending.breaker import MOST_FAILURES
from tenants.webhooks.sending.claiming import next_due
from tests.factories import make
from tests.webhooks.conftest import Clock, Make, drain, send_all, states
from tests.webhooks.receiver import OK, Receiver


@pytest.fixture
def told_of(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was queued for the owner's letter."""
    from tenants.webhooks.sending import breaker

    found: list[Any] = []
    monkeypatch.setattr(breaker, "send", lambda task, *args: found.append((task.name, *args)))
    return found


def pass_time(clock: Clock, until: Callable[[], bool]) -> None:
    """Send whatever is due, whenever it is, until something holds."""
    for _ in range(300):
        if until():
            return
        if not send_all():
            due = next_due()
            assert due, "nothing waits, and what was awaited has not come"
            clock.now = max(clock.now, due)
    raise AssertionError("waited in vain")


def state() -> str:
    return str(Endpoint.objects.get().state)


def test_it_breaks_waits_probes_and_mends_by_itself(
    endpoint_at: Make, receiver: Receiver, clock: Clock, told_of: list[Any]
) -> None:
    endpoint = endpoint_at()
    receiver.answer = lambda told: (500, {}, b"no")
    for number in range(30):
        make("contacts", first_name=f"Asha {number}")
    began = clock.now
    pass_time(clock, lambda: state() == "broken")

    assert (clock.now - began).total_seconds() >= 300, "not before five minutes of it"
    assert len(receiver.told) >= MOST_FAILURES
    assert told_of == [("tenants.webhooks.tasks.tell_broken", str(endpoint.pk), clock.now.isoformat())]
    before, counts = len(receiver.told), list(Delivery.objects.order_by("pk").values_list("try_count", flat=True))
    clock.move(minutes=1)
    send_all()
    send_all()
    assert len(receiver.told) == before + 1, "one, to see"
    assert list(Delivery.objects.order_by("pk").values_list("try_count", flat=True)) == counts
    make("contacts", first_name="Late")
    drain()
    assert states() == ["waiting"] * 31

    receiver.answer = lambda told: OK
    pass_time(clock, lambda: state() == "active")
    send_all()

    assert states() == ["succeeded"] * 31
    assert len(told_of) == 1
    seen = AuditEntry.objects.filter(action__startswith="webhook.").order_by("number").values_list("action", flat=True)
    assert list(seen) == ["webhook.created", "webhook.broken", "webhook.mended"]


def test_a_few_failures_among_successes_break_nothing(endpoint_at: Make, receiver: Receiver, clock: Clock) -> None:
    endpoint_at()
    receiver.answer = lambda told: (500, {}, b"") if len(receiver.told) % 2 else OK
    for number in range(12):
        make("contacts", first_name=f"Asha {number}")

    pass_time(clock, lambda: set(states()) == {"succeeded"})

    assert state() == "active"


def test_a_week_without_an_answer_pauses_and_keeps_what_failed(
    endpoint_at: Make, receiver: Receiver, clock: Clock, told_of: list[Any]
) -> None:
    endpoint_at()
    receiver.answer = lambda told: (500, {}, b"no")
    make("contacts", first_name="Asha")
    make("contacts", first_name="Usha")
    pass_time(clock, lambda: state() == "broken")
    clock.move(days=7)
    send_all()

    assert (state(), states()) == ("paused", ["failed", "failed"])
    assert "week" in Endpoint.objects.get().reason


def test_the_owner_gets_one_letter_however_often_it_is_sent(endpoint_at: Make, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "tenants.kernel.mail.Backend"  # tests get another one otherwise
    settings.EMAIL_URL = f"file:{tmp_path}"
    endpoint = endpoint_at(name="Warehouse")
    Endpoint.objects.update(state="broken", reason="It did not answer.")

    letters.tell_broken(endpoint.pk, "2026-01-01")
    letters.tell_broken(endpoint.pk, "2026-01-01")
    letters.tell_broken(endpoint.owner_id or endpoint.pk, "2026-01-01")

    texts = [one.read_text() for one in tmp_path.iterdir()]
    ids = {line for text in texts for line in text.splitlines() if line.startswith("Message-ID:")}
    assert (len(texts), len(ids)) == (2, 1)
    assert "Warehouse" in texts[0]
    assert "To: owner@alpha.example" in texts[0]
