"""What is found, in which order, by whom."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.actions import delete_record, restore_record, update_record
from tenants.records.queries import record_for, rows_matching
from tenants.records.registry import record_types, type_named
from tenants.records.search.answers import search
from tenants.records.search.finding import NEWEST
from tests.factories import Twin, make
from tests.records.counting import queries_in
from tests.records.search.conftest import actor_with

Titles = Callable[..., list[str]]


@pytest.fixture
def people(company: Twin) -> None:
    make("contacts", first_name="José", last_name="García", email="jose@norte.example", phone="+34911234567")
    make("contacts", first_name="Zofia", last_name="Łódzka", email="zofia@lodz.example")
    make("contacts", first_name="Йордан", last_name="Плевенски")
    make("contacts", first_name="राम", last_name="शर्मा")
    make("accounts", name="Garcia Solar", city="Łódź")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("garcia", ["Garcia Solar", "José García"]),
        ("GARCÍA", ["Garcia Solar", "José García"]),
        ("jos gar", ["José García"]),
        ("lodz", ["Garcia Solar", "Zofia Łódzka"]),
        ("Łódź", ["Garcia Solar", "Zofia Łódzka"]),
        ("плев", ["Йордан Плевенски"]),
        ("ПЛЕВЕН", ["Йордан Плевенски"]),
        ("шарм", []),
        ("शर्म", ["राम शर्मा"]),
        ("राम", ["राम शर्मा"]),
        ("arci", ["Garcia Solar", "José García"]),
        ("11234", ["José García"]),
        ("911 234 567", ["José García"]),
        ("0911 234 567", ["José García"]),
        ("+34 911-234-567", ["José García"]),
        ("@norte", ["José García"]),
        ("jose@nor", ["José García"]),
        ("norte.example", ["José García"]),
        ("jose solar", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("'; drop", []),
        ("a' | 'b", []),
    ],
)
def test_words_beginnings_and_pieces(titles: Titles, text: str, found: list[str]) -> None:
    assert sorted(titles(text)) == sorted(found)


def test_the_twins_contact_by_fragment(company: Twin, titles: Titles) -> None:
    for text in ("11842", "@customer", "priya@cust", "98200 11842"):
        assert titles(text) == [f"{company.sentinel} Nair"]


def test_order_is_title_then_words_then_beginnings_then_pieces(company: Twin, titles: Titles) -> None:
    make("accounts", name="Bigsun Ltd")
    make("accounts", name="The Sunny Side")
    make("accounts", name="Old Sun House")
    make("accounts", name="Sun and Sea")
    make("accounts", name="Sun")

    assert titles("sun") == ["Sun", "Sun and Sea", "Old Sun House", "The Sunny Side", "Bigsun Ltd"]


def test_of_equals_the_newest_comes_first(company: Twin, titles: Titles) -> None:
    for number in range(3):
        make("accounts", name="Twin", city=f"C{number}")

    found = search(robot(), "twin").hits

    assert [hit.record_id for hit in found] == sorted((hit.record_id for hit in found), reverse=True)


def test_old_whole_titles_come_before_many_new_beginnings(company: Twin, titles: Titles, monkeypatch) -> None:
    monkeypatch.setattr("tenants.records.search.finding.NEWEST", 3)
    make("accounts", name="Sol")
    for number in range(8):
        make("accounts", name=f"Solar {number}")

    assert NEWEST == 800
    assert titles("sol", limit=3) == ["Sol", "Solar 7", "Solar 6"]
    assert titles("olar 0", limit=3) == ["Solar 0"]
    assert titles("so", limit=3) == ["Solar 7", "Solar 6", "Solar 5"]


def test_where_the_newest_have_too_few_the_next_are_looked_at_not_the_index(
    company: Twin, titles: Titles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.records.search.finding.NEWEST", 3)
    for name in (*(f"Farther {number}" for number in range(7)), "Other", "Another", "Farther 7"):
        make("accounts", name=name)

    with CaptureQueriesContext(connection) as asked:
        found = titles("farth")

    assert found == [f"Farther {number}" for number in (7, 6, 5, 4, 3)]
    begun = [one["sql"] for one in asked if "''farth'':*" in one["sql"]]
    assert begun
    assert all("#stages" in sql and "#accounts" not in sql for sql in begun)


def test_the_index_is_not_asked_for_types_of_which_the_newest_are_all(company: Twin, titles: Titles) -> None:
    make("accounts", name="Shallow water")

    with CaptureQueriesContext(connection) as asked:
        found = titles("shall")

    assert found == ["Shallow water"]
    assert not [one["sql"] for one in asked if "@@" in one["sql"] or "grams @>" in one["sql"]]


@pytest.mark.parametrize("newest", [1, 800])
def test_a_title_that_begins_with_a_zero(newest: int, titles: Titles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.records.search.finding.NEWEST", newest)
    for name in ("024 Carat", "Plain"):
        make("accounts", name=name)

    assert titles("024") == ["024 Carat"]


def test_every_type_with_search_is_found(company: Twin) -> None:
    found = {hit.record_type for hit in search(robot(), company.sentinel).hits}

    assert {"contacts", "accounts", "deals"} <= found
    assert found <= {one.name for one in record_types()}


def test_a_phrase_stands_together_and_in_one_text(company: Twin, titles: Titles) -> None:
    make("accounts", name="Blue Solar Roof", city="Pune")
    make("accounts", name="Roof of Solar", city="Blue")

    assert titles('"solar roof"') == ["Blue Solar Roof"]
    assert titles('"roof pune"') == []
    assert titles('roof "solar"') == ["Roof of Solar", "Blue Solar Roof"]


def test_external_ids_and_tags_are_searched(company: Twin, titles: Titles) -> None:
    account = make("accounts", name="Plain")
    update_record(record=account, values={"tags": ["fair-2026"]}, by=robot())

    assert titles("fair-2026") == ["Plain"]


def test_binned_records_are_not_found_until_restored(company: Twin, titles: Titles) -> None:
    account = make("accounts", name="Quicksand")
    delete_record(record=account, by=robot())
    assert titles("quicksand") == []

    account.refresh_from_db()
    restore_record(record=account, by=robot())
    assert titles("quicksand") == ["Quicksand"]


def test_changes_are_found_at_once(company: Twin, titles: Titles) -> None:
    account = make("accounts", name="Before")
    update_record(record=account, values={"name": "Afterwards"}, by=robot())

    assert titles("before") == []
    assert titles("afterw") == ["Afterwards"]


def test_only_what_the_actor_may_see(company: Twin, titles: Titles) -> None:
    reader = actor_with(contacts={"view"}, accounts={"view"})
    found = search(reader, company.sentinel)

    assert {hit.record_type for hit in found.hits} == {"contacts", "accounts"}
    assert found.counts(reader) == {"contacts": 1, "accounts": 1}
    assert search(actor_with(), company.sentinel).hits == []


def test_rows_that_visible_to_hides_are_passed_over(company: Twin, monkeypatch) -> None:
    """A narrower door leaves neither hits nor counts behind, however many there are."""
    from tenants.records.search import answers, finding

    seen = make("accounts", name="Narrow 0")
    for number in range(1, 6):
        make("accounts", name=f"Narrow {number}")
    real = finding.visible_to
    monkeypatch.setattr(
        finding, "visible_to", lambda actor, t: real(actor, t).exclude(name__in=[f"Narrow {n}" for n in range(1, 6)])
    )
    monkeypatch.setattr(answers, "visible_to", finding.visible_to)
    found = search(robot(), "narrow", types=["accounts"], limit=2)

    assert [hit.record_id for hit in found.hits] == [seen.pk]
    assert found.counts(robot()) == {"accounts": 1}


def test_two_companies_do_not_meet(twins: tuple[Twin, Twin]) -> None:
    for here, there in (twins, twins[::-1]):
        with context.inside(here.place, actor=robot()):
            assert search(robot(), here.sentinel).hits
            assert search(robot(), there.sentinel).hits == []


def test_the_quick_search_of_lists_is_the_same_language(company: Twin) -> None:
    contacts = type_named("contacts")
    for text in ("nair", "11842", "@customer", "air 1184", company.sentinel[:6], "n"):
        assert [row.pk for row in rows_matching(robot(), contacts, text=text)] == [company.contact_id], text
    for text in ("xyz", "***", "nair xyz"):
        assert list(rows_matching(robot(), contacts, text=text)) == [], text


def test_queries_do_not_grow_with_rows(company: Twin) -> None:
    make("accounts", name="Growing 1")
    one = queries_in(lambda: search(robot(), "growing").hits)
    for number in range(2):
        make("accounts", name=f"Growing {number}")
    three = queries_in(lambda: search(robot(), "growing").hits)

    assert one == three
    assert one <= 3


def test_entries_follow_a_renamed_account(company: Twin, titles: Titles) -> None:
    from tenants.records.models import Event
    from tenants.records.search.following import renew_dependents

    account = record_for(robot(), type_named("accounts"), company.account_id)
    update_record(record=account, values={"name": "Renamed Works"}, by=robot())
    assert f"{company.sentinel} Nair" not in titles("renamed")

    renew_dependents(Event.objects.filter(name="account.updated").latest("id"))

    assert f"{company.sentinel} Nair" in titles("renamed")


@pytest.mark.usefixtures("company")
def test_of_groups_that_fit_equally_the_one_named_so_comes_first() -> None:
    deal = make("deals", name="Roof of the windmill")
    make("tasks", name="Call back", about_type="deals", about_id=deal.pk)  # newer, and about it

    answer = search(robot(), "windmill")

    assert [group.record_type.name for group in answer.groups] == ["deals", "tasks"]
