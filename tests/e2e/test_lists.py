"""Lists in a real browser, wide and narrow: cells edited in place, views, all that match."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, accessibility_faults, listen, signed_in, width_of
from tests.stack import Stack


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("lists")


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    """At the home page of a width, with nothing to complain of at the end."""
    width = getattr(request, "param", WIDE)
    page = signed_in(browser, stack, planted, width=width, has_touch=width == NARROW).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    # A refused value is an answer, though the browser calls it an error.
    assert [one for one in heard if "422" not in one] == []


both = pytest.mark.parametrize("page", [WIDE, NARROW], indirect=True)


def edit_first(page: Page, field: str) -> Locator:
    """The first row's cell of a field, its input open: by a double click, on a phone from the menu of a long press."""
    page.goto(f"/contacts/?view=all&sort=name&columns=name,{field}")
    cell = page.locator("tbody tr").first.locator("td[data-edit]:visible")
    if width_of(page) == WIDE:
        cell.dblclick()
    else:
        cell.click(button="right")
        page.locator("#cell-menu").get_by_role("button", name="Edit").click()
    expect(cell.locator("input:not([type=hidden])")).to_be_focused()
    return cell


@both
def test_a_cell_is_edited_in_place(page: Page) -> None:
    title = f"Chief of {width_of(page)}"
    # On a phone the job title stands under the name, where no cell is.
    cell = edit_first(page, "job_title" if width_of(page) == WIDE else "city")
    cell.locator("input:not([type=hidden])").fill(title)
    page.keyboard.press("Enter")
    expect(cell).to_have_text(title)

    mail = edit_first(page, "email")
    mail.locator("input:not([type=hidden])").fill("nobody")
    page.keyboard.press("Enter")
    expect(mail.locator(".field-error")).to_be_visible()
    expect(mail.locator("input:not([type=hidden])")).to_have_value("nobody")
    assert accessibility_faults(page) == []
    page.keyboard.press("Escape")
    expect(mail.locator("form")).to_have_count(0)


@both
def test_a_view_is_saved_changed_and_reset(page: Page) -> None:
    name = f"People {width_of(page)}"
    page.goto("/contacts/?view=all&q=Person")
    page.get_by_role("button", name="Save as view").click()
    page.locator("#view-name").fill(name)
    assert accessibility_faults(page) == []
    page.locator("#dialog").get_by_role("button", name="Save").click()
    expect(page.locator(".view-links [aria-current]")).to_contain_text(name)

    page.locator("th[data-field=name] .th-name").click()
    page.locator("th[data-field=name] .menu").get_by_role("link", name="Sort rising").click()
    expect(page.get_by_role("link", name="Reset")).to_be_visible()
    page.get_by_role("link", name="Reset").click()
    expect(page.get_by_role("link", name="Reset")).to_have_count(0)


def test_all_that_match_are_meant(page: Page) -> None:
    page.goto("/contacts/?view=all&q=Person")
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="Select all 60 that match").click()
    expect(page.locator("[data-chosen-count]")).to_have_text("60")
    page.locator(".actions-bar").get_by_role("button", name="Edit").click()
    expect(page.locator("#dialog")).to_contain_text("60")


@pytest.mark.parametrize("page", [NARROW], indirect=True)
def test_the_narrow_list_chooses_and_filters(page: Page) -> None:
    page.goto("/contacts/?view=all")
    page.locator("[data-pick]").first.check()
    expect(page.locator(".actions-bar")).to_be_visible()
    page.locator("[data-chosen-none]").click()
    page.locator(".chip.add").click()
    page.locator(".menu:popover-open").get_by_role("button", name="Job title", exact=True).first.click()
    page.locator(".menu:popover-open [name=value]").fill("Buyer")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chips .chip b").first).to_contain_text("Buyer")
    assert accessibility_faults(page) == []
