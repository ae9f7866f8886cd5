"""Palette, results page, figures, API: what each door answers to whom."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.enums import SearchDoor
from tenants.records.models import SearchLog
from tenants.records.search import figures
from tenants.records.search.reindexing import reindex_all
from tests.factories import Twin, make
from tests.records.counting import queries_in

PALETTE = "/search/palette/"


def logged(twin: Twin) -> list[tuple[str, int, str, str]]:
    with context.inside(twin.place):
        rows = SearchLog.objects.order_by("id")
        return list(rows.values_list("text", "found", "door", "picked_type"))


def test_palette_answers_options_without_the_page(twins: tuple[Twin, Twin], owner: Client) -> None:
    html = owner.get(PALETTE, {"q": "11842"}, headers={"hx-request": "true"}).content.decode()

    assert "<html" not in html
    assert html.count(f'data-picked="contacts/{twins[0].contact_id}"') == 1
    assert f'href="/contacts/{twins[0].contact_id}/"' in html
    assert "All results for “11842”" in html


def test_palette_finds_pages_and_actions(owner: Client) -> None:
    html = owner.get(PALETTE, {"q": "deal"}).content.decode()
    assert 'hx-get="/deals/new/"' in html

    html = owner.get(PALETTE, {"q": "peop"}).content.decode()
    assert 'href="/settings/people/"' in html


def test_palette_knows_the_record_of_the_page(twins: tuple[Twin, Twin], owner: Client) -> None:
    twin = twins[0]
    html = owner.get(PALETTE, {"at": f"/contacts/{twin.contact_id}/", "q": "edit"}).content.decode()

    assert f'hx-get="/contacts/{twin.contact_id}/edit/"' in html
    for at in ("/contacts/none/", f"/rockets/{twin.contact_id}/", f"/deals/{twin.contact_id}/", "x" * 3000):
        assert owner.get(PALETTE, {"at": at}).status_code == 200


def test_empty_palette_shows_recent_searches_and_records(twins: tuple[Twin, Twin], owner: Client) -> None:
    twin, other = twins
    owner.get("/search/", {"q": "nair"})
    paths = f"/contacts/{twin.contact_id}/,/deals/{other.deal_id}/,/x/,/deals/{twin.deal_id}/"
    html = owner.get(PALETTE, {"viewed": paths}).content.decode()

    assert 'data-again-text="nair"' in html
    assert html.index(f"contacts/{twin.contact_id}") < html.index(f"deals/{twin.deal_id}")
    assert str(other.deal_id) not in html

    assert owner.post("/search/recent/forgotten/").headers["HX-Trigger"] == "palette:again"
    assert "data-again-text" not in owner.get(PALETTE).content.decode()


@pytest.mark.parametrize("text", ["type:rockets", "stagee:won", "amount>x type:deals"])
def test_palette_shows_why_a_search_makes_no_sense(owner: Client, text: str) -> None:
    response = owner.get(PALETTE, {"q": text})

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("text", ["\x00", "%00", "'", '"', "\\", "<script>", "a" * 5000, "((((", "🦄", "-", "a:", ":b"])
def test_nothing_typed_breaks_a_page(owner: Client, text: str) -> None:
    for path in (PALETTE, "/search/"):
        response = owner.get(path, {"q": text})
        assert response.status_code == 200
        assert "<script>" not in response.content.decode().split("<main", 1)[-1]


def test_results_by_type_and_page(twins: tuple[Twin, Twin], owner: Client) -> None:
    with context.inside(twins[0].place, actor=robot()):
        for number in range(30):
            make("accounts", name=f"Paged {number:02}")
    all_types = owner.get("/search/", {"q": "paged"}).content.decode()
    assert all_types.count('class="result"') == 5
    assert '<span class="num">30</span>' in all_types

    first = owner.get("/search/", {"q": "paged", "type": "accounts"}).content.decode()
    second = owner.get("/search/", {"q": "paged", "type": "accounts", "page": "2"}).content.decode()
    assert (first.count('class="result"'), second.count('class="result"')) == (25, 5)
    assert "page=2" in first
    assert "Paged 29" in first
    assert "Paged 29" not in second
    for page in ("0", "x", "999999", "-1"):
        assert owner.get("/search/", {"q": "paged", "type": "accounts", "page": page}).status_code == 200


def test_a_search_that_finds_nothing_says_so(owner: Client) -> None:
    assert "Nothing has “qqqqzz”" in owner.get("/search/", {"q": "qqqqzz"}).content.decode()
    assert "How to search" in owner.get("/search/").content.decode()


def test_visitors_are_sent_to_sign_in(client: Client) -> None:
    for path in (PALETTE, "/search/", "/settings/search/"):
        assert client.get(path, {"q": "nair"}).status_code in (302, 403)
    assert client.post("/search/notes/", {"q": "x"}).status_code in (302, 403)
    assert client.get("/api/v1/search", {"q": "nair"}).status_code == 401


def test_a_search_is_noted_once_while_it_is_typed(twins: tuple[Twin, Twin], owner: Client) -> None:
    owner.post("/search/notes/", {"q": "na", "found": "3"})
    owner.post("/search/notes/", {"q": "nair", "found": "1", "picked": f"contacts/{twins[0].contact_id}"})
    owner.post("/search/notes/", {"q": "other", "found": "x", "picked": "rockets/1"})
    owner.post("/search/notes/", {"q": "other", "found": "-5", "picked": ""})

    assert logged(twins[0]) == [("nair", 1, "palette", "contacts"), ("other", 0, "palette", "")]


def test_figures_tell_what_is_never_found(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, actor=robot()):
        for text, found in (("Gold", 0), ("gold", 0), ("silver", 0), ("silver", 2), ("nair", 1)):
            SearchLog.objects.create(text=text, folded=text.lower(), found=found, door=SearchDoor.API)

        assert figures.totals(30) == {"searches": 5, "people": 0, "nothing": 3, "picked": 0}
        assert [(term["folded"], term["searches"]) for term in figures.terms(30)][:2] == [("silver", 2), ("gold", 2)]
        assert [term["folded"] for term in figures.terms(30, only_nothing=True)] == ["gold"]


def test_figures_page_is_for_those_who_run_the_company(twins: tuple[Twin, Twin], owner: Client) -> None:
    from tenants.identity.actions import add_user
    from tests.factories import client_for

    owner.get("/search/", {"q": "qqqqzz"})
    html = owner.get("/settings/search/").content.decode()
    assert "qqqqzz" in html
    assert owner.get("/settings/search/", {"days": "x"}).status_code == 422

    with context.inside(twins[0].place, actor=robot()):
        rep = client_for(add_user(email="rep@alpha.example", name="Rep", role="sales-rep"), twins[0].host)
    assert rep.get("/settings/search/").status_code == 403
    assert rep.get("/api/v1/search/figures").status_code == 403


def test_api_search(twins: tuple[Twin, Twin]) -> None:
    twin = twins[0]
    api = twin.with_key()
    found = api.get("/api/v1/search", {"q": "priya@customer.example"}).json()
    assert found == {
        "items": [{
            "type": "contacts", "id": str(twin.contact_id), "title": f"{twin.sentinel} Nair", "subtitle": "",
            "url": f"/contacts/{twin.contact_id}/", "match": "exact",
        }],
        "next": None, "total": 1, "corrected": "",
    }  # fmt: skip

    assert {
        hit["type"] for hit in api.get("/api/v1/search", {"q": twin.sentinel, "types": "deals"}).json()["items"]
    } == {"deals"}
    assert len(api.get("/api/v1/search", {"q": twin.sentinel, "limit": "2"}).json()["items"]) == 2
    assert api.get("/api/v1/search", {"q": twins[1].sentinel}).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": ""}, "q"), ({}, "q"), ({"q": "x" * 201}, "q"), ({"q": "x", "limit": "0"}, "limit"),
        ({"q": "x", "types": "rockets"}, "types"), ({"q": "stagee:won type:deals"}, "q"),
    ],
)  # fmt: skip
def test_api_refusals_name_the_field(twins: tuple[Twin, Twin], query: dict[str, str], field: str) -> None:
    response = twins[0].with_key().get("/api/v1/search", query)

    assert response.status_code == 422
    assert field in response.content.decode()


def test_suggestions(twins: tuple[Twin, Twin]) -> None:
    api = twins[0].with_key()
    api.get("/api/v1/search", {"q": "nair"})
    found = api.get("/api/v1/search/suggestions", {"q": "nai"}).json()["items"]

    assert found == [
        {"text": "nair", "kind": "recent"}, {"text": f"{twins[0].sentinel} Nair", "kind": "title"},
    ]  # fmt: skip
    assert api.get("/api/v1/search/suggestions").json()["items"] == [{"text": "nair", "kind": "recent"}]


def test_palette_costs_the_same_for_more_rows(twins: tuple[Twin, Twin], owner: Client) -> None:
    def cost() -> int:
        return queries_in(lambda: owner.get(PALETTE, {"q": "costly"}))

    with context.inside(twins[0].place, actor=robot()):
        make("accounts", name="Costly 1")
    owner.get(PALETTE, {"q": "costly"})
    one = cost()
    with context.inside(twins[0].place, actor=robot()):
        make("accounts", name="Costly 2")
        make("accounts", name="Costly 3")

    assert cost() == one
    assert one <= 8


def test_reindexing_mends_what_is_missing_and_drops_what_is_gone(company: Twin) -> None:
    from tenants.crm.models import Account
    from tenants.records.models import SearchEntry
    from tenants.records.search.answers import search

    SearchEntry.objects.filter(record_id=company.contact_id).delete()
    Account.objects.filter(pk=company.account_id).update(name="Raw write")
    gone = make("accounts", name="Gone tomorrow")
    Account.objects.filter(pk=gone.pk).delete()
    reindex_all()

    assert [hit.title for hit in search(robot(), "11842").hits] == [f"{company.sentinel} Nair"]
    assert search(robot(), "raw write", types=["accounts"]).hits[0].title == "Raw write"
    assert search(robot(), "tomorrow").hits == []


def test_searches_are_forgotten_after_half_a_year(company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    old = SearchLog.objects.create(text="old", folded="old", found=0, door=SearchDoor.API)
    SearchLog.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=181))
    monkeypatch.setattr(figures, "TIDY_EVERY", 1)
    figures.note_search(text="new", found=0, door=SearchDoor.API, by=robot())

    assert list(SearchLog.objects.values_list("text", flat=True)) == ["new"]
