"""A receiver, the owner who acts, and a clock that can be moved."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.records.models import Event
from tenants.records.outbox import delivering
from tenants.webhooks.actions import Terms, create_endpoint
from tenants.webhooks.models import Delivery, Endpoint
from tenants.webhooks.sending import posting
from tenants.webhooks.sending.working import take_turn
from tests.factories import Twin
from tests.webhooks.receiver import Receiver, receiving

Make = Callable[..., Endpoint]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as found:
        settings.OUTBOUND_TRUSTED_ORIGINS = [found.url]
        yield found
    posting.lines().close()


@pytest.fixture
def boss(company: Twin) -> Actor:
    """The owner of company A, as an actor."""
    return company.owner().actor


@pytest.fixture
def endpoint_at(company: Twin, boss: Actor, receiver: Receiver) -> Make:
    """Makers of endpoints at the receiver. What happened before is told first, to nobody."""

    def make(**terms: Any) -> Endpoint:
        drain()
        usual = {"name": "Ours", "url": f"{receiver.url}/in", "events": ["contact.*"]}
        made, _secret = create_endpoint(terms=Terms(**(usual | terms)), by=boss)
        return Endpoint.objects.get(pk=made.pk)

    return make


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock(timezone.now() + timedelta(seconds=1))
    monkeypatch.setattr(timezone, "now", found)
    return found


def drain() -> None:
    """Tell the consumers what happened."""
    while delivering.deliver_some():
        pass


def send_all() -> int:
    """Drain, and send what is due by now."""
    drain()
    return take_turn(seconds=20)


def deliveries() -> list[Delivery]:
    return list(Delivery.objects.order_by("happened_at", "event_id"))


def states() -> list[str]:
    return [str(one.state) for one in deliveries()]


def newest_event() -> Event:
    return Event.objects.order_by("-happened_at", "-id")[0]
