"""Webhooks in: kept once, answered at once, told as an event; forged, foreign and unknown ones refused."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.models import Event
from tenants.webhooks.inbound import actions, processing, queries
from tenants.webhooks.inbound.actions import HookTerms, hook_terms_of
from tenants.webhooks.inbound.reading import parsed
from tenants.webhooks.models import InboundHook, Reception
from tests.factories import Twin
from tests.webhooks.conftest import Clock, drain

Post = Callable[..., Any]
SECRET = "whispered-in-tests"


@pytest.fixture
def made(company: Twin, by: Actor) -> tuple[InboundHook, str]:
    """A hook and the path of its address."""
    hook, url = actions.create_hook(terms=HookTerms(name="Orders"), by=by)
    return hook, path_of(url)


def path_of(url: str) -> str:
    return "/hooks/in/" + url.partition("/hooks/in/")[2]


def post(client: Client, path: str, body: Any, *, content_type: str = "application/json", **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, raw, content_type=content_type, headers=headers)


def process_all() -> None:
    for pk in Reception.objects.filter(processed_at=None).values_list("pk", flat=True):
        processing.process(pk)


def events() -> list[Event]:
    return list(Event.objects.filter(name="hook.received").order_by("happened_at", "id"))


def test_what_comes_in_is_answered_at_once_and_told_once(client: Client, made: tuple[InboundHook, str]) -> None:
    hook, path = made
    answer = post(client, path, {"order": 7})
    assert (answer.status_code, answer.json()["duplicate"], events()) == (202, False, [])

    process_all()
    processing.process(Reception.objects.get().pk)

    [event] = events()
    assert (event.record_id, event.payload["payload"], event.payload["is_cut"]) == (hook.pk, {"order": 7}, False)
    assert event.payload["reception_id"] == answer.json()["id"] == str(Reception.objects.get().pk)
    assert bytes(Reception.objects.get().body) == b'{"order": 7}'


def test_a_form_is_read_and_what_is_no_json_is_kept_with_the_reason(
    client: Client, made: tuple[InboundHook, str]
) -> None:
    _hook, path = made
    post(client, path, b"name=Asha+Rao&tag=a&tag=b", content_type="application/x-www-form-urlencoded")
    post(client, path, b"{{{")
    process_all()

    assert [one.payload["payload"] for one in events()] == [{"name": "Asha Rao", "tag": ["a", "b"]}]
    assert list(Reception.objects.order_by("id").values_list("error", flat=True)) == ["", "The body is not JSON."]


@pytest.mark.parametrize(
    ("terms", "first", "second", "headers"),
    [
        ({}, {"n": 1}, {"n": 1}, ({}, {})),
        ({"id_header": "X-Id"}, {"n": 1}, {"n": 2}, ({"X-Id": "7"}, {"X-Id": "7"})),
        ({"id_path": "event.0.id"}, {"event": [{"id": 7}], "n": 1}, {"event": [{"id": 7}]}, ({}, {})),
    ],
)
def test_the_same_within_a_day_is_taken_in_once(
    client: Client, made: tuple[InboundHook, str], by: Actor, clock: Clock,
    terms: dict[str, str], first: Any, second: Any, headers: tuple[dict[str, str], dict[str, str]],
) -> None:  # fmt: skip
    hook, path = made
    actions.update_hook(hook=hook, terms=hook_terms_of(hook, **terms), by=by)

    one, two = (post(client, path, body, **more) for body, more in zip((first, second), headers, strict=True))
    assert (one.status_code, two.status_code, two.json()["duplicate"]) == (202, 202, True)
    assert one.json()["id"] == two.json()["id"]

    clock.move(hours=24, seconds=1)
    assert post(client, path, second, **headers[1]).json()["duplicate"] is False
    assert Reception.objects.count() == 2


@pytest.mark.parametrize("form", ["hex", "prefixed", "base64"])
def test_a_signature_is_asked_for_and_compared(
    client: Client, made: tuple[InboundHook, str], by: Actor, form: str, caplog: pytest.LogCaptureFixture
) -> None:
    hook, path = made
    signed = hook_terms_of(hook, signature_header="X-Sign", signature_secret=SECRET)
    actions.update_hook(hook=hook, terms=signed, by=by)
    made_of = hmac.new(SECRET.encode(), b"{}", hashlib.sha256)
    right = {
        "hex": made_of.hexdigest(), "prefixed": f"sha256={made_of.hexdigest()}",
        "base64": b64encode(made_of.digest()).decode(),
    }[form]  # fmt: skip

    for wrong in ("", "sha256=", right[:-2] + "zz", hmac.new(b"other", b"{}", hashlib.sha256).hexdigest()):
        assert post(client, path, b"{}", **{"X-Sign": wrong}).status_code == 401
    assert Reception.objects.count() == 0
    assert post(client, path, b"{}", **{"X-Sign": right}).status_code == 202

    assert "X-Sign" not in Reception.objects.get().headers
    told = caplog.text
    assert told.count("wrong signature") >= 4
    assert (SECRET in told, path.split("/")[3] in told) == (False, False)


def test_unknown_switched_off_and_old_addresses_are_refused_and_logged(
    client: Client, made: tuple[InboundHook, str], by: Actor, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    hook, path = made
    assert post(client, "/hooks/in/nothing/", {}).status_code == 404

    new = path_of(actions.rotate_token(hook=hook, by=by))
    assert [post(client, one, {"n": 1}).status_code for one in (path, new)] == [202, 202]
    clock.move(hours=24, seconds=1)
    assert [post(client, one, {"n": 2}).status_code for one in (path, new)] == [404, 202]
    hook.refresh_from_db()
    actions.update_hook(hook=hook, terms=hook_terms_of(hook, is_active=False), by=by)
    assert post(client, new, {"n": 3}).status_code == 404
    actions.delete_hook(hook=hook, by=by)
    assert post(client, new, {"n": 4}).status_code == 404

    assert caplog.text.count("unknown address") >= 4
    assert (path.split("/")[3] in caplog.text, new.split("/")[3] in caplog.text) == (False, False)


def test_an_address_of_one_company_is_none_of_another(
    client: Client, made: tuple[InboundHook, str], twins: tuple[Twin, Twin]
) -> None:
    _hook, path = made
    other = Client(headers={"host": twins[1].host})

    assert post(other, path, {}).status_code == 404
    with context.inside(twins[1].place):
        assert Reception.objects.count() == 0
        copied = InboundHook.objects.create(name="Copied", digest=made[0].digest, hint="abcd")
        assert post(other, path, {}).status_code == 404, "a row copied over opens nothing"
        assert copied.receptions.count() == 0


def test_large_ones_and_too_many_are_refused(client: Client, made: tuple[InboundHook, str], by: Actor) -> None:
    hook, path = made
    assert post(client, path, b"x" * (1024 * 1024 + 1)).status_code == 413
    actions.update_hook(hook=hook, terms=hook_terms_of(hook, per_minute=2), by=by)

    got = [post(client, path, {"n": number}) for number in range(3)]

    assert got[-1].status_code == 429
    assert got[-1]["Retry-After"] == "60"


def test_what_is_too_large_for_an_event_is_read_from_the_reception(
    client: Client, made: tuple[InboundHook, str]
) -> None:
    _hook, path = made
    sent = {"text": "x" * 70_000}
    post(client, path, sent)
    process_all()

    [event] = events()
    assert (event.payload["payload"], event.payload["is_cut"]) == (None, True)
    assert queries.payload_of(Reception.objects.get().pk) == sent


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a": "\\u0000b\\ud800"}', {"a": "b?"}),
        (b'["\\\\u0000"]', ["\\u0000"]),
        (b"[1e999, NaN, 99999999999999999999]", [None, None, "99999999999999999999"]),
        (b"", None),
    ],
)
def test_payloads_are_what_every_reader_can_hold(
    body: bytes, found: Any, company: Twin, made: tuple[InboundHook, str], client: Client
) -> None:
    assert parsed("application/json", body) == found
    post(client, made[1], body)
    process_all()
    assert [one.payload["payload"] for one in events()] == [found]
    drain()


@pytest.mark.parametrize("body", [b"[" * 5_000, b"[" * 100 + b"]" * 100, b'{"a":', b"9" * 10_000])
def test_payloads_that_cannot_be_are_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        parsed("application/json", body)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": " "}, "name"),
        ({"signature_header": "X-Sign"}, "signature_header"),
        ({"signature_secret": SECRET}, "signature_header"),
        ({"signature_header": "X Sign", "signature_secret": SECRET}, "signature_header"),
        ({"signature_header": "X-Sign", "signature_secret": "short"}, "signature_secret"),
        ({"id_path": "a..b"}, "id_path"),
        ({"per_minute": 0}, "per_minute"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_name(company: Twin, by: Actor, terms: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_hook(terms=HookTerms(**({"name": "Orders"} | terms)), by=by)

    assert field in refused.value.errors
    assert InboundHook.objects.count() == 0


def test_who_may_not_change_the_settings_makes_none(company: Twin) -> None:
    with pytest.raises(Denied):
        actions.create_hook(terms=HookTerms(name="Orders"), by=Actor(kind="user", name="Nobody"))


def test_what_lost_its_task_is_read_by_the_sweeper(client: Client, made: tuple[InboundHook, str], clock: Clock) -> None:
    post(client, made[1], {"n": 1})
    processing.process_waiting()
    assert events() == []

    clock.move(minutes=1)
    processing.process_waiting()

    assert len(events()) == 1


def test_old_receptions_go_but_for_the_newest_five(client: Client, made: tuple[InboundHook, str]) -> None:
    from uuid import UUID

    from django.utils import timezone

    from tenants.webhooks.retention import forget_some

    long_ago = int((timezone.now() - timedelta(days=8)).timestamp() * 1_000)
    for number in range(8):
        pk = UUID(int=(long_ago + number) << 80 | 7 << 76 | 2 << 62)
        Reception.objects.create(pk=pk, hook=made[0], dedupe_key=str(number), body=b"{}", processed_at=timezone.now())

    assert (forget_some(), forget_some()) == (3, 0)
    assert sorted(Reception.objects.values_list("dedupe_key", flat=True)) == ["3", "4", "5", "6", "7"]
