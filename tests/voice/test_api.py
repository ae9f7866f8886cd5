"""Phone calls by API."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tenants.voice import dialling
from tenants.voice.models import Call, TelephonyAccount
from tests.factories import Twin
from tests.fakes.exotel import Exotel

URL = "/api/v1/phone-calls"


@pytest.fixture
def api(company: Twin) -> Client:
    return company.with_key()


@pytest.fixture
def body(company: Twin) -> dict[str, Any]:
    return {"record_type": "contacts", "record_id": str(company.contact_id)}


def send(api: Client, body: dict[str, Any], path: str = "", **headers: str) -> Any:
    return api.post(f"{URL}{path}", body, content_type="application/json", headers=headers)


def test_a_call_is_placed_watched_and_ended(
    api: Client, body: dict[str, Any], line: TelephonyAccount, exotel: Exotel
) -> None:
    placed = send(api, body)
    call = Call.objects.get()
    dialling.dial(call.pk)

    assert (placed.status_code, placed.json()["status"], placed.json()["is_final"]) == (202, "queued", False)
    shown = api.get(f"{URL}/{call.pk}").json()
    assert (shown["status"], shown["to_number"], shown["record_id"]) == ("ringing", "+919820011842", body["record_id"])
    assert send(api, {}, f"/{call.pk}/end").status_code == 202
    assert exotel.calls[call.provider_id if call.provider_id else shown["provider_id"]].hung_up


def test_the_same_key_is_one_call(api: Client, body: dict[str, Any], line: TelephonyAccount) -> None:
    first, second = (send(api, body, **{"Idempotency-Key": "once"}).json()["id"] for _ in range(2))
    other = send(api, body | {"to": "+919820011843"}, **{"Idempotency-Key": "once"})

    assert first == second
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
    assert Call.objects.count() == 1


def test_refusals_name_what_is_wrong(api: Client, body: dict[str, Any], company: Twin) -> None:
    assert send(api, body).json()["code"] == "no_telephony_provider"
    assert send(api, body | {"record_id": str(uuid4())}).status_code == 404
    assert send(api, body | {"record_type": "users"}).status_code == 422
    assert Client(headers={"host": company.host}).post(URL, body, content_type="application/json").status_code == 401


def test_a_call_is_logged_and_read_generically(api: Client, body: dict[str, Any], company: Twin) -> None:
    logged = send(api, body | {"outcome": "answered", "talk_seconds": 61, "notes": "Fine."}, "/log")
    call_id = logged.json()["id"]

    row = api.get("/api/v1/calls").json()["items"][0]
    assert (logged.status_code, row["id"], row["talk_seconds"], row["outcome"]) == (201, call_id, 61, "answered")
    patched = api.patch(f"/api/v1/calls/{call_id}", {"notes": "Better."}, content_type="application/json")
    assert (patched.status_code, patched.json()["notes"]) == (200, "Better.")
    assert api.patch(f"/api/v1/calls/{call_id}", {"status": "busy"}, content_type="application/json").status_code == 422
    assert api.post("/api/v1/calls", {"notes": "x"}, content_type="application/json").status_code == 422
    assert Call.objects.count() == 1


def test_another_companys_calls_do_not_exist(twins: tuple[Twin, Twin], api: Client, body: dict[str, Any]) -> None:
    call_id = send(api, body | {"outcome": "busy"}, "/log").json()["id"]

    assert twins[1].with_key().get(f"{URL}/{call_id}").status_code == 404
    assert send(twins[1].with_key(), {}, f"/{call_id}/end").status_code == 404
