"""The pages of webhooks: what they show and never show, what they cost, forms that are wrong."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants.kernel.actors import Actor
from tenants.records.models import Job
from tenants.webhooks.inbound.actions import HookTerms, create_hook
from tenants.webhooks.models import Delivery, Endpoint, InboundHook
from tests.factories import Twin, make
from tests.webhooks.conftest import Make, deliveries, send_all
from tests.webhooks.receiver import Receiver

HTMX = {"HX-Request": "true"}


def form(**more: Any) -> dict[str, Any]:
    return {"name": "Warehouse", "events": ["contact.created", "deal.*"], "order": "ordered", "headers": "", **more}


def test_an_endpoint_is_made_in_a_dialog_and_its_secret_shown_once(
    owner: Client, company: Twin, receiver: Receiver
) -> None:
    dialog = owner.get("/settings/webhooks/new/", headers=HTMX).content.decode()
    assert ("<html" in dialog, 'value="contact.created"' in dialog, 'value="deal.*"' in dialog) == (False, True, True)

    assert dialog.count(" checked") == 1, "only how it is sent"

    made = owner.post("/settings/webhooks/new/", form(url=receiver.url, headers="X-Key: of-the-customer"), headers=HTMX)

    endpoint = Endpoint.objects.get()
    secret = endpoint.secret.reveal()
    assert secret in made.content.decode()
    assert (endpoint.events, endpoint.is_ordered, str(endpoint.owner)) == (["contact.created", "deal.*"], True, "Owner")
    for path in ("", f"{endpoint.pk}/", f"{endpoint.pk}/edit/", "log/"):
        text = owner.get(f"/settings/webhooks/{path}").content.decode()
        assert (secret in text, "of-the-customer" in text) == (False, False)
    assert "X-Key" in owner.get(f"/settings/webhooks/{endpoint.pk}/").content.decode()
    assert owner.get(f"/settings/webhooks/{endpoint.pk}/edit/", headers=HTMX).content.decode().count(" checked") == 3


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "https://127.0.0.1/"}, "private network"),
        ({"events": []}, "Choose at least one event"),
        ({"headers": "nonsense"}, "Name: value"),
        ({"name": ""}, "required"),
    ],
)
def test_a_wrong_form_comes_back_with_the_words(
    owner: Client, company: Twin, receiver: Receiver, wrong: dict[str, Any], words: str
) -> None:
    answer = owner.post("/settings/webhooks/new/", form(url=receiver.url) | wrong, headers=HTMX)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Endpoint.objects.count() == 0


def test_editing_keeps_headers_unless_they_are_written_anew(owner: Client, endpoint_at: Make) -> None:
    endpoint = endpoint_at(headers={"X-Key": "one"})
    url = f"/settings/webhooks/{endpoint.pk}/edit/"

    def kept() -> str:
        headers = Endpoint.objects.get().headers
        return str(headers.reveal()) if headers else ""

    owner.post(url, form(url=endpoint.url))
    assert (kept(), Endpoint.objects.get().name) == ('{"X-Key": "one"}', "Warehouse")
    owner.post(url, form(url=endpoint.url, headers="X-Other: a:b"))
    assert kept() == '{"X-Other": "a:b"}'
    owner.post(url, form(url=endpoint.url, headers="-"))
    assert kept() == ""


def test_a_filter_is_built_where_the_events_are_of_one_type(owner: Client, endpoint_at: Make) -> None:
    endpoint = endpoint_at()
    url = f"/settings/webhooks/{endpoint.pk}/filter/"
    assert "data-ask-builder" in owner.get(url, headers=HTMX).content.decode()

    wrong = owner.post(url, {"tree": '{"field": "nothing", "op": "is"}'}, headers=HTMX)
    assert wrong.status_code == 422
    owner.post(url, {"tree": '{"field": "city", "op": "is", "value": "Pune"}'}, headers=HTMX)

    assert Endpoint.objects.get().record_type == "contacts"
    assert "Pune" in owner.get(f"/settings/webhooks/{endpoint.pk}/").content.decode()


def test_the_log_shows_what_was_sent_and_answers_as_text(owner: Client, endpoint_at: Make, receiver: Receiver) -> None:
    endpoint = endpoint_at()
    receiver.answer = lambda told: (500, {}, b"<script>alert(1)</script>")
    make("contacts", first_name="<b>Asha</b>")
    send_all()
    [delivery] = deliveries()

    page = owner.get(f"/settings/webhooks/log/{delivery.pk}/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;Asha&lt;/b&gt;" in page
    assert ("<script>alert" in page, "<b>Asha" in page, endpoint.secret.reveal() in page) == (False, False, False)
    narrowed = owner.get(f"/settings/webhooks/{endpoint.pk}/?state=succeeded").content.decode()
    assert "No delivery fits" in narrowed
    for odd in ("?after=odd", "?since=2026-99-99&until=x", "?state=odd", "?endpoint=odd"):
        assert owner.get(f"/settings/webhooks/log/{odd}").status_code == 200


def test_pages_ask_as_much_for_three_as_for_one(owner: Client, endpoint_at: Make, receiver: Receiver) -> None:
    def asked(url: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert owner.get(url).status_code == 200
        return len(found)

    pages = ("/settings/webhooks/", "/settings/webhooks/log/")
    endpoint_at(name="One")
    make("contacts", first_name="Asha")
    send_all()
    few = [asked(url) for url in pages if asked(url)]
    for number in range(3):
        endpoint_at(name=f"More {number}")
        make("contacts", first_name="Asha")
    send_all()

    assert [asked(url) for url in pages] == few


def test_buttons_pause_resume_try_resend_and_delete(owner: Client, endpoint_at: Make, receiver: Receiver) -> None:
    endpoint = endpoint_at()
    base = f"/settings/webhooks/{endpoint.pk}"
    owner.post(f"{base}/pause/")
    assert Endpoint.objects.get().state == "paused"
    refused = owner.post(f"{base}/test/", {"event": "contact.created"}, headers=HTMX)
    assert (refused.status_code, "paused" in refused.content.decode()) == (422, True)
    owner.post(f"{base}/resumption/")
    tried = owner.post(f"{base}/test/", {"event": "contact.created"}, headers=HTMX)
    send_all()
    [delivery] = deliveries()
    assert tried["HX-Redirect"] == f"/settings/webhooks/log/{delivery.pk}/"
    owner.post(f"/settings/webhooks/log/{delivery.pk}/resend/")
    send_all()
    assert len(receiver.told) == 2
    Delivery.objects.update(state="failed")
    job = owner.post(f"{base}/failed/", {"since": "2020-01-01T00:00"}, headers=HTMX)
    assert job["HX-Redirect"] == f"/jobs/{Job.objects.get(kind='webhooks.resend').pk}/"
    assert owner.get(job["HX-Redirect"]).status_code == 200
    assert "former one" in owner.post(f"{base}/secret/", headers=HTMX).content.decode()
    owner.post(f"{base}/delete/")
    assert Endpoint.objects.count() == 0


def test_addresses_in_are_made_shown_once_renewed_and_deleted(owner: Client, client: Client, company: Twin) -> None:
    made = owner.post(
        "/settings/inbound-hooks/new/", {"name": "Orders", "per_minute": "60", "is_active": "on"}, headers=HTMX
    )
    hook = InboundHook.objects.get()
    token = made.content.decode().partition("/hooks/in/")[2].partition("/")[0]
    assert hook.hint == token[-4:]
    client.post(f"/hooks/in/{token}/", {"order": "<b>7</b>"}, content_type="application/json")

    page = owner.get(f"/settings/inbound-hooks/{hook.pk}/").content.decode()

    assert ("&lt;b&gt;7&lt;/b&gt;" in page, "<b>7" in page, token in page) == (True, False, False)
    assert token not in owner.get("/settings/inbound-hooks/").content.decode()
    new = owner.post(f"/settings/inbound-hooks/{hook.pk}/address/", headers=HTMX).content.decode()
    assert ("/hooks/in/" in new, token in new) == (True, False)
    owner.post(f"/settings/inbound-hooks/{hook.pk}/delete/")
    assert InboundHook.objects.count() == 0


def test_the_secret_of_a_signature_stays_unless_its_header_goes(owner: Client, company: Twin, by: Actor) -> None:
    terms = HookTerms(name="Orders", signature_header="X-Sign", signature_secret="whispered-1")
    hook, _url = create_hook(terms=terms, by=by)
    url, sent = f"/settings/inbound-hooks/{hook.pk}/edit/", {"name": "Orders", "per_minute": "60", "is_active": "on"}
    assert "whispered-1" not in owner.get(url).content.decode()

    owner.post(url, sent | {"signature_header": "X-Other"})
    assert InboundHook.objects.get().signature_secret.reveal() == "whispered-1"
    owner.post(url, sent)
    assert not InboundHook.objects.get().signature_secret


def test_empty_pages_start_the_work_and_strangers_see_none(owner: Client, client: Client, company: Twin) -> None:
    assert "No webhook yet" in owner.get("/settings/webhooks/").content.decode()
    assert "No address yet" in owner.get("/settings/inbound-hooks/").content.decode()
    assert "Nothing was sent yet" in owner.get("/settings/webhooks/log/").content.decode()
    assert client.get("/settings/webhooks/").status_code == 302


def test_the_demo_shows_one_of_each(company: Twin) -> None:
    from tenants.webhooks import demo

    demo.load({"slug": "works"})

    assert [one.state for one in Endpoint.objects.all()] == ["paused"]
    assert InboundHook.objects.get().receptions.filter(processed_at__isnull=False).count() == 2
