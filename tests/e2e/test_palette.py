"""The palette by keyboard alone, wide and narrow, and without a connection."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, accessibility_faults, listen, signed_in
from tests.stack import Stack


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("company", "palette")


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    """At the list of accounts, with nothing to complain of at the end."""
    page = signed_in(browser, stack, planted, width=request.param).new_page()
    heard = listen(page)
    page.goto("/accounts/", wait_until="domcontentloaded")
    yield page
    page.context.close()
    assert [line for line in heard if "ERR_INTERNET_DISCONNECTED" not in line] == []


def test_keys_find_open_and_come_back(page: Page, planted: Planted) -> None:
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search records, pages and actions")
    expect(box).to_be_focused()
    expect(page.get_by_role("group", name="Actions")).to_be_visible()

    page.keyboard.type("11842")
    option = page.get_by_role("option", name=re.compile("Priya Nair"))
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    assert accessibility_faults(page) == []
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/contacts/{planted['contact']}/"))

    page.goto(page.url.split("/contacts")[0] + "/accounts/")
    page.keyboard.press("/")
    expect(page.get_by_role("group", name="Recently viewed").get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("group", name="Recent searches")).to_contain_text("11842")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_actions_errors_and_no_connection(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("type:deals stagee:won")
    expect(page.locator("#palette")).to_contain_text("Did you mean stage?")

    page.context.set_offline(True)
    page.keyboard.type("x")
    expect(page.locator("[data-palette-offline]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-palette-offline]")).to_be_hidden()

    page.keyboard.press("Control+a")
    page.keyboard.type("new account")
    expect(page.get_by_role("option", name="New account")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()
    expect(page.locator("#palette")).not_to_be_visible()
