"""The builder of workflows by mouse and by keys: tests, publishing, editing under way, trying again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, accessibility_faults, listen, shoot, signed_in
from tests.stack import Stack


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("flow")


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    """Signed in, with nothing to complain of at the end."""
    width = getattr(request, "param", WIDE)
    page = signed_in(browser, stack, planted, width=width, has_touch=width == NARROW).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    # A refusal is an answer, though the browser calls it an error.
    assert [one for one in heard if "422" not in one and "409" not in one] == []


def begin(page: Page, name: str) -> None:
    """A new workflow, its builder open."""
    page.goto("/automation/")
    page.get_by_role("button", name="New workflow").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create workflow").click()
    expect(page.locator("[data-ready]")).to_be_visible()


def choose(page: Page, text: str) -> None:
    """In the open chooser."""
    page.locator(".flow-chooser input").fill(text)
    expect(page.locator(".flow-chooser [aria-selected=true]")).to_contain_text(text)
    page.keyboard.press("Enter")
    expect(page.locator(".flow-chooser")).to_have_count(0)


def saved(page: Page) -> None:
    expect(page.locator(".flow-saved")).to_have_text("Saved")
    expect(page.locator("[data-faults]")).to_be_hidden()


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish and turn on").click()
    expect(page.locator(".toast").last).to_contain_text("is on")


def test_a_branching_workflow_by_mouse_is_tested_and_published(page: Page, screens: Path) -> None:
    begin(page, "Big deals get a call")
    page.locator(".flow-select").click()
    choose(page, "A record is made")
    page.get_by_label("Record type").select_option("deals")
    page.locator(".flow-plus").first.click()
    choose(page, "If")
    page.get_by_role("button", name="Condition", exact=True).click()
    page.locator(".flow-conditions select[name=field]").select_option("amount")
    with page.expect_response(lambda one: "op=gte" in one.url):  # the inputs of another operator come anew
        page.locator(".flow-conditions select[name=op]").select_option("gte")
    expect(page.locator(".flow-when")).to_have_text("Amount is at least")
    page.locator(".flow-conditions input[name=value]").fill("100000")
    expect(page.locator(".flow-when")).to_have_text("Amount is at least 100000")
    page.locator(".flow-way .flow-plus").first.click()
    choose(page, "Create a task")
    expect(page.locator("[data-card=create_task]")).to_contain_text("1 fault")
    page.get_by_role("textbox", name="Title").fill("Call ")
    page.get_by_role("button", name="Insert a variable: Title").click()
    choose(page, "Account")
    expect(page.locator("[data-card=create_task]")).to_contain_text("Call ‹Account›")
    saved(page)
    # Dragged to the other way, and back by "undo".
    page.locator("[data-card=create_task]").drag_to(page.locator(".flow-way").nth(1).locator("[data-drop]"))
    expect(page.locator(".flow-way").nth(1).locator("[data-card]")).to_have_count(1)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".flow-way").first.locator("[data-card]")).to_have_count(1)
    saved(page)

    page.get_by_role("button", name="Test", exact=True).click()
    page.locator("#test-record").fill("Rooftop 2")
    page.get_by_role("option", name="Rooftop 2").click()
    page.get_by_role("button", name="Run the test").click()
    expect(page.locator(".flow-verdict")).to_contain_text("It went through all steps")
    expect(page.locator("[data-card=create_task]")).to_contain_text("Done")
    page.get_by_role("button", name="Backtest", exact=True).click()
    page.get_by_role("button", name="Run the backtest").click()
    expect(page.locator(".flow-sums dd").first).to_have_text("4", timeout=60_000)
    page.locator(".flow-panel-top").get_by_role("button", name="Close").click()

    faults = shoot(page, screens, "builder")
    publish(page)
    expect(page.get_by_text("Turn off")).to_be_visible()
    assert faults == [], faults


@pytest.mark.parametrize("page", [WIDE, NARROW], indirect=True)
def test_the_same_by_keys_alone(page: Page) -> None:
    begin(page, f"By keys {page.viewport_size}")
    page.locator(".flow-select").press("Enter")
    choose(page, "A record is made")
    page.get_by_label("Record type").select_option("deals")
    page.keyboard.press("Escape")
    expect(page.locator("[data-spot='card:trigger']")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    choose(page, "Delay")
    page.keyboard.press("Escape")
    expect(page.locator("[data-spot='card:delay']")).to_be_focused()
    page.keyboard.press("Control+c")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+v")
    expect(page.locator("[data-spot='card:delay_2']")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-card]").nth(1)).to_have_attribute("data-card", "delay_2")
    expect(page.locator("#announce")).to_contain_text("Now step 1 of 2")
    page.keyboard.press("Delete")
    expect(page.locator("[data-card]")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-card]")).to_have_count(3)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("[data-card]")).to_have_count(2)
    saved(page)
    assert accessibility_faults(page) == []


def test_two_people_do_not_write_over_each_other(page: Page) -> None:
    begin(page, "Two at once")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("[data-ready]")).to_be_visible()
    for one, kind in ((other, "Stop"), (page, "Delay")):
        one.locator(".flow-plus").first.click()
        choose(one, kind)
        one.keyboard.press("Escape")
        if one is other:
            saved(other)

    expect(page.locator("[data-conflict]")).to_contain_text("Asha Rao has changed this draft")
    page.get_by_role("button", name="Take theirs").click()
    expect(page.locator("[data-card=stop]")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()  # mine is not lost
    expect(page.locator("[data-card=delay]")).to_be_visible()
    saved(page)


def test_who_is_under_way_ends_on_their_version(page: Page, planted: Planted) -> None:
    page.goto(f"/automation/{planted['waiting']}/")
    expect(page.locator("[data-card=pause] .flow-figures")).to_contain_text("1")
    page.locator(".flow-plus").last.click()
    choose(page, "Stop")
    saved(page)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("#dialog")).to_contain_text("1 run is under way: it ends on its own version.")
    expect(page.locator(".flow-changes")).to_have_text("New: Stop")
    page.get_by_role("button", name="Publish and turn on").click()
    expect(page.locator(".toast").last).to_contain_text("Version 2 is on")

    page.get_by_role("link", name="Versions").click()
    rows = page.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("Published")
    expect(rows.nth(1)).to_contain_text("Earlier")
    expect(rows.nth(1).locator("td").nth(4)).to_have_text("1")


def test_a_failed_step_is_tried_again(page: Page, planted: Planted, screens: Path) -> None:
    run = f"/automation/{planted['breaks']}/runs/{planted['run']}/"
    page.goto(f"/automation/{planted['breaks']}/runs/")
    expect(page.locator("tbody tr")).to_contain_text("Failed")
    page.goto(run)
    faults = shoot(page, screens, "run")
    rename = """async (url) => (await fetch(url, {method: "POST", body: new URLSearchParams({name: "12345"}),
        headers: {"X-CSRFToken": document.getElementById("words").dataset.csrf, "HX-Request": "true"}})).status"""
    assert page.evaluate(rename, f"/deals/{planted['broken']}/field/name/") == 200
    page.get_by_role("button", name="Try again from here").click()
    expect(page.locator(".toast").last).to_contain_text("It goes on")

    for _look in range(40):
        page.goto(run)
        if page.get_by_text("It went through all steps").count():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_text("It went through all steps")).to_be_visible()
    assert faults == [], faults
