"""Leads: score, lifecycle, conversion by page and API, several at once."""

from typing import Any

import pytest
from django.test import Client

from tenants.crm.actions import Plan, convert_lead
from tenants.crm.errors import DuplicatesFound, LeadAlreadyConverted, LeadUnqualified
from tenants.crm.models import Account, Contact, Deal, Lead
from tenants.crm.queries import matches_of
from tenants.identity.actions import add_user
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.actions import update_record
from tenants.records.models import Event
from tenants.records.registry import type_named
from tests.factories import Twin, make

NINA = {
    "first_name": "Nina", "last_name": "Rao", "company_name": "Malhar Foods", "email": "nina@malhar.example",
    "phone": "+919820099999", "job_title": "Plant Head", "amount": "250000", "source": "referral", "tags": ["fair"],
}  # fmt: skip


def counts() -> tuple[int, int, int]:
    return Contact.objects.count(), Account.objects.count(), Deal.objects.count()


def test_score_and_what_follows_from_it(company: Twin, by: Actor) -> None:
    cold = make("leads", first_name="Cold")
    warm = make("leads", **NINA)
    hot = make("leads", **NINA | {"email": "other@malhar.example", "has_need": True, "has_budget": True})

    assert (cold.score, cold.temperature, cold.lifecycle) == (0, "cold", "lead")
    assert (warm.score, warm.temperature, warm.lifecycle) == (60, "warm", "mql")
    assert (hot.score, hot.temperature, hot.qualification) == (80, "hot", "2/4")


def test_temperature_somebody_set_is_kept(company: Twin, by: Actor) -> None:
    lead = make("leads", first_name="Cold", temperature="hot")

    assert update_record(record=lead, values={"has_need": True}, by=by).temperature == "hot"


def test_qualified_lead_becomes_sales_qualified(company: Twin, by: Actor) -> None:
    lead = update_record(record=make("leads", **NINA), values={"status": "qualified"}, by=by)

    assert lead.lifecycle == "sql"


def test_conversion_is_no_status_to_write(company: Twin, by: Actor) -> None:
    lead = make("leads", **NINA)
    with pytest.raises(Invalid) as refusal:
        update_record(record=lead, values={"status": "converted"}, by=by)
    assert list(refusal.value.errors) == ["status"]


def test_convert_makes_all_three_and_keeps_links(company: Twin, by: Actor) -> None:
    lead = make("leads", **NINA)

    lead = convert_lead(lead=lead, plan=Plan(), by=by)

    lead = Lead.objects.get(pk=lead.pk)
    assert lead.contact
    assert lead.account
    assert lead.deal
    assert lead.converted_at
    assert (lead.status, lead.lifecycle) == ("converted", "opportunity")
    contact = lead.contact
    assert (contact.name, contact.email, contact.account, contact.tags) == (
        "Nina Rao", "nina@malhar.example", lead.account, ["fair"],
    )  # fmt: skip
    assert (lead.account.name, lead.deal.name, lead.deal.amount) == ("Malhar Foods", "Malhar Foods", 250000)
    assert (lead.deal.stage.name, lead.deal.contact, lead.deal.source) == ("New Lead", contact, "referral")
    assert list(Event.objects.filter(record_id=lead.pk).values_list("name", flat=True)) == [
        "lead.created", "lead.converted",
    ]  # fmt: skip


def test_convert_twice_is_refused_and_changes_nothing(company: Twin, by: Actor) -> None:
    lead = convert_lead(lead=make("leads", **NINA), plan=Plan(), by=by)
    before = counts()

    with pytest.raises(LeadAlreadyConverted):
        convert_lead(lead=lead, plan=Plan(ignores_duplicates=True), by=by)
    assert counts() == before


def test_unqualified_lead_is_not_converted(company: Twin, by: Actor) -> None:
    with pytest.raises(LeadUnqualified):
        convert_lead(lead=make("leads", **NINA | {"status": "unqualified"}), plan=Plan(), by=by)


@pytest.mark.parametrize(
    "known",
    [{"email": "nina@malhar.example"}, {"phone": "+919820099999"}, {"last_name": "Rao"}],
)
def test_duplicates_are_found_and_nothing_is_made(company: Twin, by: Actor, known: dict[str, str]) -> None:
    old = make("contacts", first_name="Nina", **known)
    lead = make("leads", **NINA)
    before = counts()

    with pytest.raises(DuplicatesFound) as refusal:
        convert_lead(lead=lead, plan=Plan(), by=by)

    assert (refusal.value.matches.contacts, refusal.value.field) == ([old], "contact")
    assert counts() == before


def test_chosen_contact_is_linked_and_its_gaps_filled(company: Twin, by: Actor) -> None:
    old = make("contacts", first_name="Nina", email="nina@malhar.example", job_title="Owner")
    account = make("accounts", name="MALHAR foods")
    lead = make("leads", **NINA)
    found = matches_of(lead, by)
    assert (found.contacts, found.accounts) == ([old], [account])

    lead = convert_lead(lead=lead, plan=Plan(contact=old, account=account, makes_deal=False), by=by)

    contact = Contact.objects.get(pk=old.pk)
    assert (lead.contact, lead.account, lead.deal, lead.lifecycle) == (contact, account, None, "sql")
    assert (contact.phone, contact.job_title, contact.account, contact.tags) == (
        "+919820099999", "Owner", account, ["fair"],
    )  # fmt: skip


def test_api_offers_duplicates_then_converts(twins: tuple[Twin, Twin]) -> None:
    twin, client = twins[0], twins[0].with_key()
    with context.inside(twin.place):
        old = make("contacts", first_name="Nina", email="nina@malhar.example")
        lead = make("leads", **NINA)
    path = f"/api/v1/leads/{lead.pk}/conversion"

    offered = client.get(path).json()
    refused = client.post(path, {}, content_type="application/json")
    done = client.post(path, {"contact_id": str(old.pk), "deal_name": "Cold room"}, content_type="application/json")
    again = client.post(path, {}, content_type="application/json")

    assert offered == {"contacts": [{"id": str(old.pk), "name": "Nina"}], "accounts": []}
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        409,
        "duplicates_found",
        "contact",
    )
    assert (done.status_code, done.json()["contact"]["id"], done.json()["deal"]["name"]) == (
        201,
        str(old.pk),
        "Cold room",
    )
    assert (again.status_code, again.json()["code"]) == (409, "lead_already_converted")


@pytest.mark.parametrize(
    ("body", "status"),
    [({"contact_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, 422), ({"contact_id": "x"}, 422), ({"odd": 1}, 422),
     ({"amount": "-1"}, 422), ({"deal_name": "x" * 161}, 422), ([], 422)],
)  # fmt: skip
def test_api_refuses_bad_conversions(twins: tuple[Twin, Twin], body: Any, status: int) -> None:
    with context.inside(twins[0].place):
        lead = make("leads", **NINA)

    answer = twins[0].with_key().post(f"/api/v1/leads/{lead.pk}/conversion", body, content_type="application/json")

    assert answer.status_code == status
    with context.inside(twins[0].place):
        assert Lead.objects.get(pk=lead.pk).converted_at is None


def test_bulk_conversion_answers_for_each(twins: tuple[Twin, Twin]) -> None:
    twin, client = twins[0], twins[0].with_key()
    with context.inside(twin.place):
        make("contacts", first_name="Nina", email="nina@malhar.example")
        known = make("leads", **NINA)
        fresh = make("leads", first_name="Omar")
        bad = make("leads", first_name="Zed", status="unqualified")
    ids = [str(known.pk), str(fresh.pk), str(bad.pk), "01890a5d-ac96-774b-bcce-b302099a8057"]

    rows = client.post("/api/v1/lead-conversions", {"ids": ids}, content_type="application/json").json()["items"]

    assert [(row["id"], row["outcome"], row["code"]) for row in rows] == [
        (ids[0], "refused", "duplicates_found"), (ids[1], "converted", ""), (ids[2], "refused", "lead_unqualified"),
        (ids[3], "refused", "not_found"),
    ]  # fmt: skip
    rows = client.post(
        "/api/v1/lead-conversions", {"ids": ids[:1], "on_duplicate": "link"}, content_type="application/json"
    ).json()["items"]
    assert (rows[0]["outcome"], rows[0]["contact"]["name"]) == ("converted", "Nina")


def test_page_offers_and_converts(twins: tuple[Twin, Twin], owner: Client) -> None:
    twin = twins[0]
    with context.inside(twin.place):
        old = make("contacts", first_name="Nina", email="nina@malhar.example")
        lead = make("leads", **NINA)
    path = f"/leads/{lead.pk}/convert/"

    page = owner.get(path, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert "Already here: Nina" in page.content.decode()
    answer = owner.post(path, {"contact": str(old.pk), "account": "", "makes_deal": "on", "deal_name": "Cold room"})

    assert answer.status_code == 302
    with context.inside(twin.place):
        lead = Lead.objects.get(pk=lead.pk)
        assert (lead.contact_id, lead.deal.name if lead.deal else "") == (old.pk, "Cold room")
    assert owner.get(f"/leads/{lead.pk}/").status_code == 200
    assert owner.get(path).status_code == 409


def test_page_keeps_what_was_typed_when_refused(twins: tuple[Twin, Twin], owner: Client) -> None:
    with context.inside(twins[0].place):
        lead = make("leads", **NINA)

    answer = owner.post(
        f"/leads/{lead.pk}/convert/",
        {"contact": "", "account": "", "makes_deal": "on", "deal_name": "A", "amount": "lots"},
    )

    assert answer.status_code == 422
    assert 'value="lots"' in answer.content.decode()
    with context.inside(twins[0].place):
        assert Lead.objects.get(pk=lead.pk).converted_at is None


def test_readers_may_not_convert(company: Twin) -> None:
    reader = add_user(email="reader@works.example", name="Reader", role="read-only")
    lead = make("leads", **NINA)
    with context.acting(reader.actor), pytest.raises(Denied):
        convert_lead(lead=lead, plan=Plan(), by=reader.actor)


def test_bulk_button_converts_and_tells_why_not(company: Twin, by: Actor) -> None:
    make("contacts", first_name="Nina", email="nina@malhar.example")
    leads = [make("leads", **NINA), make("leads", first_name="Omar")]
    action = next(one for one in type_named("leads").bulk if one.name == "convert")
    values = action.clean(type_named("leads"), {"on_duplicate": "refuse", "makes_deal": "on"}, by)

    results = action.apply_all(leads, values, by)

    assert [(str(one.outcome), one.field) for one in results] == [("failed", "contact"), ("updated", "")]
    assert [lead.converted_at is not None for lead in Lead.objects.order_by("created_at")] == [False, True]
