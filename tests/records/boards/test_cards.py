"""What cards show: the fields somebody chose, at the same cost for one card and for three."""

import json
from typing import Any

import pytest
from django.test import Client

from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.custom.actions import create_custom_field
from tenants.records.models import Preference, SavedView
from tenants.records.registry import type_named
from tenants.records.views.actions import create_view
from tests.factories import Twin, make
from tests.records.counting import queries_in

BOARD = "/contacts/board/?view=all&by=source"


def own_relation(twin: Twin) -> None:
    options = {"target": "accounts"}
    create_custom_field(
        record_type=type_named("contacts"), label="Dealer", kind="relation", options=options, by=robot()
    )


def linked(number: int) -> None:
    account = make("accounts", name=f"Dealer {number}")
    make("contacts", first_name=f"Person {number}", source="website", **{"custom.dealer": account.pk})


@pytest.mark.parametrize("path", [BOARD, "/contacts/board/more/?view=all&by=source&column=website"])
def test_own_relations_on_cards_cost_the_same_for_1_and_3(twins: tuple[Twin, Twin], path: str) -> None:
    twin = twins[0]
    with context.inside(twin.place, actor=robot()):
        own_relation(twin)
        linked(0)
    browser = twin.signed_in()
    path = f"{path}&cards=custom.dealer"
    assert "Dealer 0" in browser.get(path).content.decode()
    one = queries_in(lambda: browser.get(path))
    with context.inside(twin.place, actor=robot()):
        linked(1)
        linked(2)

    assert queries_in(lambda: browser.get(path)) == one
    assert browser.get(path).content.decode().count('title="Dealer"') == 3


def test_chosen_fields_are_kept_for_the_boards_of_a_type(company: Twin) -> None:
    browser = company.signed_in()
    make("contacts", first_name="Web", source="website", city="Nashik", job_title="Buyer")
    assert lines(browser, "Web") == ["Job title"]

    answer = browser.post("/contacts/shape/?layout=board&view=all&by=source", {"columns": "city,job_title"})

    assert json.loads(answer["HX-Location"])["path"] == "/contacts/board/?view=all&by=source"
    assert Preference.objects.get(key="list.contacts").value == {"card_fields": ["city", "job_title"]}
    assert lines(browser, "Web") == ["City", "Job title"]
    browser.post("/contacts/shape/?layout=board", {"reset": "1"})
    assert lines(browser, "Web") == ["Job title"]


def lines(browser: Client, name: str) -> list[str]:
    """Labels of the fields on a card."""
    page = browser.get(BOARD).content.decode()
    card = page.split(f'aria-label="{name}"')[1].split("</li>")[0]
    return [part.split('"')[0] for part in card.split('card-line" title="')[1:]]


def test_with_a_view_open_they_go_into_the_address_and_are_saved_with_it(company: Twin) -> None:
    browser = company.signed_in()
    view = create_view(
        record_type=type_named("contacts"),
        values={"name": "By source", "layout": "board", "settings": {"board_by": "source"}},
        by=User.objects.get(role__slug="owner").actor,
    )

    answer = browser.post(f"/contacts/shape/?layout=board&view={view.pk}", {"columns": "city,phone"})
    path = json.loads(answer["HX-Location"])["path"]
    browser.post(f"/contacts/views/{view.pk}/save/?layout=board&view={view.pk}&cards=city,phone")

    assert path == f"/contacts/board/?view={view.pk}&cards=city%2Cphone"
    assert not Preference.objects.filter(key="list.contacts").exists()
    kept = SavedView.objects.get(pk=view.pk)
    assert kept.settings == {"board_by": "source", "card_fields": ["city", "phone"], "density": "normal"}
    emptied = browser.post(f"/contacts/shape/?layout=board&view={view.pk}", {"columns": ""})
    assert json.loads(emptied["HX-Location"])["path"] == f"/contacts/board/?view={view.pk}&cards=-"


def test_a_card_of_the_modules_own_shows_them_on_top(company: Twin) -> None:
    make("deals", name="Roof", campaign="Diwali")
    browser = company.signed_in()

    plain = browser.get("/deals/board/?view=all").content.decode()
    more = browser.get("/deals/board/?view=all&cards=campaign").content.decode()

    assert ("Diwali" in plain, "Diwali" in more) == (False, True)
    assert "Shown on top of what these cards have" in browser.get("/deals/shape/?layout=board").content.decode()


def test_too_many_are_refused(company: Twin) -> None:
    names = list(type_named("contacts").own_fields)[:9]

    answer: Any = company.signed_in().post("/contacts/shape/?layout=board", {"columns": ",".join(names)})

    assert answer.status_code == 422
    assert not Preference.objects.filter(key="list.contacts").exists()
