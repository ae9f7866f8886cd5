"""The list's pages: conditions, cells, groups, totals, previews; each way to ask wrongly."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import QueryDict

from tenants.identity.models import User
from tenants.records.layouts.asking import group_of
from tenants.records.layouts.listing import Listing
from tenants.records.models import SavedView
from tenants.records.registry import type_named
from tests.factories import Twin, make


@pytest.fixture
def rows(company: Twin) -> dict[str, Any]:
    pune = make("accounts", name="Sahyadri", city="Pune", industry="Solar", employees=40)
    goa = make("accounts", name="Konkan", city="Goa", industry="Food", employees=900)
    return {"pune": pune, "goa": goa, "browser": company.signed_in()}


def goes(answer: Any) -> dict[str, Any]:
    """The filter of the list an answer leads to."""
    query = parse_qs(urlsplit(json.loads(answer["HX-Location"])["path"]).query)
    found: dict[str, Any] = json.loads(query["filter"][0]) if "filter" in query else {}
    return found


def test_a_condition_is_chosen_step_by_step(rows: dict[str, Any]) -> None:
    browser = rows["browser"]
    fields = browser.get("/accounts/filter/?layout=list").content.decode()
    assert "field=city" in fields
    assert "Number of" not in fields
    inputs = browser.get("/accounts/filter/?layout=list&field=employees").content.decode()
    assert "is between" in inputs

    one = browser.post("/accounts/filter/?layout=list", {"field": "city", "op": "is", "value": "Pune"})
    two = browser.post(
        "/accounts/filter/?layout=list", {"field": "employees", "op": "between", "value": "1", "value_to": "50"}
    )
    many = browser.post(
        "/accounts/filter/?layout=list", {"field": "city", "op": "in", "value": "Pune, Goa", "typed": "1"}
    )
    none = browser.post("/accounts/filter/?layout=list", {"field": "city", "op": "empty"})

    assert goes(one) == {"all": [{"field": "city", "op": "is", "value": "Pune"}]}
    assert goes(two) == {"all": [{"field": "employees", "op": "between", "value": ["1", "50"]}]}
    assert goes(many) == {"all": [{"field": "city", "op": "in", "value": ["Pune", "Goa"]}]}
    assert goes(none) == {"all": [{"field": "city", "op": "empty"}]}


def test_a_chip_is_edited_in_its_place(rows: dict[str, Any]) -> None:
    tree = {
        "all": [{"field": "city", "op": "is", "value": "Pune"}, {"field": "industry", "op": "is", "value": "Solar"}]
    }
    query = urlencode({"layout": "list", "at": 0, "filter": json.dumps(tree)})

    answer = rows["browser"].post(f"/accounts/filter/?{query}", {"field": "city", "op": "is_not", "value": "Goa"})

    assert goes(answer) == {"all": [{"field": "city", "op": "is_not", "value": "Goa"}, tree["all"][1]]}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"field": "employees", "op": "gt", "value": "lots"}, "whole number"),
        ({"field": "city", "op": "is", "value": ""}, "Give a value"),
        ({"field": "shoe_size", "op": "is", "value": "1"}, "Find a field"),
        ({"field": "created_at", "op": "in_last_days", "value": "many"}, "number of days"),
    ],
)
def test_a_refused_condition_comes_back_with_its_reason(rows: dict[str, Any], sent: dict[str, str], words: str) -> None:
    answer = rows["browser"].post("/accounts/filter/?layout=list", sent)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_the_builder_takes_nested_groups_and_shows_faults_at_their_row(rows: dict[str, Any]) -> None:
    browser = rows["browser"]
    city = {"field": "city", "op": "is", "value": "Pune"}
    tree = {
        "any": [
            {"all": [city, {"not": {"any": [{"field": "owner", "op": "me"}]}}]},
            {"field": "industry", "op": "empty"},
        ]
    }

    assert goes(browser.post("/accounts/filter/all/?layout=list", {"tree": json.dumps(tree)})) == tree
    shown = browser.get(f"/accounts/filter/all/?{urlencode({'filter': json.dumps(tree)})}").content.decode()
    assert shown.count("data-ask-group=") == 3
    assert "None of these holds" in shown
    wrong = {"all": [city, {"field": "employees", "op": "gt", "value": "lots"}]}
    refused = browser.post("/accounts/filter/all/?layout=list", {"tree": json.dumps(wrong)})
    assert (refused.status_code, "whole number" in refused.content.decode()) == (422, True)
    assert browser.post("/accounts/filter/all/?layout=list", {"tree": "{"}).status_code == 422


def test_what_the_builder_cannot_draw_is_kept(company: Twin) -> None:
    deep = {"not": {"field": "city", "op": "is", "value": "Pune"}}
    drawn = group_of(type_named("accounts"), {"all": [deep]})

    assert json.loads(drawn.parts[0].json) == deep
    assert drawn.parts[0].words == "not (City is Pune)"


def test_choices_of_a_relation_are_found_by_typing(rows: dict[str, Any]) -> None:
    found = rows["browser"].get(f"/contacts/filter/choices/?field=account&q=sahya&value={rows['goa'].pk}&shape=many")
    text = found.content.decode()

    assert "Sahyadri" in text
    assert "Konkan" in text  # chosen already
    assert "SENTINEL" not in text
    assert rows["browser"].get("/contacts/filter/choices/?field=city").status_code == 422


@pytest.mark.parametrize(
    ("field", "sent", "expected"),
    [
        ("city", {}, {"field": "city", "op": "is", "value": "Pune"}),
        ("city", {"not": "1"}, {"field": "city", "op": "is_not", "value": "Pune"}),
        ("employees", {}, {"field": "employees", "op": "is", "value": "40"}),
        ("website", {}, {"field": "website", "op": "empty"}),
        ("website", {"not": "1"}, {"field": "website", "op": "not_empty"}),
    ],
)
def test_a_cells_value_filters(
    rows: dict[str, Any], field: str, sent: dict[str, str], expected: dict[str, Any]
) -> None:
    answer = rows["browser"].post(f"/accounts/{rows['pune'].pk}/filter/{field}/?layout=list", sent)

    assert goes(answer) == {"all": [expected]}
    assert rows["browser"].get(json.loads(answer["HX-Location"])["path"]).status_code == 200


def test_chips_speak_plainly(rows: dict[str, Any]) -> None:
    tree = {"all": [
        {"field": "account.city", "op": "is", "value": "Pune"},
        {"field": "account", "op": "in", "value": [str(rows["pune"].pk), str(rows["goa"].pk)]},
        {"field": "created_at", "op": "during", "value": "this_month"},
        {"field": "created_at", "op": "in_last_days", "value": 30},
        {"field": "owner", "op": "me"},
        {"any": [{"field": "name", "op": "contains", "value": "a"}, {"field": "phone", "op": "not_empty"}]},
    ]}  # fmt: skip
    owner = User.objects.get(role__slug="owner").actor
    listing = Listing(type_named("contacts"), owner, QueryDict(urlencode({"filter": json.dumps(tree)})))

    said = [" ".join(filter(None, (chip.label, chip.operator, chip.value))) for chip in listing.chips]

    assert said == [
        "Account › City is Pune",
        "Account is one of Sahyadri, Konkan",
        "Created is in this month",
        "Created in the last 30 days",
        "Owner is me",
        "Name contains a or Phone is filled",
    ]


def test_groups_have_counts_and_more_rows(company: Twin) -> None:
    for number in range(23):
        make("contacts", first_name=f"Web {number:02}", source="website")
    make("contacts", first_name="Fair", source="referral")
    browser = company.signed_in()

    page = browser.get("/contacts/?view=all&group=source&sort=name").content.decode()

    assert page.count("data-group=") == 3
    assert page.count('data-id="') == 10 + 1 + 1
    more = browser.get("/contacts/group/?view=all&group=source&sort=name&value=website&skip=10").content.decode()
    assert [f"Web {n:02}" in more for n in (9, 10, 22)] == [False, True, True]
    assert browser.get("/contacts/?view=all&group=shoe_size").status_code == 200


def test_a_big_list_counts_with_a_second_request(company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.records.layouts.listing.BIG", 0)
    browser = company.signed_in()

    page = browser.get("/contacts/?view=all").content.decode()

    assert "/contacts/total/" in page
    assert 'data-total="1"' in browser.get("/contacts/total/?view=all").content.decode()


def test_a_preview_shows_the_record(rows: dict[str, Any]) -> None:
    page = rows["browser"].get(f"/accounts/{rows['pune'].pk}/preview/").content.decode()

    assert "<html" not in page
    assert "Sahyadri" in page
    assert "Pune" in page


@pytest.mark.parametrize("query", ["sort=shoe_size", "filter=%7B", "filter=[]", "after=nonsense"])
def test_an_address_that_makes_no_sense_is_refused(rows: dict[str, Any], query: str) -> None:
    assert rows["browser"].get(f"/accounts/?view=all&{query}").status_code in (400, 422)


@pytest.mark.parametrize("query", ["columns=shoe_size", "columns=", "group=x", "q=%00", "view=nonsense"])
def test_what_an_address_cannot_have_is_passed_over(rows: dict[str, Any], query: str) -> None:
    assert rows["browser"].get(f"/accounts/?{query}").status_code == 200


def test_a_cell_is_edited_refused_and_met_by_another(rows: dict[str, Any]) -> None:
    browser, pune = rows["browser"], rows["pune"]
    url = f"/accounts/{pune.pk}/field/employees/?in=list"
    drawn = browser.get(url).content.decode()
    was = drawn.partition('name="was" value="')[2].partition('"')[0]

    refused = browser.post(url, {"employees": "lots", "was": was})
    assert (refused.status_code, "whole number" in refused.content.decode()) == (422, True)
    saved = browser.post(url, {"employees": "55", "was": was})
    assert (saved.status_code, "55" in saved.content.decode()) == (200, True)
    late = browser.post(url, {"employees": "66", "was": was})
    assert (late.status_code, "55" in late.content.decode(), "66" in late.content.decode()) == (409, True, True)
    pune.refresh_from_db()
    assert pune.employees == 55


def test_a_group_is_put_away_and_brought_back(company: Twin) -> None:
    make("contacts", first_name="Near", city="Pune", source="website")
    make("contacts", first_name="Far", city="Nashik", source="referral")
    browser = company.signed_in()
    grouped = "/contacts/?view=all&group=source"

    hidden = browser.get(f"{grouped}&hide=website,none").content.decode()

    assert ("Far" in hidden, "Near" in hidden) == (True, False)
    assert "2 groups are hidden" in hidden
    assert "hide=-" not in browser.get(grouped).content.decode()
    assert "groups are hidden" not in browser.get(f"{grouped}&hide=-").content.decode()
    assert "Near" in browser.get("/contacts/?view=all&group=city&hide=-").content.decode()


def test_hidden_groups_are_saved_with_the_view(company: Twin) -> None:
    browser = company.signed_in()
    browser.post("/contacts/views/new/?layout=list&group=source&hide=website", {"name": "Sources"})

    view = SavedView.objects.get(name="Sources")

    assert view.settings == {"hidden_groups": ["website"], "density": "normal"}
    page = browser.get(f"/contacts/?view={view.pk}").context["listing"]
    assert (page.hidden_groups, page.is_changed) == (["website"], False)
    assert browser.get(f"/contacts/?view={view.pk}&group=owner").context["listing"].hidden_groups == []
