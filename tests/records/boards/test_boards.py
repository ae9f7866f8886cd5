"""Boards: columns and their figures, more cards, moves and what they lack."""

import json
from typing import Any

import pytest
from django.http import QueryDict

from tenants.identity.models import User
from tenants.kernel.errors import Invalid
from tenants.records.layouts.boards import board_fields, board_of
from tenants.records.layouts.listing import Listing
from tenants.records.registry import type_named
from tests.factories import Twin, make


@pytest.fixture
def owner_actor(company: Twin) -> Any:
    return User.objects.get(role__slug="owner").actor


def listing(actor: Any, type_name: str, query: str = "") -> Listing:
    return Listing(type_named(type_name), actor, QueryDict(query), layout="board")


def test_any_select_or_relation_can_be_the_columns(owner_actor: Any) -> None:
    names = [field.name for field in board_fields(type_named("deals"))]

    assert names[0] == "stage"
    assert {"account", "owner", "source"} <= set(names)
    with pytest.raises(Invalid):
        board_of(listing(owner_actor, "deals", "by=amount"))


def test_rows_without_a_value_have_a_column_too(owner_actor: Any) -> None:
    make("contacts", first_name="Web", source="website")
    make("contacts", first_name="None", source="")

    board = board_of(listing(owner_actor, "contacts", "by=source"))

    counts = {column.value: column.count for column in board.columns if column.count}
    assert counts == {"": 2, "website": 1}  # the twin's own contact has no source
    assert board.columns[0].label == "No source"


def test_money_of_different_currencies_is_never_added(owner_actor: Any) -> None:
    make("deals", name="Rupees", amount="1000", currency="INR", source="website")
    make("deals", name="Euros", amount="50", currency="EUR", source="website")

    board = board_of(listing(owner_actor, "deals", "by=source"))

    column = next(one for one in board.columns if one.value == "website")
    assert (column.count, column.figures.total_text) == (2, "₹1,000 + €50")


def test_a_column_brings_15_and_then_the_rest(company: Twin, owner_actor: Any) -> None:
    for number in range(30):
        make("contacts", first_name=f"Web {number:02}", source="website")
    browser = company.signed_in()
    board = board_of(listing(owner_actor, "contacts", "by=source"))
    column = next(one for one in board.columns if one.value == "website")

    more = browser.get(
        f"/contacts/board/more/?by=source&column=website&after={column.cards[-1].pk}&shown=15&all=30"
    ).content.decode()

    assert (len(column.cards), column.count, column.has_more) == (15, 30, True)
    assert more.count("data-card=") == 15
    assert not any(str(card.pk) in more for card in column.cards)
    assert "Load more" not in more


def test_a_move_answers_with_the_figures_of_both_columns_and_can_be_undone(company: Twin) -> None:
    browser = company.signed_in()
    contact = make("contacts", first_name="Mover", source="website")
    url = f"/contacts/{contact.pk}/move/"

    moved = browser.post(url, {"by": "source", "column": "referral", "query": "view=all"})

    contact.refresh_from_db()
    assert (moved.status_code, contact.source) == (200, "referral")
    assert 'id="count-website"' in moved.content.decode()
    assert 'id="count-referral"' in moved.content.decode()
    undo = json.loads(moved["HX-Trigger"])["toast"]["undo_url"]
    assert json.loads(browser.post(undo)["HX-Trigger"])["listing:refresh"] is True
    contact.refresh_from_db()
    assert contact.source == "website"


def test_a_move_to_nowhere_changes_nothing(company: Twin) -> None:
    contact = make("contacts", first_name="Mover", source="website")

    answer = company.signed_in().post(f"/contacts/{contact.pk}/move/", {"by": "source", "column": "thin air"})

    contact.refresh_from_db()
    assert (answer.status_code, contact.source) == (422, "website")
    assert json.loads(answer["HX-Trigger"])["toast"]["tone"] == "bad"


def test_a_card_goes_to_the_bin_and_back(company: Twin) -> None:
    browser = company.signed_in()
    contact = make("contacts", first_name="Binned")

    dropped = browser.post(f"/contacts/{contact.pk}/drop/")
    contact.refresh_from_db()
    assert contact.deleted_at is not None
    browser.post(json.loads(dropped["HX-Trigger"])["toast"]["undo_url"])
    contact.refresh_from_db()
    assert contact.deleted_at is None


def test_the_quick_form_saves_and_refuses(company: Twin) -> None:
    browser = company.signed_in()
    deal = make("deals", name="Quick", amount="5")
    url = f"/deals/{deal.pk}/quick/"

    assert browser.post(url, {"name": "Quicker"}).status_code == 204
    deal.refresh_from_db()
    assert deal.name == "Quicker"
    assert browser.post(url, {"name": ""}).status_code == 422
