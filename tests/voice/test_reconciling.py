"""Whatever was lost: calls end in a true state, recordings come home, idle companies are left alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.models import Event
from tenants.voice import dialling, hooks, open_companies, reconciling, recordings, tasks
from tenants.voice.models import Call, TelephonyAccount
from tests.factories import Twin
from tests.fakes.exotel import Exotel, callback_fields
from tests.voice.conftest import wait_for


def after(seconds: float) -> None:
    reconciling.reconcile(timezone.now() + timedelta(seconds=seconds))


def test_a_call_whose_webhooks_were_lost_ends_and_its_recording_comes_home(ended: Call) -> None:
    after(20)
    recordings.fetch(ended.pk)

    ended.refresh_from_db()
    assert (ended.status, ended.talk_seconds, ended.recording_seconds) == ("completed", 1, 4)
    assert ended.recording == f"calls/{ended.pk}.wav"
    assert len(ended.peaks) == 120
    assert max(ended.peaks) == 1
    assert default_storage.size(ended.recording) > 60_000
    assert Event.objects.filter(name="call.completed").count() == 1


def test_a_recording_not_fetched_in_its_task_is_fetched_later(ended: Call) -> None:
    after(20)
    after(40)
    after(60)

    ended.refresh_from_db()
    assert ended.recording
    assert Event.objects.filter(name="call.recorded").count() == 1


def test_a_hook_left_behind_is_taken_in(ended: Call, exotel: Exotel, line: TelephonyAccount) -> None:
    import json

    fields = callback_fields(exotel.calls[ended.provider_id], "terminal", "http://x")
    hooks.keep(line, {"content-type": "application/json"}, json.dumps(fields).encode())

    after(6)

    ended.refresh_from_db()
    assert ended.status == "completed"


def test_a_lost_dial_task_is_made_good_while_somebody_waits(call: Call, exotel: Exotel) -> None:
    exotel.default = replace(exotel.default, ring_seconds=30)
    after(5)
    assert exotel.calls == {}
    after(10)
    after(12)

    call.refresh_from_db()
    assert (len(exotel.calls), call.status) == (1, "ringing")


def test_a_lost_dial_task_is_not_made_good_much_later(call: Call, exotel: Exotel) -> None:
    after(61)

    call.refresh_from_db()
    assert (exotel.calls, call.status, call.failure) == ({}, "failed", "It was not dialled in time.")


def test_a_lost_answer_is_found_at_the_provider_and_not_dialled_again(call: Call, exotel: Exotel) -> None:
    exotel.lost_answers = 1
    dialling.dial(call.pk)
    call.refresh_from_db()
    assert (call.status, call.provider_id) == ("queued", "")

    dialling.dial(call.pk)
    wait_for(lambda: all(one.done.is_set() for one in exotel.calls.values()))
    after(31)
    after(60)

    call.refresh_from_db()
    assert list(exotel.calls) == [call.provider_id]
    assert call.status == "completed"


def test_a_crash_before_the_provider_was_asked_becomes_failed(call: Call, exotel: Exotel) -> None:
    Call.objects.filter(pk=call.pk).update(dialled_at=timezone.now())

    after(60)
    call.refresh_from_db()
    assert call.status == "queued"
    after(121)

    call.refresh_from_db()
    assert (call.status, call.failure) == ("failed", "The provider never received this call.")


def test_two_calls_to_one_number_never_share_a_providers_call(
    call: Call, contact: Any, exotel: Exotel, by: Actor
) -> None:
    from tenants.voice.actions import place_call

    dialling.dial(call.pk)
    lost = place_call(record=contact, to="", by=by)
    Call.objects.filter(pk=lost.pk).update(dialled_at=timezone.now())

    after(121)

    lost.refresh_from_db()
    assert (lost.status, lost.provider_id) == ("failed", "")


def test_a_call_the_provider_has_forgotten_fails(dialled: Call, exotel: Exotel) -> None:
    exotel.calls.clear()

    after(20)

    dialled.refresh_from_db()
    assert (dialled.status, dialled.failure) == ("failed", "The provider no longer knows this call.")


def test_a_provider_that_is_away_leaves_calls_open(
    dialled: Call, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.voice.providers.http._sleep", lambda _seconds: None)
    settings.SANDBOX_URL = "http://127.0.0.1:9"

    after(20)

    dialled.refresh_from_db()
    assert dialled.is_open
    after(6 * 3600)
    dialled.refresh_from_db()
    assert dialled.status == "failed"


def test_only_companies_with_open_calls_are_visited(
    twins: tuple[Twin, Twin], ended: Call, company: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_companies._redis().delete(open_companies.KEY, open_companies.SWEPT)
    open_companies._mark(str(company.company.pk))
    sent: list[str] = []
    monkeypatch.setattr(tasks.reconcile_calls, "apply_async", lambda kwargs, **_: sent.append(kwargs["company_id"]))

    with context.public():
        tasks.reconcile_calls_everywhere.run()
        swept, sent[:] = sorted(sent), []
        tasks.reconcile_calls_everywhere.run()

    assert sent == [str(company.company.pk)]
    assert swept == sorted(str(twin.company.pk) for twin in twins)
    after(20)
    after(60)
    assert open_companies.marked() == []


def test_a_company_marked_meanwhile_stays_marked(company: Twin) -> None:
    open_companies._mark(str(company.company.pk))
    seen = open_companies.score()
    open_companies._mark(str(company.company.pk))

    open_companies.take_off(seen)
    assert open_companies.marked() == [company.company.pk]
    open_companies.take_off(open_companies.score())
    assert open_companies.marked() == []


def test_the_task_refuses_to_run_without_a_company(ended: Call) -> None:
    from celery.exceptions import Reject

    with pytest.raises(Reject):
        tasks.dial_call(str(ended.pk))
