"""The API: the same actions, with a key."""

from typing import Any

import pytest
from django.test import Client

from tenants.identity.actions import add_user, create_api_key
from tenants.invoicing.models import Invoice
from tenants.kernel.actors import robot
from tests.factories import Twin


@pytest.fixture
def api(company: Twin) -> Client:
    return company.with_key()


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1{path}", body, content_type="application/json")


def test_from_won_deal_to_paid(api: Client, registered: Twin, won_deal: Any) -> None:
    made = post(api, "/invoice-drafts", deal_id=str(won_deal.pk))
    assert made.status_code == 201
    here = f"/invoices/{made.json()['id']}"
    assert post(api, f"{here}/lines", description="Cable", unit_price="100").status_code == 201

    issued = post(api, f"{here}/issuance").json()
    paid = post(api, f"{here}/payments", method="upi", amount=issued["total"]).json()

    assert (issued["status"], issued["total"]) == ("issued", "2171318.0000")
    assert (paid["status"], paid["amount_paid"]) == ("paid", issued["total"])
    assert api.get(f"/api/v1{here}/pdf").content.startswith(b"%PDF")


def test_document_has_lines_and_taxes(api: Client, issued: Invoice) -> None:
    found = api.get(f"/api/v1/invoices/{issued.pk}/document").json()

    assert [line["total"] for line in found["lines"]] == ["2171200.0000"]
    assert found["taxes"] == [{"name": "IGST", "rate": "18.000", "base": "1840000.0000", "amount": "331200.0000"}]


def test_generic_list_and_get_know_invoices(api: Client, issued: Invoice) -> None:
    assert [one["number"] for one in api.get("/api/v1/invoices").json()["items"]] == [issued.number]
    assert api.get(f"/api/v1/invoices/{issued.pk}").json()["status"] == "issued"


def test_generic_writing_reaches_no_money(api: Client, issued: Invoice) -> None:
    here = f"/api/v1/invoices/{issued.pk}"
    for body in ({"total": "1"}, {"number": "X"}, {"status": "draft"}, {"deal": None}, {"lines": []}):
        assert api.patch(here, body, content_type="application/json").status_code == 422
    assert api.patch(here, {"currency": "USD"}, content_type="application/json").status_code == 409
    assert api.delete(here).status_code == 409


def test_generic_create_makes_an_empty_draft(api: Client, company: Twin) -> None:
    made = post(api, "/invoices", account=str(company.account_id), currency="EUR")

    assert (made.status_code, made.json()["status"], made.json()["total"]) == (201, "draft", "0.0000")
    assert post(api, "/invoices", currency="QQQ").json()["errors"].keys() == {"currency"}


def test_refusals_are_problems_with_code_and_fix(api: Client, company: Twin, draft: Invoice) -> None:
    again = post(api, "/invoice-drafts", deal_id=str(draft.deal_id))
    early = post(api, f"/invoices/{draft.pk}/payments")
    wrong = post(api, f"/invoices/{draft.pk}/lines", description="A", quantity="-1")

    assert (again.status_code, again.json()["code"]) == (409, "deal_already_invoiced")
    assert again.json()["fix"]
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["quantity"])


def test_line_is_changed_and_removed(api: Client, draft: Invoice) -> None:
    line = f"/api/v1/invoices/{draft.pk}/lines/{draft.lines.get().pk}"

    changed = api.patch(line, {"quantity": "2"}, content_type="application/json")

    assert changed.json()["net"] == "3680000.0000"
    assert api.delete(line).status_code == 204
    assert Invoice.objects.get().total == 0


def test_key_of_a_reader_writes_nothing(company: Twin, draft: Invoice) -> None:
    user = add_user(email="r@alpha.example", name="Reader", role="read-only")
    key = create_api_key(user=user, name="Test", by=robot())[1]
    reader = Client(headers={"host": company.host, "authorization": f"Bearer {key}"})

    assert reader.get(f"/api/v1/invoices/{draft.pk}/document").status_code == 200
    assert post(reader, f"/invoices/{draft.pk}/issuance").status_code == 403
    assert Invoice.objects.get().status == "draft"


def test_key_of_the_other_company_finds_nothing(twins: tuple[Twin, Twin], issued: Invoice) -> None:
    stranger = twins[1].with_key()

    for rest in ("", "/document", "/pdf"):
        assert stranger.get(f"/api/v1/invoices/{issued.pk}{rest}").status_code == 404
        forged = stranger.get(f"/api/v1/invoices/{issued.pk}{rest}", headers={"host": twins[0].host})
        assert forged.status_code == 401
    assert post(stranger, f"/invoices/{issued.pk}/voidance", reason="x").status_code == 404
