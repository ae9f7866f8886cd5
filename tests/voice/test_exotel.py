"""The real adapter against the stand-in, and what it makes of Exotel's words."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tenants.voice.enums import CallStatus
from tenants.voice.providers import http
from tenants.voice.providers.base import CallRequest, Forged, Refused, Unreadable, Unsure
from tenants.voice.providers.exotel import Exotel, wire
from tests.fakes.exotel import Exotel as StandIn
from tests.voice.conftest import wait_for

CREDENTIALS = {"account_sid": "acme1", "api_key": "key-acme1", "api_token": "token-acme1", "caller_id": "08047100001"}
REQUEST = CallRequest(
    own_id="9f3c", agent_number="+919812300001", customer_number="+919812309999",
    caller_id="08047100001", callback_url="",
)  # fmt: skip
TERMINAL: dict[str, Any] = {
    "CallSid": "1f0a", "EventType": "terminal", "DateCreated": "2026-01-12 11:02:10",
    "DateUpdated": "2026-01-12 11:05:01",
    "Status": "completed", "To": "09812300002", "From": "09812300001", "StartTime": "2026-01-12 11:02:12",
    "EndTime": "2026-01-12 11:04:58", "ConversationDuration": 121, "CustomField": "t42",
    "RecordingUrl": "https://r.exotel.com/a.mp3",
    "Legs": [{"OnCallDuration": 140, "Status": "completed"}, {"OnCallDuration": 121, "Status": "completed"}],
}  # fmt: skip


@pytest.fixture
def adapter(exotel: StandIn, settings: Any) -> Exotel:
    return Exotel(CREDENTIALS, base_url=f"{settings.SANDBOX_URL}/exotel")


def headers(kind: str = "application/json") -> dict[str, str]:
    return {"content-type": kind}


def test_place_call_sends_what_exotel_documents(adapter: Exotel, exotel: StandIn) -> None:
    placed = adapter.place_call(REQUEST)

    asked = exotel.calls[placed.provider_id].asked
    assert placed.status == CallStatus.RINGING
    assert asked == {
        "From": "+919812300001", "To": "+919812309999", "CallerId": "08047100001", "CallType": "trans",
        "Record": "true", "TimeLimit": "3600", "TimeOut": "40", "CustomField": "9f3c", "StatusCallback": "",
        "StatusCallbackContentType": "application/json",
        "StatusCallbackEvents[0]": "terminal", "StatusCallbackEvents[1]": "answered",
    }  # fmt: skip


def test_fetch_call_is_normalised_to_seconds_utc_and_e164(adapter: Exotel, exotel: StandIn) -> None:
    started = datetime.now(UTC).replace(microsecond=0)
    sid = adapter.place_call(REQUEST).provider_id
    wait_for(lambda: exotel.calls[sid].done.is_set())

    state = adapter.fetch_call(sid)

    assert state is not None
    assert (state.status, state.to_number, state.talk_seconds) == (CallStatus.COMPLETED, "+919812309999", 1)
    assert state.created_at is not None
    assert timedelta(0) <= state.created_at - started <= timedelta(seconds=2)
    assert state.recording_url.endswith(f"/recordings/acme1/{sid}.wav")


def test_fetch_call_of_an_unknown_id_is_none(adapter: Exotel) -> None:
    assert adapter.fetch_call("nothing") is None


@pytest.mark.parametrize(("ending", "status"), [("0001", "busy"), ("0002", "no_answer"), ("0003", "failed")])
def test_scenarios_end_as_their_numbers_say(adapter: Exotel, exotel: StandIn, ending: str, status: str) -> None:
    sid = adapter.place_call(replace(REQUEST, customer_number=f"+91981230{ending}")).provider_id
    wait_for(lambda: exotel.calls[sid].done.is_set())

    state = adapter.fetch_call(sid)

    assert state is not None
    assert (state.status, state.talk_seconds, state.recording_url) == (status, None, "")


def test_wrong_credentials_are_refused_in_words(exotel: StandIn, settings: Any) -> None:
    wrong = Exotel(CREDENTIALS | {"api_token": "other"}, base_url=f"{settings.SANDBOX_URL}/exotel")

    with pytest.raises(Refused, match="does not know this account"):
        wrong.place_call(REQUEST)
    with pytest.raises(Refused):
        wrong.check_connection()
    assert exotel.calls == {}


def test_exotels_own_words_reach_the_caller(adapter: Exotel, exotel: StandIn) -> None:
    exotel.refuse_with = (400, "CallerId is not valid")

    with pytest.raises(Refused, match="CallerId is not valid"):
        adapter.place_call(REQUEST)


def test_a_lost_answer_is_unsure_and_not_repeated(adapter: Exotel, exotel: StandIn) -> None:
    exotel.lost_answers = 1

    with pytest.raises(Unsure):
        adapter.place_call(REQUEST)

    assert len(exotel.calls) == 1
    found = adapter.find_call(REQUEST, since=datetime.now(UTC))
    assert [state.provider_id for state in found] == list(exotel.calls)


def test_a_server_that_is_away_is_refused_for_certain() -> None:
    with pytest.raises(Refused, match="could not be reached"):
        Exotel(CREDENTIALS, base_url="http://127.0.0.1:9").place_call(REQUEST)


def test_reads_are_repeated_a_few_times_with_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(http, "_sleep", pauses.append)
    monkeypatch.setattr(httpx, "get", lambda *_a, **_k: httpx.Response(503))

    with pytest.raises(Unsure):
        http.read("http://provider.invalid/")

    assert pauses == [0.5, 1.0]


def test_terminal_callback_means_what_it_says() -> None:
    update = wire.update(TERMINAL)

    assert (update.provider_id, update.own_id, update.status, update.talk_seconds) == ("1f0a", "t42", "completed", 121)
    assert update.ended_at == datetime(2026, 1, 12, 5, 34, 58, tzinfo=UTC)
    assert update.answered_at == datetime(2026, 1, 12, 5, 32, 57, tzinfo=UTC)
    assert update.to_number == "+919812300002"


@pytest.mark.parametrize(
    ("leg", "status"),
    [
        ("busy", "busy"),
        ("no-answer", "no_answer"),
        ("failed", "failed"),
        ("canceled", "cancelled"),
        (None, "completed"),
    ],
)
def test_the_customers_leg_decides_what_completed_means(leg: str | None, status: str) -> None:
    legs = [{"Status": "completed"}, {"Status": leg}]

    assert wire.update(TERMINAL | {"Legs": legs}).status == status


def test_in_progress_by_look_up_is_ringing_until_somebody_talks() -> None:
    call = {"Sid": "1", "Status": "in-progress"}

    assert wire.state(call).status == CallStatus.RINGING
    assert wire.state(call | {"Details": {"ConversationDuration": "3"}}).status == CallStatus.IN_PROGRESS


def test_callbacks_are_read_in_all_three_encodings(adapter: Exotel) -> None:
    pairs = [("CallSid", "1f0a"), ("EventType", "terminal"), ("Status", "completed"), ("Legs[1][Status]", "busy")]
    multipart = httpx.Request("POST", "http://x/", files={name: (None, value) for name, value in pairs})
    form = httpx.Request("POST", "http://x/", data=dict(pairs))

    for request in (multipart, form):
        told = adapter.parse_webhook(headers(request.headers["content-type"]), request.read())
        assert [(one.provider_id, one.status) for one in told] == [("1f0a", "busy")]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        json.dumps({"Status": "completed"}).encode(),
        json.dumps(TERMINAL | {"Status": "dancing"}).encode(),
    ],
)
def test_unreadable_callbacks_say_so(adapter: Exotel, body: bytes) -> None:
    with pytest.raises(Unreadable):
        adapter.parse_webhook(headers(), body)


def test_a_callback_of_another_account_is_forged(adapter: Exotel) -> None:
    with pytest.raises(Forged):
        adapter.verify_webhook(headers(), json.dumps({"AccountSid": "other"}).encode())


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://recordings.exotel.com/acme1/a.mp3", True),
        ("https://exotel.com.evil.example/a.mp3", False),
        ("https://evilexotel.com/a.mp3", False),
        ("http://recordings.exotel.com/a.mp3", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("https://recordings.exotel.com@evil.example/a.mp3", False),
    ],
)
def test_recordings_come_from_exotels_hosts_alone(url: str, is_ours: bool) -> None:
    assert Exotel(CREDENTIALS).is_recording_host(url) is is_ours
    if not is_ours:
        with pytest.raises(Refused, match="not fetched from"):
            Exotel(CREDENTIALS).fetch_recording(url)
