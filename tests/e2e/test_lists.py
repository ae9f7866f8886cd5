"""Lists and boards in a real browser, wide and narrow: cells edited in place, views, all that match, cards moved."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import accessibility_faults, listen
from tests.plugin import ROOT
from tests.stack import Stack

WIDE, NARROW = 1440, 390
LATE = 15_000


@pytest.fixture(scope="module")
def planted(stack: Stack) -> dict[str, str]:
    command = [sys.executable, "-m", "tests.e2e.plant_lists"]
    done = subprocess.run(command, cwd=ROOT, env=stack.environment, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: dict[str, str]) -> Iterator[Page]:
    """At the home page of a width, with nothing to complain of at the end."""
    found = browser.new_context(
        viewport={"width": getattr(request, "param", WIDE), "height": 860},
        base_url=f"http://{planted['host']}:{stack.port}",
    )
    url = f"http://{planted['host']}:{stack.port}/"
    found.add_cookies([{"name": planted["cookie"], "value": planted["value"], "url": url}])
    page = found.new_page()
    heard = listen(page)
    yield page
    found.close()
    # A refused value is an answer, though the browser calls it an error.
    assert [one for one in heard if "422" not in one] == []


def test_a_cell_is_edited_in_place(page: Page) -> None:
    page.goto("/contacts/?view=all&sort=name")
    cell = page.locator("tbody tr").first.locator("td[data-edit]").nth(1)
    cell.dblclick()
    cell.locator("input:not([type=hidden])").fill("Chief of roofs")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("Chief of roofs", timeout=LATE)

    mail = page.locator("tbody tr").first.locator("td[data-edit]").nth(2)
    mail.dblclick()
    mail.locator("input:not([type=hidden])").fill("nobody")
    page.keyboard.press("Enter")
    expect(mail.locator(".field-error")).to_be_visible(timeout=LATE)
    expect(mail.locator("input:not([type=hidden])")).to_have_value("nobody")
    page.keyboard.press("Escape")
    expect(mail.locator("form")).to_have_count(0)
    assert accessibility_faults(page) == []


def test_a_view_is_saved_changed_and_reset(page: Page) -> None:
    page.goto("/contacts/?view=all&q=Person")
    page.get_by_role("button", name="Save as view").click()
    page.locator("#view-name").fill("People")
    page.locator("#dialog").get_by_role("button", name="Save").click()
    expect(page.locator(".view-links [aria-current]")).to_contain_text("People", timeout=LATE)

    page.locator("th[data-field=name] .th-name").click()
    page.locator("th[data-field=name] .menu").get_by_role("link", name="Sort rising").click()
    expect(page.get_by_role("link", name="Reset")).to_be_visible(timeout=LATE)
    page.get_by_role("link", name="Reset").click()
    expect(page.get_by_role("link", name="Reset")).to_have_count(0, timeout=LATE)


def test_all_that_match_are_meant(page: Page) -> None:
    page.goto("/contacts/?view=all&q=Person")
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="Select all 60 that match").click()
    expect(page.locator("[data-chosen-count]")).to_have_text("60")
    page.locator(".actions-bar").get_by_role("button", name="Edit").click()
    expect(page.locator("#dialog")).to_contain_text("60", timeout=LATE)


@pytest.mark.parametrize("page", [WIDE, NARROW], indirect=True)
def test_a_card_is_moved_by_keys_and_comes_back(page: Page) -> None:
    page.goto("/deals/board/?view=all", wait_until="networkidle")
    columns = page.locator(".cards")
    card = columns.first.locator(".deal").first
    name = card.get_attribute("data-card")
    card.focus()
    for key in ("Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(columns.nth(1).locator(f"[data-card='{name}']")).to_be_visible()
    page.get_by_role("button", name="Undo").click(timeout=LATE)
    expect(columns.first.locator(f"[data-card='{name}']")).to_have_count(1, timeout=LATE)
    assert accessibility_faults(page) == []


def test_a_card_is_moved_by_mouse(page: Page) -> None:
    page.goto("/deals/board/?view=all", wait_until="networkidle")
    card = page.locator(".cards").first.locator(".deal").first
    name = card.get_attribute("data-card")
    start = card.bounding_box()
    there = page.locator(".column").nth(2).bounding_box()
    assert start
    assert there
    page.mouse.move(start["x"] + 40, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 90, start["y"] + 60, steps=5)
    expect(page.locator("[data-drop-bar]")).to_be_visible()
    page.mouse.move(there["x"] + 90, there["y"] + 90, steps=8)
    page.mouse.up()
    expect(page.locator(".cards").nth(2).locator(f"[data-card='{name}']")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text(re.compile("is now in"), timeout=LATE)


@pytest.mark.parametrize("page", [NARROW], indirect=True)
def test_the_narrow_list_chooses_and_filters(page: Page) -> None:
    page.goto("/contacts/?view=all", wait_until="networkidle")
    page.locator("[data-pick]").first.check()
    expect(page.locator(".actions-bar")).to_be_visible()
    page.locator("[data-chosen-none]").click()
    page.locator(".chip.add").click()
    page.locator(".menu:popover-open").get_by_role("button", name="Job title", exact=True).first.click(timeout=LATE)
    page.locator(".menu:popover-open [name=value]").fill("Buyer")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chips .chip b").first).to_contain_text("Buyer", timeout=LATE)
    assert accessibility_faults(page) == []
