"""Without a connection: a notice, and nothing that was typed is lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, field_of_record, listen, shoot, signed_in, width_of
from tests.stack import Stack


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("company", "offline")


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    page = signed_in(browser, stack, planted, width=request.param).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    assert [line for line in heard if "ERR_INTERNET_DISCONNECTED" not in line] == []


def cut(page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator(".offline")).to_contain_text("No connection. What you write stays here")


def mend(page: Page) -> None:
    page.context.set_offline(False)
    expect(page.locator(".offline")).to_have_count(0)


def test_a_form_keeps_what_was_typed_and_is_sent_again(page: Page, screens: Path) -> None:
    name = "Tara" if width_of(page) == WIDE else "Indira"
    page.goto("/contacts/?view=all")
    page.get_by_role("link", name="New contact").first.click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=first_name]").fill(name)
    dialog.locator("[name=city]").fill("Nagpur")

    cut(page)
    dialog.get_by_role("button", name="Save", exact=True).click()
    told = page.locator(".toast", has_text="Your change was not saved.")
    told.get_by_role("button", name="Try again").click()  # it can be pressed beside the open dialog
    expect(told.last).to_be_visible()
    expect(dialog.locator("[name=first_name]")).to_have_value(name)
    expect(dialog.locator("[name=city]")).to_have_value("Nagpur")
    faults = shoot(page, screens, "offline")

    mend(page)
    dialog.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile("/contacts/[0-9a-f-]{36}/"))
    expect(field_of_record(page, "city").locator(".cell-shown")).to_have_text("Nagpur")
    assert faults == [], faults


def test_a_field_changed_where_it_stands_waits(page: Page, planted: Planted) -> None:
    page.goto(f"/contacts/{planted['contact']}/")
    city = field_of_record(page, "city")
    city.locator(".cell-shown").click()
    city.get_by_role("textbox").fill("Satara")

    cut(page)
    page.keyboard.press("Enter")
    expect(page.locator(".toast", has_text="Your change was not saved.")).to_be_visible()
    expect(city.get_by_role("textbox")).to_have_value("Satara")

    mend(page)
    city.get_by_role("button", name="Save").click()
    expect(city.locator(".cell-shown")).to_have_text("Satara")


def test_the_import_wizard_does_not_leave_its_page(page: Page) -> None:
    page.goto("/imports/new/")
    page.locator(".wizard-type", has_text="Leads").click()
    page.locator("#file").set_input_files({"name": "fair.csv", "mimeType": "text/csv", "buffer": b"First name\nAsha\n"})

    cut(page)
    page.get_by_role("button", name="Continue", exact=True).click()
    told = page.locator(".toast", has_text="Your change was not saved.")
    expect(told).to_be_visible()
    expect(page.locator(".upload [data-name]")).to_have_text("fair.csv")
    expect(page.get_by_role("radio", name="Leads")).to_be_checked()

    mend(page)
    told.get_by_role("button", name="Try again").click()
    page.wait_for_url(re.compile("/columns/"))
