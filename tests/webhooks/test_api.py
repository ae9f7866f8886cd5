"""The API of webhooks: endpoints, the log, REST hooks, addresses; doors and secrets."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.kernel import context
from tenants.records.jobs.actions import run_now
from tenants.records.models import Job
from tenants.webhooks.models import Delivery, Endpoint, InboundHook
from tests.factories import Twin, make
from tests.webhooks.conftest import Make, deliveries, send_all, states
from tests.webhooks.receiver import OK, Receiver

JSON = "application/json"


@pytest.fixture
def program(company: Twin) -> Client:
    return company.with_key()


def post(program: Client, path: str, body: Any = None) -> Any:
    return program.post(f"/api/v1/{path}", body or {}, content_type=JSON)


def test_an_endpoint_over_the_api_shows_its_secret_once(program: Client, receiver: Receiver) -> None:
    body = {"name": "Ours", "url": receiver.url, "events": ["contact.*"], "headers": {"X-Key": "of-the-customer"}}
    made = post(program, "webhooks", body)
    pk = made.json()["id"]
    assert (made.status_code, made.json()["headers"]) == (201, ["X-Key"])
    secret = made.json()["secret"]

    seen = program.get(f"/api/v1/webhooks/{pk}")
    changed = program.patch(f"/api/v1/webhooks/{pk}", {"is_ordered": True}, content_type=JSON)
    assert (changed.json()["is_ordered"], changed.json()["headers"]) == (True, ["X-Key"])
    new = post(program, f"webhooks/{pk}/secret").json()["secret"]
    assert new != secret
    listed = program.get("/api/v1/webhooks")
    for answer in (seen, changed, listed):
        assert not any(text in answer.content.decode() for text in (secret, new, "of-the-customer"))
    assert [post(program, f"webhooks/{pk}/{verb}").json()["state"] for verb in ("pause", "resumption")] == [
        "paused", "active",
    ]  # fmt: skip
    assert program.delete(f"/api/v1/webhooks/{pk}").status_code == 204
    assert Endpoint.objects.count() == 0


def test_the_log_is_filtered_paged_and_shows_every_try_without_secrets(
    program: Client, endpoint_at: Make, receiver: Receiver
) -> None:
    endpoint = endpoint_at(headers={"X-Key": "of-the-customer"})
    for number in range(5):
        make("contacts", first_name=f"Asha {number}")
    receiver.answer = lambda told: (500, {}, b"no") if told.json["record"]["first_name"] == "Asha 2" else OK
    send_all()

    page = program.get("/api/v1/webhook-deliveries?limit=3").json()
    rest = program.get(f"/api/v1/webhook-deliveries?limit=3&cursor={page['next']}").json()
    assert ([len(one["items"]) for one in (page, rest)], rest["next"]) == ([3, 2], None)
    failed = program.get(
        f"/api/v1/webhook-deliveries?state=waiting&endpoint={endpoint.pk}&event=contact.created"
    ).json()
    assert [one["status"] for one in failed["items"]] == [500]
    since = (timezone.now() + timedelta(minutes=1)).isoformat().replace("+", "%2B")
    assert program.get(f"/api/v1/webhook-deliveries?since={since}").json()["items"] == []
    assert program.get("/api/v1/webhook-deliveries?state=odd").status_code == 422
    assert program.get("/api/v1/webhook-deliveries?cursor=odd").status_code == 422

    whole = program.get(f"/api/v1/webhook-deliveries/{failed['items'][0]['id']}")
    assert (whole.json()["tries"][0]["answer"], whole.json()["headers"]["X-Key"]) == ("no", "••••")
    assert "Asha 2" in whole.json()["body"]
    assert not any(text in whole.content.decode() for text in (endpoint.secret.reveal(), "of-the-customer"))


def test_one_is_resent_and_a_time_of_failures_as_a_job(
    program: Client, endpoint_at: Make, receiver: Receiver, company: Twin
) -> None:
    endpoint_at()
    for number in range(3):
        make("contacts", first_name=f"Asha {number}")
    send_all()
    first = deliveries()[0]
    assert post(program, f"webhook-deliveries/{first.pk}/resend").json()["state"] == "waiting"
    assert post(program, f"webhook-deliveries/{first.pk}/resend").status_code == 409
    send_all()
    assert [one.id for one in receiver.told].count(str(first.event_id)) == 2

    Delivery.objects.update(state="failed")
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    job = post(program, "webhook-deliveries/resend", {"since": since}).json()
    assert (job["total"], job["state"]) == (3, "queued")
    with context.acting(company.owner().actor):
        run_now(Job.objects.get(pk=job["id"]))
    send_all()
    assert (states(), len(receiver.told)) == (["succeeded"] * 3, 7)
    done = program.get(f"/api/v1/jobs/{job['id']}").json()
    assert (done["state"], done["counts"]) == ("done", {"updated": 3})
    wrong = post(program, "webhook-deliveries/resend", {"since": since, "until": since})
    assert wrong.status_code == 422


def test_a_test_is_marked_and_arrives(program: Client, endpoint_at: Make, receiver: Receiver, company: Twin) -> None:
    endpoint = endpoint_at()
    assert post(program, f"webhooks/{endpoint.pk}/tests", {"event": "contact.updated"}).status_code == 202
    assert post(program, f"webhooks/{endpoint.pk}/tests", {"event": "nothing.at.all"}).status_code == 404

    send_all()

    [told] = receiver.told
    assert (told.json["type"], told.json["data"]["is_test"]) == ("contact.updated", True)
    assert told.json["record"]["id"] == str(company.contact_id)
    assert program.get("/api/v1/webhook-deliveries").json()["items"][0]["is_test"] is True


def test_a_platform_subscribes_hears_and_unsubscribes(
    program: Client, receiver: Receiver, company: Twin, endpoint_at: Make
) -> None:
    ours = endpoint_at(events=["deal.created"])
    made = post(program, "hooks", {"target_url": f"{receiver.url}/zap", "event": "contact.created"})
    assert (made.status_code, made.json()["event"]) == (201, "contact.created")
    listed = {one["id"]: one["app"] for one in program.get("/api/v1/webhooks").json()["items"]}
    assert listed == {str(ours.pk): "", made.json()["id"]: "Test"}
    make("contacts", first_name="Asha")
    send_all()
    assert [one.json["record"]["first_name"] for one in receiver.told] == ["Asha"]

    assert program.delete(f"/api/v1/hooks/{ours.pk}").status_code == 404
    assert program.delete(f"/api/v1/hooks/{made.json()['id']}").status_code == 204
    assert list(Endpoint.objects.all()) == [ours]


def test_samples_are_real_events_or_shaped_like_them(program: Client, company: Twin) -> None:
    make("contacts", first_name="Asha")

    real = program.get("/api/v1/hooks/samples/contact.created").json()
    shaped = program.get("/api/v1/hooks/samples/call.completed").json()

    assert real[0]["record"]["first_name"] == "Asha"
    assert (len(shaped), shaped[0]["type"], set(shaped[0]["data"])) == (
        1, "call.completed", {"outcome", "talk_seconds", "is_test"},
    )  # fmt: skip
    assert "status" in shaped[0]["record"]
    assert program.get("/api/v1/hooks/samples/nothing.such").status_code == 404


def test_events_are_listed_with_what_they_tell(program: Client) -> None:
    found = {one["name"]: one for one in program.get("/api/v1/webhooks/events").json()["items"]}

    assert found["contact.created"]["record_type"] == "contacts"
    assert set(found["hook.received"]["payload"]) == {"hook_id", "hook", "reception_id", "payload", "is_cut"}


def test_an_address_over_the_api_is_shown_once_and_keeps_samples(program: Client, client: Client) -> None:
    made = post(
        program, "inbound-hooks", {"name": "Orders", "signature_header": "X-S", "signature_secret": "whispered"}
    )
    pk, url = made.json()["id"], made.json()["url"]
    token = url.rstrip("/").rpartition("/")[2]
    off = program.patch(
        f"/api/v1/inbound-hooks/{pk}", {"signature_header": "", "signature_secret": ""}, content_type=JSON
    )
    assert (made.status_code, off.json()["signature_header"]) == (201, "")
    client.post(f"/hooks/in/{token}/", {"n": 1}, content_type=JSON)
    samples = program.get(f"/api/v1/inbound-hooks/{pk}/samples")
    assert samples.json()["items"][0]["payload"] == {"n": 1}
    for path in ("inbound-hooks", f"inbound-hooks/{pk}", f"inbound-hooks/{pk}/samples"):
        text = program.get(f"/api/v1/{path}").content.decode()
        assert (token in text, "whispered" in text) == (False, False)
    assert post(program, f"inbound-hooks/{pk}/address").json()["url"] != url
    assert program.delete(f"/api/v1/inbound-hooks/{pk}").status_code == 204
    assert InboundHook.objects.count() == 0


def test_one_company_s_webhooks_are_not_another_s(program: Client, endpoint_at: Make, twins: tuple[Twin, Twin]) -> None:
    endpoint = endpoint_at()
    make("contacts", first_name="Asha")
    send_all()
    other = twins[1].with_key()

    for path in (f"webhooks/{endpoint.pk}", f"webhook-deliveries/{deliveries()[0].pk}"):
        assert (program.get(f"/api/v1/{path}").status_code, other.get(f"/api/v1/{path}").status_code) == (200, 404)
    assert other.get("/api/v1/webhook-deliveries").json()["items"] == []
