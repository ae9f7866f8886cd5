"""The record page in a real browser: change in place, note with mention, tag, file, follow; two people at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import listen, shoot, signed_in
from tests.stack import Stack

PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("record")


@pytest.fixture
def at_contact(browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    page = signed_in(browser, stack, planted).new_page()
    page.goto(f"/contacts/{planted['contact']}/")
    heard = listen(page)
    yield page
    page.context.close()
    # A refused value is an answer, though the browser calls it an error.
    assert [one for one in heard if "422" not in one and "409" not in one] == []


def line(page: Page, label: str) -> Any:
    return page.locator(f".about-line[data-label='{label.lower()}']")


def test_a_field_is_changed_where_it_stands(at_contact: Page) -> None:
    page = at_contact
    city = line(page, "city")

    city.locator(".cell-shown").click()
    city.get_by_role("textbox").fill("Nashik")
    page.keyboard.press("Enter")

    expect(city.locator(".cell-shown")).to_have_text("Nashik")
    expect(page.locator("#story")).to_contain_text("Nashik")

    phone = line(page, "phone")
    phone.hover()
    phone.get_by_role("button", name="Edit Phone").click()
    phone.get_by_role("textbox").fill("not a number")
    page.keyboard.press("Enter")
    expect(phone.get_by_text("Write a phone number")).to_be_visible()
    expect(phone.get_by_role("textbox")).to_have_value("not a number")
    page.keyboard.press("Escape")
    expect(phone.locator(".cell-shown")).to_have_text("+91 98200 11842")


def test_tab_saves_and_goes_on(at_contact: Page) -> None:
    page = at_contact

    line(page, "first name").locator(".cell-shown").click()
    expect(line(page, "first name").get_by_role("textbox")).to_be_focused()
    page.keyboard.type("Prisha")
    page.keyboard.press("Tab")

    expect(line(page, "last name").get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(line(page, "first name").locator(".cell-shown")).to_have_text("Prisha")


def test_a_relation_is_found_by_typing_and_made_on_the_way(at_contact: Page) -> None:
    page = at_contact
    account = line(page, "account")

    account.hover()
    account.get_by_role("button", name="Edit Account").click()
    field = account.get_by_role("combobox")
    field.fill("Zenith Foods")
    account.get_by_role("option", name="Create “Zenith Foods”").click()
    expect(field).to_have_value("Zenith Foods")
    account.get_by_role("button", name="Save").click()

    expect(account.locator(".cell-shown")).to_contain_text("Zenith Foods")


def test_a_note_that_mentions_and_is_pinned(at_contact: Page) -> None:
    page = at_contact
    editor = page.locator("#composer [contenteditable]")

    editor.click()
    page.keyboard.type("Call before noon, @kab")
    page.locator("#composer").get_by_role("option", name="Kabir Mehta").click()
    page.keyboard.type("please")
    page.get_by_role("button", name="Save note").click()

    note = page.locator("#story .note", has_text="Call before noon")
    expect(note.locator("[data-mention]")).to_have_text("@Kabir Mehta")
    expect(editor).to_have_text("")
    note.get_by_role("button", name="Actions for this note").first.click()
    note.get_by_role("button", name="Pin to the top").click()
    expect(page.locator("#story > .note.is-pinned")).to_contain_text("Call before noon")
    page.reload()
    expect(page.locator("#followers [aria-label='Kabir Mehta']")).to_be_visible()


def test_tags_are_typed_and_kept(at_contact: Page) -> None:
    page = at_contact

    page.get_by_role("button", name="Add tags").click()
    field = page.locator(".record-tags").get_by_role("combobox")
    field.type("vip")
    page.keyboard.press("Enter")
    field.type("solar,")
    page.locator(".record-tags").get_by_role("button", name="Save").click()

    expect(page.locator(".record-tags .cell-shown")).to_contain_text("vip")
    expect(page.locator(".record-tags .cell-shown")).to_contain_text("solar")


def test_a_file_is_sent_looked_at_and_deleted_with_undo(at_contact: Page) -> None:
    page = at_contact

    page.get_by_role("link", name="Files", exact=True).click()
    upload = {"name": "roof.png", "mimeType": "image/png", "buffer": PICTURE}
    page.locator("#files input[type=file]").set_input_files([upload])
    row = page.locator("#files .file", has_text="roof.png")
    expect(row).to_be_visible()

    row.get_by_role("link", name="roof.png").first.click()
    expect(page.locator("#dialog img[alt='roof.png']")).to_be_visible()
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Delete roof.png").click()
    expect(row).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    page.reload()  # the open tab is remembered
    expect(row).to_be_visible()
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.locator("#composer")).to_be_visible()


def test_following(at_contact: Page) -> None:
    page = at_contact

    page.locator("#followers").get_by_role("button", name="Follow", exact=True).click()
    expect(page.locator("#followers [aria-label='Asha Rao']")).to_be_visible()
    page.locator("#followers").get_by_role("button", name="Unfollow").click()
    expect(page.locator("#followers [aria-label='Asha Rao']")).to_have_count(0)


def test_the_second_of_two_writers_sees_both_values(
    at_contact: Page, browser: Browser, stack: Stack, planted: Planted
) -> None:
    page = at_contact
    other = signed_in(browser, stack, planted, who="colleague").new_page()
    other.goto(page.url)
    title = line(page, "job title")

    title.locator(".cell-shown").click()
    title.get_by_role("textbox").fill("Director")
    line(other, "job title").locator(".cell-shown").click()
    line(other, "job title").get_by_role("textbox").fill("Head of works")
    other.keyboard.press("Enter")
    expect(line(other, "job title").locator(".cell-shown")).to_have_text("Head of works")
    page.keyboard.press("Enter")

    expect(title.get_by_text("Kabir Mehta changed this meanwhile to:")).to_be_visible()
    expect(title.get_by_role("textbox")).to_have_value("Director")
    title.get_by_role("button", name="Save").click()
    expect(title.locator(".cell-shown")).to_have_text("Director")
    other.context.close()


def test_the_page_is_readable_wide_and_narrow_light_and_dark(at_contact: Page, screens: Path) -> None:
    page = at_contact
    expect(page.locator("#record-beside[aria-busy]")).to_have_count(0)

    faults = shoot(page, screens, "record-contact")
    for tab in ("Activity", "Notes", "History"):
        page.get_by_role("link", name=tab, exact=True).click()
        expect(page.get_by_role("link", name=tab, exact=True)).to_have_attribute("aria-current", "page")
        faults += shoot(page, screens, f"record-{tab.lower()}")

    assert faults == [], faults
