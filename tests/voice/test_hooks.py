"""Webhooks: twice, out of order, late, forged, for another company."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.models import Event
from tenants.voice import accounts, hooks
from tenants.voice.models import Call, InboundHook, TelephonyAccount
from tests.factories import Twin
from tests.fakes.exotel import Exotel, callback_fields

Post = Callable[..., Any]


@pytest.fixture
def post(client: Client, line: TelephonyAccount, settings: Any) -> Post:
    """Send a callback to company A as the provider would."""

    def send(fields: dict[str, Any], *, token: str = line.hook_token, browser: Client = client) -> int:
        body = json.dumps(fields)
        return browser.post(f"/hooks/sandbox/{token}", body, content_type="application/json").status_code

    return send


def told(exotel: Exotel, call: Call, event: str) -> dict[str, Any]:
    from django.conf import settings

    return callback_fields(exotel.calls[call.provider_id], event, f"{settings.SANDBOX_URL}/exotel")


def process_all() -> None:
    for hook in InboundHook.objects.filter(processed_at=None):
        hooks.process(hook.pk)


def test_terminal_hook_ends_the_call(post: Post, ended: Call, exotel: Exotel) -> None:
    assert post(told(exotel, ended, "terminal")) == 200
    ended.refresh_from_db()
    assert ended.is_open, "answered at once, taken in by the task"

    process_all()

    ended.refresh_from_db()
    assert (ended.status, ended.outcome, ended.talk_seconds) == ("completed", "answered", 1)
    assert bytes(InboundHook.objects.get().body) == json.dumps(told(exotel, ended, "terminal")).encode()


def test_practice_line_that_is_switched_off_takes_nothing(post: Post, settings: Any) -> None:
    settings.SANDBOX_URL = ""

    assert post({"CallSid": "x"}) == 503


def test_duplicates_and_wrong_order_end_the_call_once(post: Post, ended: Call, exotel: Exotel) -> None:
    for event in ("terminal", "terminal", "answered", "terminal", "answered"):
        assert post(told(exotel, ended, event)) == 200
    process_all()
    process_all()

    ended.refresh_from_db()
    assert ended.status == "completed"
    assert InboundHook.objects.count() == 2
    assert Event.objects.filter(name="call.completed").count() == 1


def test_a_hook_before_the_providers_answer_gives_the_call_its_id(post: Post, call: Call, exotel: Exotel) -> None:
    from django.utils import timezone

    from tenants.voice.dialling import _claim, provider_of, request_for

    claimed = _claim(call.pk, timezone.now())
    assert claimed
    sid = provider_of(claimed).place_call(request_for(claimed)).provider_id

    assert post(callback_fields(exotel.calls[sid], "answered", "http://x")) == 200
    process_all()

    call.refresh_from_db()
    assert (call.provider_id, call.status) == (sid, "in_progress")


@pytest.mark.parametrize("change", [{"CallSid": "f" * 32}, {"CallSid": "f" * 32, "CustomField": "not an id"}])
def test_a_forged_hook_changes_nothing(post: Post, dialled: Call, exotel: Exotel, change: dict[str, str]) -> None:
    forged = told(exotel, dialled, "terminal") | {"Status": "failed"} | change

    assert post(forged) == 200
    process_all()

    dialled.refresh_from_db()
    assert dialled.status == "ringing"


def test_an_end_that_the_provider_does_not_confirm_is_not_believed(post: Post, call: Call, exotel: Exotel) -> None:
    from tenants.voice import dialling

    exotel.default = exotel.default.__class__(ring_seconds=30)
    dialling.dial(call.pk)
    call.refresh_from_db()

    assert post(told(exotel, call, "terminal") | {"Status": "failed"}) == 200
    process_all()

    call.refresh_from_db()
    assert call.status == "ringing"
    assert InboundHook.objects.get().error == "The provider says that the call goes on."


def test_unknown_tokens_and_accounts_are_refused_and_logged(
    post: Post, dialled: Call, exotel: Exotel, caplog: pytest.LogCaptureFixture
) -> None:
    fields = told(exotel, dialled, "terminal")

    assert post(fields, token="wrong") == 404
    assert post(fields | {"AccountSid": "somebody"}) == 403
    assert InboundHook.objects.count() == 0
    assert [record.msg["event"] for record in caplog.records if "webhook" in str(record.msg)] == [
        "webhook refused: unknown token", "webhook refused",
    ]  # fmt: skip


def test_an_unreadable_hook_is_kept_and_harms_nobody(post: Post, line: TelephonyAccount, client: Client) -> None:
    url = f"/hooks/sandbox/{line.hook_token}"

    assert client.post(url, b"{{{", content_type="application/json").status_code == 200
    assert client.post(url, b"x" * 300_000, content_type="application/json").status_code == 413
    assert client.get(url).status_code == 405
    process_all()

    hook = InboundHook.objects.get()
    assert (bytes(hook.body), hook.processed_at) == (b"{{{", None)
    assert hook.error


def test_a_late_hook_after_the_end_adds_what_it_knows(post: Post, ended: Call, exotel: Exotel) -> None:
    from tenants.voice.actions import apply_state
    from tenants.voice.providers.base import CallState

    apply_state(call_id=ended.pk, state=CallState(provider_id=ended.provider_id, status="completed"))

    post(told(exotel, ended, "terminal"))
    process_all()

    ended.refresh_from_db()
    assert ended.talk_seconds == 1
    assert ended.recording_url.endswith(f"{ended.provider_id}.wav")
    assert Event.objects.filter(name="call.completed").count() == 1


def test_a_token_opens_no_other_company(
    twins: tuple[Twin, Twin], post: Post, ended: Call, exotel: Exotel, by: Actor
) -> None:
    with context.inside(twins[1].place, actor=by):
        other = accounts.add_sandbox()

    assert post(told(exotel, ended, "terminal"), browser=Client(headers={"host": twins[1].host})) == 404
    assert post(told(exotel, ended, "terminal"), token=other.hook_token) == 404
    with context.inside(twins[1].place, actor=by):
        hooks.keep(other, {"content-type": "application/json"}, json.dumps(told(exotel, ended, "terminal")).encode())
        process_all()
        assert Call.objects.count() == 0
    ended.refresh_from_db()
    assert ended.is_open
