"""What arrives, how it is signed, what is tried again."""

import base64
import hashlib
import hmac
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.kernel.actors import Actor
from tenants.kernel.standard_webhooks import new_secret
from tenants.records.actions import delete_record, update_record
from tenants.records.events import deliver
from tenants.records.models import Event
from tenants.webhooks import memory
from tenants.webhooks.actions import pause_endpoint, resume_endpoint, rotate_secret
from tenants.webhooks.enums import EndpointState
from tenants.webhooks.models import Delivery, Endpoint
from tenants.webhooks.receivers import note_deliveries
from tests.factories import Twin, make
from tests.webhooks.conftest import Clock, Make, deliveries, drain, newest_event, send_all, states
from tests.webhooks.receiver import OK, Receiver, Told


def signed_with(told: Told, secret: str) -> bool:
    """As the receiver's engineers would write it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join((told.id.encode(), told.headers["webhook-timestamp"].encode(), told.body))
    wanted = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return wanted in told.headers["webhook-signature"].split()


def test_the_documented_way_to_verify_takes_ours_and_no_others(endpoint_at: Make, receiver: Receiver) -> None:
    endpoint = endpoint_at()
    make("contacts", first_name="Asha")
    send_all()
    page = (Path(__file__).resolve().parents[2] / "infra/docs/webhooks.md").read_text()
    names: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], names)
    is_genuine, told, secret = names["is_genuine"], receiver.told[0], endpoint.secret.reveal()

    assert is_genuine(told.headers, told.body, secret)
    assert not is_genuine(told.headers, told.body + b" ", secret)
    assert not is_genuine(told.headers, told.body, new_secret())
    assert not is_genuine(told.headers | {"webhook-id": "another"}, told.body, secret)
    assert not is_genuine(told.headers | {"webhook-timestamp": "1000"}, told.body, secret)


def test_an_event_arrives_signed_with_the_record_as_the_api_gives_it(
    company: Twin, endpoint_at: Make, receiver: Receiver
) -> None:
    endpoint = endpoint_at(headers={"X-Own": "mine"})
    contact = make("contacts", first_name="Asha", last_name="Rao", account=company.account_id)

    assert send_all() == 1

    told, event = receiver.told[0], newest_event()
    assert (told.id, told.headers["x-own"], told.headers["content-type"]) == (str(event.pk), "mine", "application/json")
    assert signed_with(told, endpoint.secret.reveal())
    assert told.json["type"] == "contact.created"
    assert told.json["record"]["id"] == str(contact.pk)
    assert told.json["record"]["first_name"] == "Asha"
    assert told.json["record"]["account"]["id"] == str(company.account_id)
    assert (told.json["actor"], told.json["cause"]) == ({"name": "System", "user_id": None}, None)
    [delivery] = deliveries()
    assert (delivery.state, delivery.due_at, delivery.try_count) == ("succeeded", None, 1)
    assert (delivery.last_try["status"], delivery.last_try["answer"]) == (200, "thanks")
    assert delivery.body.encode() == told.body


def test_changes_carry_before_and_after_and_a_gone_record_is_null(
    endpoint_at: Make, receiver: Receiver, by: Actor
) -> None:
    contact = make("contacts", first_name="Asha")
    endpoint_at(events=["contact.updated", "contact.deleted"])
    update_record(record=contact, values={"first_name": "Usha"}, by=by)
    drain()
    delete_record(record=contact, by=by)

    send_all()

    gone, changed = sorted(receiver.told, key=lambda told: told.json["type"])
    assert changed.json["changes"]["first_name"] == ["Asha", "Usha"]
    assert (gone.json["type"], gone.json["record"], gone.json["record_id"]) == (
        "contact.deleted", None, str(contact.pk),
    )  # fmt: skip


def test_only_wanted_events_and_records_that_meet_the_filter_are_sent(endpoint_at: Make, receiver: Receiver) -> None:
    endpoint_at(events=["contact.created"], filter={"field": "city", "op": "is", "value": "Pune"})
    for city in ("Pune", "Goa", "Pune"):
        make("contacts", first_name="Asha", city=city)
    make("accounts", name="Nimbus")

    send_all()

    assert [one.json["record"]["city"] for one in receiver.told] == ["Pune", "Pune"]


def test_an_event_met_twice_is_sent_once_and_a_replay_sends_it_again_under_its_id(
    endpoint_at: Make, receiver: Receiver
) -> None:
    from tenants.kernel import context

    endpoint_at()
    make("contacts", first_name="Asha")
    send_all()
    event = newest_event()

    deliver(event)
    send_all()
    assert len(receiver.told) == 1

    with context.because({"kind": "replay"}):
        note_deliveries([event])
    send_all()

    assert [one.id for one in receiver.told] == [str(event.pk)] * 2
    assert receiver.told[0].body == receiver.told[1].body
    assert Delivery.objects.count() == 1


def test_without_an_endpoint_events_cost_no_query(company: Twin) -> None:
    make("contacts", first_name="Asha")
    events = list(Event.objects.all())
    memory.endpoints()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        note_deliveries(events)

    assert len(asked) == 0


def test_queries_do_not_grow_with_the_events(endpoint_at: Make) -> None:
    def asked(number: int) -> int:
        for _ in range(number):
            make("contacts", first_name="Asha")
        events = list(Event.objects.filter(delivered_at=None))
        with CaptureQueriesContext(connection) as found:
            note_deliveries(events)
        drain()
        return len(found)

    endpoint_at()
    asked(1)
    assert asked(1) == asked(5)


def test_a_failure_is_tried_again_with_growing_pauses_and_given_up_after_a_day(
    endpoint_at: Make, receiver: Receiver, clock: Clock
) -> None:
    endpoint_at()
    receiver.answer = lambda told: (500, {}, b"no")
    make("contacts", first_name="Asha")
    began, gaps = clock.now, []

    for _ in range(40):
        before = len(receiver.told)
        send_all()
        [delivery] = deliveries()
        if delivery.state == "failed":
            break
        if len(receiver.told) > before:
            gaps.append((delivery.due_at - clock.now).total_seconds())
        Endpoint.objects.update(state="active", failures=0, failing_since=None, not_before=None)  # no breaker here
        clock.now = max(delivery.due_at, clock.now)

    [delivery] = deliveries()
    assert (delivery.state, delivery.try_count, len(receiver.told)) == ("failed", 12, 12)
    assert sorted(gaps) == gaps
    assert timedelta(hours=18) < clock.now - began < timedelta(hours=28)
    assert len({one.id for one in receiver.told}) == 1


def test_an_endpoint_that_asks_for_a_pause_gets_it(endpoint_at: Make, receiver: Receiver, clock: Clock) -> None:
    endpoint_at()
    receiver.answer = lambda told: (429, {"Retry-After": "120"}, b"slowly")
    make("contacts", first_name="Asha")
    send_all()
    receiver.answer = lambda told: OK
    make("contacts", first_name="Usha")

    clock.move(seconds=100)
    assert send_all() == 0

    clock.move(seconds=21)
    assert send_all() == 2
    assert states() == ["succeeded", "succeeded"]


def test_410_pauses_the_endpoint_and_other_events_are_not_noted(endpoint_at: Make, receiver: Receiver) -> None:
    endpoint = endpoint_at()
    receiver.answer = lambda told: (410, {}, b"gone")
    make("contacts", first_name="Asha")
    send_all()
    make("contacts", first_name="Usha")
    send_all()

    endpoint.refresh_from_db()
    assert (endpoint.state, states(), len(receiver.told)) == ("paused", ["failed"], 1)
    assert "410" in endpoint.reason


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(endpoint_at: Make, receiver: Receiver, status: int) -> None:
    endpoint_at()
    receiver.answer = lambda told: (status, {"Location": f"{receiver.url}/elsewhere"}, b"")
    make("contacts", first_name="Asha")

    send_all()

    assert len(receiver.told) == 1
    assert (states(), deliveries()[0].last_try["status"]) == (["waiting"], status)


def test_after_a_rotation_both_secrets_are_good_for_a_day(
    endpoint_at: Make, receiver: Receiver, boss: Actor, clock: Clock
) -> None:
    endpoint = endpoint_at()
    old = endpoint.secret.reveal()
    new = rotate_secret(endpoint=endpoint, by=boss)
    make("contacts", first_name="Asha")
    send_all()
    clock.move(hours=24, seconds=1)
    make("contacts", first_name="Usha")
    send_all()

    first, second = receiver.told
    assert (signed_with(first, old), signed_with(first, new)) == (True, True)
    assert (signed_with(second, old), signed_with(second, new)) == (False, True)


def test_the_answer_is_kept_bounded(endpoint_at: Make, receiver: Receiver) -> None:
    endpoint_at()
    receiver.answer = lambda told: (200, {}, b"x" * 100_000 + b"\x00")
    make("contacts", first_name="Asha")

    send_all()

    assert (states(), deliveries()[0].last_try["answer"]) == (["succeeded"], "x" * 4096)


def test_connections_are_kept(endpoint_at: Make, receiver: Receiver) -> None:
    endpoint_at()
    for number in range(60):
        make("contacts", first_name=f"Asha {number}")

    assert send_all() == 60
    assert receiver.connections <= 16


def test_an_ordered_endpoint_keeps_the_order_of_a_record_over_failures(
    endpoint_at: Make, receiver: Receiver, clock: Clock, by: Actor
) -> None:
    one, other = make("contacts", first_name="0"), make("contacts", first_name="0")
    endpoint_at(events=["contact.updated"], is_ordered=True)
    refused = {"3"}

    def answer(told: Told) -> Any:
        word = told.json["changes"]["first_name"][1]
        return (500, {}, b"no") if told.json["record_id"] == str(one.pk) and word in refused else OK

    receiver.answer = answer
    for number in range(1, 7):
        for record in (one, other):
            update_record(record=record, values={"first_name": str(number)}, by=by)
    send_all()
    words = lambda record: [  # noqa: E731
        told.json["changes"]["first_name"][1] for told in receiver.taken if told.json["record_id"] == str(record.pk)
    ]
    assert (words(one), words(other)) == (["1", "2"], ["1", "2", "3", "4", "5", "6"])

    clock.move(seconds=2)
    assert send_all() == 0, "the next wait for the one that failed"
    refused.clear()
    clock.move(seconds=10)
    while send_all():
        pass

    assert words(one) == ["1", "2", "3", "4", "5", "6"]


def test_a_sandbox_sends_nothing(endpoint_at: Make, receiver: Receiver, company: Twin) -> None:
    from dataclasses import replace

    from tenants.kernel import context

    endpoint_at()
    with context.inside(replace(company.place, is_sandbox=True)):
        make("contacts", first_name="Asha")
        send_all()
    send_all()

    assert (states(), receiver.told) == (["held"], [])


def test_an_owner_who_left_is_told_nothing_more(
    endpoint_at: Make, receiver: Receiver, company: Twin, boss: Actor
) -> None:
    from tenants.identity.models import User
    from tests.records.staff import person

    endpoint = endpoint_at()
    make("contacts", first_name="Asha")
    drain()
    User.objects.filter(pk=company.owner().pk).update(is_active=False)
    make("contacts", first_name="Usha")
    send_all()

    endpoint.refresh_from_db()
    assert (endpoint.state, receiver.told, states()) == ("paused", [], ["waiting"])

    other = person("two@alpha.example", "admin")
    resume_endpoint(endpoint=endpoint, by=other.actor)
    send_all()
    endpoint.refresh_from_db()
    assert (endpoint.owner_id, endpoint.state, states()) == (other.pk, EndpointState.ACTIVE, ["succeeded"])


def test_a_paused_endpoint_keeps_what_waits(endpoint_at: Make, receiver: Receiver, boss: Actor) -> None:
    endpoint = endpoint_at()
    make("contacts", first_name="Asha")
    drain()
    pause_endpoint(endpoint=endpoint, by=boss)
    make("contacts", first_name="Usha")
    send_all()
    assert (states(), receiver.told) == (["waiting"], [])

    resume_endpoint(endpoint=endpoint, by=boss)
    send_all()

    assert [one.json["record"]["first_name"] for one in receiver.told] == ["Asha"]
