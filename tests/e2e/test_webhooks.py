"""Webhooks in a browser: one is made and its secret copied, the log is read, an address looked at; with pictures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import listen, shoot, signed_in
from tests.stack import Stack


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("webhooks", "telling")


@pytest.fixture
def page(browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    page = signed_in(browser, stack, planted).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    # A form that is refused answers 422, which the browser tells as an error.
    assert [line for line in heard if "422" not in line] == []


def test_a_webhook_is_made_with_the_keyboard_and_narrowed(page: Page, screens: Path) -> None:
    page.goto("/settings/webhooks/")
    faults = shoot(page, screens, "webhooks")
    page.keyboard.press("c")
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name", exact=True).fill("Loyalty")
    dialog.get_by_label("Address").fill("https://127.0.0.1/in")
    dialog.get_by_role("group", name="Events").locator("summary", has_text="Contact").first.click()
    dialog.locator("input[value='contact.created']").check()
    faults += shoot(page, screens, "webhook-form")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("#id_url_error")).to_contain_text("private network")
    expect(dialog.locator("input[name=events]:checked")).to_have_count(1)
    dialog.get_by_label("Address").fill("https://93.184.215.14/in")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("#made-secret")).to_contain_text("whsec_")
    faults += shoot(page, screens, "webhook-secret")
    dialog.get_by_role("link", name="I have copied it").click()

    expect(page.get_by_role("heading", name="Loyalty")).to_be_visible()
    page.get_by_role("button", name="Filter").click()
    page.locator("#dialog").get_by_role("button", name="Condition", exact=True).click()
    faults += shoot(page, screens, "webhook-filter")
    assert faults == [], faults


def test_the_log_tells_what_failed_and_why(page: Page, planted: Planted, screens: Path) -> None:
    page.goto(f"/settings/webhooks/{planted['endpoint']}/")
    faults = shoot(page, screens, "webhook")
    page.get_by_label("State").select_option("failed")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("link", name="contact.created").click()
    expect(page.get_by_text("no such table").first).to_be_visible()
    faults += shoot(page, screens, "webhook-delivery")
    page.goto(f"/settings/webhooks/{planted['broken']}/")
    expect(page.get_by_text("Not answering").first).to_be_visible()
    faults += shoot(page, screens, "webhook-broken")
    assert faults == [], faults


def test_an_address_shows_what_it_was_told(page: Page, planted: Planted, screens: Path) -> None:
    page.goto("/settings/inbound-hooks/")
    faults = shoot(page, screens, "inbound-hooks")
    page.get_by_role("link", name="Order desk").click()
    expect(page.get_by_text("SO-1042")).to_be_visible()
    faults += shoot(page, screens, "inbound-hook")
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("#dialog").get_by_label("Name", exact=True)).to_be_visible()
    faults += shoot(page, screens, "inbound-form")
    assert faults == [], faults
