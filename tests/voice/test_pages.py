"""The pages of calls: who may, what they show, what they cost, ranges of recordings."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants.identity.actions import add_user
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.voice import accounts, recordings, tones
from tenants.voice.actions import log_call
from tenants.voice.models import Call, TelephonyAccount
from tenants.voice.providers.base import Recording
from tests.factories import Twin
from tests.fakes.exotel import Exotel

HTMX = {"HX-Request": "true"}


@pytest.fixture
def logged(company: Twin, contact: Any, by: Actor) -> Call:
    return log_call(record=contact, outcome="answered", talk_seconds=6, notes="Agreed on Friday.", by=by)


@pytest.fixture
def recorded(logged: Call) -> Call:
    recordings.store(logged.pk, Recording(data=tones.conversation(5), content_type="audio/x-wav"))
    logged.refresh_from_db()
    return logged


@pytest.fixture
def dial_url(company: Twin) -> str:
    return f"/calls/dial/?about_type=contacts&about_id={company.contact_id}"


def test_dial_dialog_offers_the_contacts_number(owner: Client, line: TelephonyAccount, dial_url: str) -> None:
    page = owner.get(dial_url, headers=HTMX).content.decode()

    assert "+91 98200 11842" in page
    assert "<html" not in page
    assert 'name="key"' in page


def test_dial_places_one_call_for_a_double_click(owner: Client, line: TelephonyAccount, dial_url: str) -> None:
    sent = {"to": "+919820011842", "key": "k"}

    first, second = (owner.post(dial_url, sent, headers=HTMX) for _ in range(2))

    call = Call.objects.get()
    assert (first.status_code, second.status_code) == (200, 200)
    assert first["HX-Retarget"] == "body"
    assert f"/calls/{call.pk}/live/" in first.content.decode()


def test_dial_without_a_provider_says_what_to_do(owner: Client, company: Twin, dial_url: str) -> None:
    page = owner.get(dial_url, headers=HTMX).content.decode()
    refused = owner.post(dial_url, {"to": "+919820011842"}, headers=HTMX)

    assert "No phone provider is connected" in page
    assert "/settings/voice/" in page
    assert (refused.status_code, Call.objects.count()) == (422, 0)


def test_dial_outside_hours_says_when_it_opens(owner: Client, line: TelephonyAccount, dial_url: str) -> None:
    TelephonyAccount.objects.update(enforce_hours=True, opens_at="23:59:58", closes_at="23:59:59")

    response = owner.post(dial_url, {"to": "+919820011842"}, headers=HTMX)

    assert response.status_code == 422
    assert "opens 23:59 Asia/Kolkata" in response.content.decode()
    assert Call.objects.count() == 0


@pytest.mark.parametrize(
    "about",
    [
        "about_type=users",
        "about_type=contacts&about_id=d5596b83-a1f8-492c-a940-0113d05a6445",
        "about_type=contacts&about_id=x",
    ],
)
def test_dial_about_nothing_is_not_found(owner: Client, line: TelephonyAccount, about: str) -> None:
    assert owner.get(f"/calls/dial/?{about}").status_code == 404


def test_live_polls_while_the_call_goes_on_and_then_stops(owner: Client, dialled: Call) -> None:
    url = f"/calls/{dialled.pk}/live/?status=ringing&recording="
    ringing = owner.get(url, headers=HTMX)
    Call.objects.update(status="no_answer", outcome="no_answer")
    over = owner.get(url, headers=HTMX)
    after = owner.get(f"/calls/{dialled.pk}/live/?status=no_answer&recording=", headers=HTMX)

    assert "every 1s" in ringing.content.decode()
    assert "HX-Trigger" not in ringing
    assert "every 1s" not in over.content.decode()
    assert over["HX-Trigger"] == "timeline:refresh"
    assert "HX-Trigger" not in after


def test_end_hangs_up(owner: Client, dialled: Call, exotel: Exotel) -> None:
    assert owner.post(f"/calls/{dialled.pk}/end/", headers=HTMX).status_code == 200
    assert exotel.calls[dialled.provider_id].hung_up is not None


def test_wrap_up_keeps_notes_and_result(owner: Client, logged: Call) -> None:
    response = owner.post(
        f"/calls/{logged.pk}/wrap-up/", {"notes": "Call on Monday", "disposition": "call_back", "save": "1"}
    )
    wrong = owner.post(f"/calls/{logged.pk}/wrap-up/", {"notes": "x", "disposition": "nonsense"})

    logged.refresh_from_db()
    assert (response.status_code, logged.notes, logged.disposition) == (204, "Call on Monday", "call_back")
    assert wrong.status_code == 422
    closing = owner.post(f"/calls/{logged.pk}/wrap-up/", {"notes": "Done", "close": "1"})
    assert (closing.status_code, closing["HX-Reswap"]) == (200, "delete")


def test_a_call_is_logged_by_hand(owner: Client, company: Twin) -> None:
    url = f"/calls/new/?about_type=contacts&about_id={company.contact_id}"
    sent = {
        "direction": "inbound",
        "outcome": "answered",
        "started_at": "2026-01-12T10:30",
        "minutes": "6",
        "notes": "Asked for a price.",
    }

    response = owner.post(url, sent, headers=HTMX)

    call = Call.objects.get()
    assert (response.status_code, response["HX-Redirect"]) == (204, f"/contacts/{company.contact_id}/")
    assert (call.talk_seconds, call.direction, call.notes) == (360, "inbound", "Asked for a price.")
    assert owner.post(url, sent | {"outcome": "great"}, headers=HTMX).status_code == 422
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("", 200, slice(None)),
        ("bytes=0-99", 206, slice(0, 100)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-50", 206, slice(-50, None)),
        ("bytes=0-99999999", 206, slice(None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=9-3", 416, slice(0, 0)),
        ("lines=1-2", 200, slice(None)),
    ],
)
def test_recording_is_served_in_ranges(owner: Client, recorded: Call, asked: str, status: int, part: slice) -> None:
    response = owner.get(f"/calls/{recorded.pk}/recording/", headers={"Range": asked})
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]

    assert response.status_code == status
    assert body == tones.conversation(5)[part]
    assert response["Content-Type"] == "audio/wav" or status == 416


def test_recordings_and_calls_stay_in_their_company(twins: tuple[Twin, Twin], recorded: Call, client: Client) -> None:
    paths = ("recording/", "live/", "entry/")
    other = twins[1].signed_in()

    for path in paths:
        assert other.get(f"/calls/{recorded.pk}/{path}").status_code == 404
        assert client.get(f"/calls/{recorded.pk}/{path}").status_code == 302
    with context.inside(twins[1].place, actor=robot()):
        from django.core.files.storage import default_storage

        assert not default_storage.exists(recorded.recording)


@pytest.mark.parametrize("path", ["live/", "entry/", "recording/"])
def test_readers_may_look_but_not_act(twins: tuple[Twin, Twin], recorded: Call, dial_url: str, path: str) -> None:
    add_user(email="reader@alpha.example", name="Reader", role="read-only", password="correct horse battery 9")
    reader = twins[0].signed_in("reader@alpha.example")

    assert reader.get(f"/calls/{recorded.pk}/{path}").status_code == 200
    assert reader.get(dial_url).status_code == 403
    assert reader.post(f"/calls/{recorded.pk}/end/").status_code == 403
    assert reader.post(f"/calls/{recorded.pk}/wrap-up/", {"notes": "x"}).status_code == 403


def test_the_contacts_story_has_the_player_and_the_button(owner: Client, recorded: Call, company: Twin) -> None:
    page = owner.get(f"/contacts/{company.contact_id}/").content.decode()

    assert f"/calls/{recorded.pk}/recording/" in page
    assert "Agreed on Friday." in page
    assert f"/calls/dial/?about_type=contacts&amp;about_id={company.contact_id}" in page


@pytest.mark.parametrize("url", ["/calls/", "contact", "call"])
def test_pages_cost_the_same_for_one_call_and_for_five(
    owner: Client, logged: Call, contact: Any, by: Actor, url: str
) -> None:
    url = {"contact": f"/contacts/{contact.pk}/", "call": f"/calls/{logged.pk}/"}.get(url, url)
    owner.get(url)
    with CaptureQueriesContext(connection) as one:
        assert owner.get(url).status_code == 200
    for number in range(4):
        log_call(record=contact, outcome="busy", notes=str(number), by=by)
    with CaptureQueriesContext(connection) as five:
        owner.get(url)

    assert len(one) == len(five)


def test_settings_show_the_line_and_take_the_own_number(owner: Client, line: TelephonyAccount) -> None:
    assert "Practice line" in owner.get("/settings/voice/").content.decode()
    assert owner.post("/settings/voice/my-phone/", {"number": "98200 11842"}).status_code == 302
    assert 'value="+919820011842"' in owner.get("/settings/voice/").content.decode()
    refused = owner.post("/settings/voice/my-phone/", {"number": "12"})
    assert refused.status_code == 422
    assert 'value="12"' in refused.content.decode()


def test_connection_is_tried_and_nothing_kept(owner: Client, company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tenants.voice.providers.exotel.adapter.REGIONS", {"in": "http://127.0.0.1:9", "sg": "http://127.0.0.1:9"}
    )
    monkeypatch.setattr("tenants.voice.providers.http._sleep", lambda _seconds: None)
    url = "/settings/voice/exotel/"
    sent = {"region": "in", "account_sid": "a", "api_key": "b", "api_token": "hush-hush", "caller_id": "08047100001"}

    assert owner.get(url).status_code == 200
    missing = owner.post(url, sent | {"api_key": ""})
    failed = owner.post(url, sent)

    assert (missing.status_code, failed.status_code) == (422, 422)
    assert "could not be reached" in failed.content.decode()
    assert "hush-hush" not in failed.content.decode()
    assert TelephonyAccount.objects.count() == 0
    assert owner.get("/settings/voice/nobody/").status_code == 404


def test_practice_line_is_offered_only_where_it_runs(owner: Client, company: Twin, settings: Any) -> None:
    settings.SANDBOX_URL = ""
    assert "Practice line" not in owner.get("/settings/voice/").content.decode()
    assert owner.post("/settings/voice/practice-line/").status_code == 422

    settings.SANDBOX_URL = "http://127.0.0.1:9"
    assert owner.post("/settings/voice/practice-line/").status_code == 302
    assert accounts.TelephonyAccount.objects.get().is_default
