"""Two contacts merged from their list, a value chosen for each field, and parted again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, field_of_record, listen, shoot, signed_in, width_of
from tests.stack import Stack

NAMES = {WIDE: "Asha", NARROW: "Kavita"}
"""Each width merges two of its own."""


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("twice", "merges")


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    page = signed_in(browser, stack, planted, width=request.param).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    assert heard == []


def list_both(page: Page, name: str) -> None:
    page.goto(f"/contacts/?view=all&q={name}&sort=created_at")
    expect(page.locator("tbody tr")).to_have_count(2)


def take(page: Page, field: str, value: str) -> None:
    """Choose the record whose value a field takes."""
    row = page.locator(".merge-table tbody tr", has=page.get_by_role("rowheader", name=field, exact=True))
    row.locator("label", has_text=value).get_by_role("radio").check()


def chosen(page: Page, field: str) -> str:
    row = page.locator(".merge-table tbody tr", has=page.get_by_role("rowheader", name=field, exact=True))
    return row.locator("label", has=page.locator("input:checked")).inner_text().strip()


def expect_field(page: Page, field: str, value: str) -> None:
    expect(field_of_record(page, field).locator(".cell-shown")).to_contain_text(value)


def test_two_become_one_and_two_again(page: Page, screens: Path) -> None:
    name = NAMES[width_of(page)]
    email = f"{name.lower()}@old.example"
    list_both(page, name)
    for tick in page.locator("tbody [data-pick]").all():
        tick.check()
    page.locator(".actions-bar").get_by_role("button", name="Merge").click()
    page.wait_for_url(re.compile("/contacts/merge/"))

    page.locator(".merge-table [data-keep]").nth(1).check()
    assert (chosen(page, "City"), chosen(page, "Job title")) == ("Nashik", "Buyer")
    take(page, "E-mail", email)
    faults = shoot(page, screens, "merge")
    expect(page.locator(".merge-moves")).to_contain_text(re.compile("deal", re.IGNORECASE))
    page.get_by_role("button", name="Merge", exact=True).click()

    page.wait_for_url(re.compile("/contacts/[0-9a-f-]{36}/"))
    expect(page.locator(".toast", has_text="1 record was merged into this one.")).to_be_visible()
    expect_field(page, "city", "Nashik")
    expect_field(page, "e-mail", email)
    expect_field(page, "job title", "Buyer")
    expect(page.locator(".record-tags .cell-shown")).to_contain_text("fair")
    expect(page.locator(".record-tags .cell-shown")).to_contain_text("vip")

    page.goto("/merges/")
    page.get_by_role("link", name=f"{name} Rao").click()
    page.get_by_role("button", name="Undo", exact=True).click()
    page.locator("#confirm").get_by_role("button", name="Undo merge").click()
    expect(page.get_by_text("Undone", exact=True)).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("1 record is back.")
    faults += shoot(page, screens, "merge-undone")
    list_both(page, name)
    for word, mail, city in (("roof", "old", "Pune"), ("battery", "new", "Nashik")):
        page.goto(f"/deals/?view=all&q={name} {word}")
        page.locator("tbody tr [data-open]").click()
        if width_of(page) == NARROW:
            page.locator("[data-show=about]").click()
        page.get_by_role("link", name=f"{name} Rao").first.click()
        page.wait_for_url(re.compile("/contacts/[0-9a-f-]{36}/"))
        expect_field(page, "e-mail", f"{name.lower()}@{mail}.example")
        expect_field(page, "city", city)
    assert faults == [], faults
