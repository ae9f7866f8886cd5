"""The palette by keyboard alone, wide and narrow, and without a connection."""

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


@pytest.fixture(scope="module")
def planted(stack: Stack) -> dict[str, str]:
    command = [sys.executable, "-m", "tests.e2e.plant_palette"]
    done = subprocess.run(command, cwd=ROOT, env=stack.environment, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.fixture(params=[1440, 390])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: dict[str, str]) -> Iterator[Page]:
    """At the list of accounts, with nothing to complain of at the end."""
    found = browser.new_context(viewport={"width": request.param, "height": 844})
    url = f"http://{planted['host']}:{stack.port}/"
    found.add_cookies([{"name": planted["cookie"], "value": planted["value"], "url": url}])
    page = found.new_page()
    heard = listen(page)
    page.goto(f"{url}accounts/", wait_until="domcontentloaded")
    yield page
    found.close()
    assert [line for line in heard if "ERR_INTERNET_DISCONNECTED" not in line] == []


def test_keys_find_open_and_come_back(page: Page, planted: dict[str, str]) -> None:
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
