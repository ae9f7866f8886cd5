"""Merging by page and by API."""

from typing import Any

import pytest

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.records.models import Merge
from tests.factories import Twin, make
from tests.records.counting import queries_in
from tests.records.staff import person


@pytest.fixture
def two(company: Twin) -> list[Any]:
    first = make("contacts", first_name="Asha", last_name="Rao", email="asha@x.example")
    second = make("contacts", first_name="A.", last_name="Rao", city="Pune")
    make("deals", name="Rooftop", contact=second.pk)
    return [first, second]


def query(records: list[Any]) -> str:
    return "&".join(f"ids={one.pk}" for one in records)


def test_the_page_proposes_and_tells_what_moves(owner: Any, two: list[Any]) -> None:
    page = owner.get(f"/contacts/merge/?{query(two)}").content.decode()

    assert f'name="keep" value="{two[0].pk}" data-keep checked' in page
    assert f'name="take.city" value="{two[1].pk}" data-of="{two[1].pk}" checked' in page
    assert "<b" in page
    assert "deals" in page


def test_the_page_merges_and_undo_parts_again(owner: Any, company: Twin, two: list[Any]) -> None:
    sent = {"keep": str(two[0].pk), "take.first_name": str(two[1].pk)}

    done = owner.post(f"/contacts/merge/?{query(two)}", sent)
    with context.inside(company.place):
        merge = Merge.objects.get()
        kept = Contact.objects.get(pk=two[0].pk)
    assert (done.status_code, done["Location"]) == (302, f"/contacts/{two[0].pk}/")
    assert (kept.first_name, kept.city) == ("A.", "Pune")
    assert owner.get(f"/merges/{merge.pk}/").status_code == 200
    assert b"Asha" in owner.get("/merges/").content or b"A. Rao" in owner.get("/merges/").content
    assert b"merged others into this" in owner.get(f"/contacts/{two[0].pk}/").content

    undone = owner.post(f"/merges/{merge.pk}/undo/", headers={"HX-Request": "true"})

    assert (undone.status_code, undone["HX-Redirect"]) == (204, f"/merges/{merge.pk}/")
    with context.inside(company.place):
        assert Contact.objects.get(pk=two[0].pk).first_name == "Asha"
        assert Contact.objects.get(pk=two[1].pk).deleted_at is None


@pytest.mark.parametrize(
    "bad", ["", "ids=nonsense", "ids=01890a5d-ac96-774b-bcce-b302099a8057&ids=01890a5d-ac96-774b-bcce-b302099a8058"]
)
def test_a_bad_selection_is_refused(owner: Any, bad: str) -> None:
    assert owner.get(f"/contacts/merge/?{bad}").status_code == 422


def test_a_page_without_a_choice_comes_back(owner: Any, two: list[Any]) -> None:
    answer = owner.post(f"/contacts/merge/?{query(two)}", {"keep": ""})

    assert answer.status_code == 422
    assert b"Choose the record that stays." in answer.content


def test_the_bar_leads_to_the_page(owner: Any, two: list[Any]) -> None:
    answer = owner.get(f"/contacts/bulk/merge/?{query(two)}", headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == f"/contacts/merge/?{query(two)}"


def test_the_api_merges_tells_and_undoes(company: Twin, two: list[Any]) -> None:
    key = company.with_key()
    body = {"ids": [str(one.pk) for one in two], "keep": str(two[0].pk), "values": {"city": "Surat"}}

    made = key.post("/api/v1/contacts/merge", body, content_type="application/json")
    merge = made.json()

    assert (made.status_code, merge["kept_id"], merge["merged_ids"]) == (200, str(two[0].pk), [str(two[1].pk)])
    assert merge["moved"]["deals"] == 1
    assert key.get(f"/api/v1/contacts/{two[0].pk}").json()["city"] == "Surat"
    assert key.get(f"/api/v1/merges/{merge['id']}").json()["undone_at"] is None
    undone = key.post(f"/api/v1/merges/{merge['id']}/undo")
    assert (undone.status_code, undone.json()["restored"], undone.json()["left"]) == (200, 1, [])
    assert key.post(f"/api/v1/merges/{merge['id']}/undo").status_code == 409


def test_who_may_and_who_may_not(twins: tuple[Twin, Twin], client: Any, two: list[Any]) -> None:
    with context.inside(twins[0].place):
        seller = person("s@x.example")
    url = f"/contacts/merge/?{query(two)}"

    assert client.get(url).status_code == 302
    assert twins[0].signed_in(seller.email).get(url).status_code == 403
    assert twins[1].signed_in().get(url).status_code == 422
    assert twins[0].signed_in().get(url).status_code == 200


def test_the_page_costs_the_same_for_three(owner: Any, company: Twin, two: list[Any]) -> None:
    more = [*two, make("contacts", first_name="Asha", last_name="Rao", phone="+919820011843")]
    owner.get(f"/contacts/merge/?{query(two)}")

    assert queries_in(lambda: owner.get(f"/contacts/merge/?{query(more)}")) == queries_in(
        lambda: owner.get(f"/contacts/merge/?{query(two)}")
    )
