"""Placing, merging, ending and logging calls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records.models import Event
from tenants.records.registry import type_named
from tenants.records.timeline import timeline_of
from tenants.voice import accounts, actions, dialling, rules
from tenants.voice.enums import CallStatus
from tenants.voice.errors import NoProvider, OutsideHours
from tenants.voice.models import Call, TelephonyAccount
from tenants.voice.providers.base import CallState
from tests.factories import Twin
from tests.fakes.exotel import Exotel

READER = Actor(kind="user", name="Reader", grants={"*": frozenset({"view"})})


def events() -> list[str]:
    """Names of what was announced, those of the end first: two of one millisecond have no order."""
    return sorted(Event.objects.filter(name__startswith="call.").values_list("name", flat=True))


def test_place_call_is_written_down_before_anything_is_dialled(call: Call, exotel: Exotel, company: Twin) -> None:
    assert (call.status, call.to_number, call.about_id) == (CallStatus.QUEUED, "+919820011842", company.contact_id)
    assert call.contact_id == company.contact_id
    assert exotel.calls == {}


def test_place_call_with_the_same_key_is_one_call(line: TelephonyAccount, contact: Any, by: Actor) -> None:
    first = actions.place_call(record=contact, to="", by=by, request_key="k1")
    second = actions.place_call(record=contact, to="", by=by, request_key="k1")
    other = actions.place_call(record=contact, to="", by=by, request_key="k2")

    assert first.pk == second.pk != other.pk
    assert Call.objects.count() == 2
    with pytest.raises(Conflict, match="another number"):
        actions.place_call(record=contact, to="+919820011843", by=by, request_key="k1")


def test_place_call_refuses_what_cannot_be_dialled(line: TelephonyAccount, contact: Any, by: Actor) -> None:
    for number in ("12", "abc", "+91 98200 11842 99999999"):
        with pytest.raises(Invalid) as refused:
            actions.place_call(record=contact, to=number, by=by)
        assert list(refused.value.errors) == ["to"]
    assert Call.objects.count() == 0


def test_place_call_needs_the_right_and_a_provider(company: Twin, contact: Any, by: Actor) -> None:
    with pytest.raises(Denied):
        actions.place_call(record=contact, to="", by=READER)
    with pytest.raises(NoProvider):
        actions.place_call(record=contact, to="", by=by)


@pytest.mark.parametrize(
    ("number", "at", "words"),
    [
        ("+919820011842", "2026-01-12 03:29", "Outside calling hours: opens 09:00 Asia/Kolkata."),
        ("+919820011842", "2026-01-12 03:30", ""),
        ("+919820011842", "2026-01-12 15:29", ""),
        ("+919820011842", "2026-01-12 15:30", "Outside calling hours: opens 09:00 Asia/Kolkata."),
        ("+359888123456", "2026-01-12 18:59", ""),
        ("+359888123456", "2026-01-12 19:00", "Outside calling hours: opens 09:00 Europe/Sofia."),
        ("+12125550123", "2026-01-12 13:59", "Outside calling hours: opens 09:00 America/New_York."),
    ],
)
def test_calling_hours_are_those_of_the_number(line: TelephonyAccount, number: str, at: str, words: str) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    line.enforce_hours = True

    assert rules.closed_words(line, number, now) == words
    line.enforce_hours = False
    assert rules.closed_words(line, number, now) == ""


def test_place_call_outside_hours_leaves_nothing(line: TelephonyAccount, contact: Any, by: Actor) -> None:
    now = timezone.now().astimezone(rules.ZoneInfo("Asia/Kolkata"))
    line.enforce_hours = True
    line.opens_at = line.closes_at = now.time().replace(microsecond=0)
    line.save()

    with pytest.raises(OutsideHours, match=r"opens .* Asia/Kolkata"):
        actions.place_call(record=contact, to="", by=by)
    assert Call.objects.count() == 0


def test_dial_happens_once_however_often_the_task_runs(call: Call, exotel: Exotel) -> None:
    dialling.dial(call.pk)
    dialling.dial(call.pk)

    call.refresh_from_db()
    assert len(exotel.calls) == 1
    assert (call.status, call.provider_id) == (CallStatus.RINGING, next(iter(exotel.calls)))
    assert events() == ["call.started"]
    asked = exotel.calls[call.provider_id].asked
    assert asked["CustomField"] == str(call.pk)
    assert asked["StatusCallback"].endswith(f"/hooks/sandbox/{call.account.hook_token}")  # type: ignore[union-attr]


def test_dial_refused_fails_with_the_providers_words(call: Call, exotel: Exotel) -> None:
    exotel.refuse_with = (402, "Balance is low")

    dialling.dial(call.pk)

    call.refresh_from_db()
    assert (call.status, call.outcome, call.failure) == ("failed", "failed", "Exotel refused: Balance is low.")
    assert events() == ["call.completed"]


def state(status: str, **known: Any) -> CallState:
    return CallState(provider_id="p1", status=status, **known)


def test_states_in_any_order_come_to_the_same_end(line: TelephonyAccount, contact: Any, by: Actor) -> None:
    at = timezone.now().replace(microsecond=0)
    told = [
        state("ringing"),
        state("in_progress", answered_at=at),
        state("completed", ended_at=at + timedelta(seconds=9), talk_seconds=9, recording_url="https://x/1.wav"),
    ]
    results = set()
    for number, order in enumerate(permutations(told)):
        call = actions.place_call(record=contact, to="", by=by, request_key=str(number))
        for one in order:
            actions.apply_state(call_id=call.pk, state=replace(one, provider_id=f"p{number}"))
        call.refresh_from_db()
        results.add((call.status, call.outcome, call.talk_seconds, call.ended_at, call.recording_url))

    assert results == {("completed", "answered", 9, at + timedelta(seconds=9), "https://x/1.wav")}
    assert events().count("call.completed") == 6


def test_a_final_state_is_never_left_but_late_facts_merge(call: Call) -> None:
    actions.apply_state(call_id=call.pk, state=state("completed"))
    actions.apply_state(call_id=call.pk, state=state("busy"))
    actions.apply_state(call_id=call.pk, state=state("in_progress"))
    late = actions.apply_state(
        call_id=call.pk, state=state("completed", talk_seconds=7, recording_url="https://x/1.wav")
    )

    assert (late.status, late.outcome, late.talk_seconds, late.recording_url) == (
        "completed",
        "answered",
        7,
        "https://x/1.wav",
    )
    assert events() == ["call.completed", "call.started"]


def test_the_same_state_twice_changes_nothing(call: Call) -> None:
    first = actions.apply_state(call_id=call.pk, state=state("completed", talk_seconds=7))
    again = actions.apply_state(call_id=call.pk, state=state("completed", talk_seconds=7))

    assert first.version == again.version
    assert events() == ["call.completed", "call.started"]


def test_a_state_of_another_call_is_not_taken(dialled: Call) -> None:
    actions.apply_state(call_id=dialled.pk, state=state("busy"))

    dialled.refresh_from_db()
    assert dialled.status == CallStatus.RINGING


def test_end_call_takes_back_what_was_not_dialled(call: Call, exotel: Exotel, by: Actor) -> None:
    ended = actions.end_call(call=call, by=by)
    dialling.dial(call.pk)

    assert (ended.status, exotel.calls) == ("cancelled", {})


def test_end_call_hangs_up_at_the_provider(dialled: Call, exotel: Exotel, by: Actor) -> None:
    actions.end_call(call=dialled, by=by)

    assert exotel.calls[dialled.provider_id].hung_up is not None


def test_log_call_needs_no_provider(company: Twin, contact: Any, by: Actor) -> None:
    call = actions.log_call(record=contact, outcome="answered", talk_seconds=372, notes="Agreed.", by=by)

    assert (call.status, call.outcome, call.talk_seconds, call.to_number) == (
        "completed",
        "answered",
        372,
        "+919820011842",
    )
    assert events() == ["call.completed"]
    assert [e.text for e in timeline_of(contact) if e.template] == [f"called {contact} · 6:12"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "great"}, "outcome"),
        ({"outcome": "answered", "direction": "up"}, "direction"),
        ({"outcome": "answered", "disposition": "x"}, "disposition"),
        ({"outcome": "answered", "talk_seconds": -1}, "talk_seconds"),
        ({"outcome": "answered", "talk_seconds": 90_000}, "talk_seconds"),
        ({"outcome": "answered", "notes": "a\x00b"}, "notes"),
        ({"outcome": "answered", "to": "12"}, "to"),
        ({"outcome": "answered", "started_at": timezone.now() + timedelta(days=1)}, "started_at"),
    ],
)
def test_log_call_names_what_is_wrong(contact: Any, by: Actor, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.log_call(record=contact, by=by, **values)

    assert list(refused.value.errors) == [field]
    assert Call.objects.count() == 0


def test_calls_about_a_deal_show_with_its_contact_too(
    line: TelephonyAccount, company: Twin, contact: Any, by: Actor
) -> None:
    deal = type_named("deals").model._default_manager.get(pk=company.deal_id)

    call = actions.place_call(record=deal, to="", by=by)

    assert (call.name, call.contact_id) == (str(contact), contact.pk)
    for record in (deal, contact, call):
        assert [entry.object for entry in timeline_of(record) if entry.template] == [call]


def test_own_phone_is_checked_and_kept(company: Twin, exotel: Exotel) -> None:
    me = company.owner().actor

    assert accounts.set_own_phone(number="98200 11842", by=me) == "+919820011842"
    with pytest.raises(Invalid) as refused:
        accounts.set_own_phone(number="7", by=me)
    assert list(refused.value.errors) == ["number"]
    assert accounts.set_own_phone(number="", by=me) == ""
