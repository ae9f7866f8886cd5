"""What workflows tell people: a backtest before publishing, and why one that sets itself off was stopped."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.asking import ask
from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, accessibility_faults, listen, seen, shoot, signed_in
from tests.stack import Stack

REFUSED = ("422", "500")
"""A refusal is an answer, though the browser calls it an error; 500 is what a test makes up."""
both = pytest.mark.parametrize("page", [WIDE, NARROW], indirect=True)


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("seen", "seen")


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    width = getattr(request, "param", WIDE)
    page = signed_in(browser, stack, planted, width=width, has_touch=width == NARROW).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    assert [one for one in heard if not any(code in one for code in REFUSED)] == []


# A backtest


def open_backtest(page: Page, workflow: str) -> Locator:
    page.goto(f"/automation/{workflow}/")
    expect(page.locator("[data-ready]")).to_be_visible()
    page.get_by_role("button", name="Backtest", exact=True).click()
    return page.locator(".flow-panel")


def left_by_it(stack: Stack, planted: Planted) -> dict[str, Any]:
    """All that a workflow could have left behind: runs, tasks, tags, mails, notifications."""
    found = {
        name: ask(stack, planted, f"/api/v1/{path}")["items"]
        for name, path in (
            ("runs", f"workflows/{planted['welcome']}/enrolments"),
            ("tasks", "tasks"),
            ("notes", "notifications"),
        )
    }
    contacts = ask(stack, planted, "/api/v1/contacts?limit=100")["items"]
    tags = {one["id"]: (one["tags"], one["updated_at"]) for one in contacts if one["last_name"] == "Rao"}
    return {**found, "tags": tags, "mails": len(list(stack.mail_folder.glob("*.eml")))}


@both
def test_a_backtest_tells_who_what_and_when(page: Page, planted: Planted, stack: Stack, screens: Path) -> None:
    before = left_by_it(stack, planted)
    panel = open_backtest(page, planted["welcome"])
    expect(panel.get_by_label("Which days")).to_have_value("30")
    panel.get_by_role("button", name="Run the backtest").click()
    expect(panel.get_by_role("progressbar")).to_be_visible()
    expect(panel.locator("[data-sum=entered]")).to_have_text(planted["in_pune"])

    expect(panel.locator("[data-sum=messages]")).to_have_text(planted["in_pune"])
    expect(panel.locator("[data-sum=outside]")).to_have_text(planted["late"])
    expect(panel).to_contain_text(f"{planted['records']} records were looked at.")
    assert planted["late"] != "0"
    rows = panel.locator(".flow-lines > li")
    expect(rows).to_have_count(int(planted["in_pune"]))
    expect(rows.locator("summary").get_by_text("Outside hours")).to_have_count(int(planted["late"]))
    figures = {"trigger": "in_pune", "task": "in_pune", "mail": "in_pune", "day": "in_pune", "tag": "buyers"}
    for card, name in figures.items():
        expect(page.locator(f"[data-card={card}] .flow-figures > span").first).to_contain_text(planted[name])
    asha = rows.filter(has_text="Asha Rao")
    asha.locator("summary").press("Enter")
    expect(asha.locator(".flow-steps")).to_contain_text("Create a task")
    expect(asha.locator(".flow-steps")).to_contain_text("Add tags")
    faults = shoot(page, screens, "backtest")
    notes = left_by_it(stack, planted)
    # The job tells whoever started it that it is done; nothing else has come.
    told = [one["kind"] for one in notes.pop("notes") if one not in before["notes"]]
    assert set(told) <= {"job_finished"}
    assert notes == {name: one for name, one in before.items() if name != "notes"}
    assert faults == [], faults


@both
def test_a_backtest_of_what_never_happened_says_so(page: Page, planted: Planted, screens: Path) -> None:
    panel = open_backtest(page, planted["never"])
    panel.get_by_role("button", name="Run the backtest").click()
    expect(panel).to_contain_text("Nothing that sets this workflow off has happened in the last 30 days.")
    expect(panel.locator("[data-sum]")).to_have_count(0)
    faults = shoot(page, screens, "backtest-empty")

    panel = open_backtest(page, planted["nobody"])
    panel.get_by_role("button", name="Run the backtest").click()
    expect(panel).to_contain_text("Nobody would have entered")
    expect(panel.locator("[data-sum=entered]")).to_have_text("0")
    assert faults == [], faults


def test_a_backtest_names_the_step_that_would_fail(page: Page, planted: Planted, screens: Path) -> None:
    panel = open_backtest(page, planted["breaks"])
    panel.get_by_role("button", name="Run the backtest").click()
    expect(panel.locator(".errors").first).to_contain_text("Set a field")
    expect(panel.locator(".flow-lines > li").first).to_contain_text("Failed")
    faults = shoot(page, screens, "backtest-failed")
    assert faults == [], faults


def test_a_backtest_that_cannot_be_says_why(page: Page, planted: Planted) -> None:
    panel = open_backtest(page, planted["by_hand"])
    panel.get_by_role("button", name="Run the backtest").click()
    expect(panel.get_by_role("alert")).to_contain_text("so there is nothing to play back")
    panel = open_backtest(page, planted["faulty"])
    expect(panel.get_by_role("alert")).to_contain_text("Mend the faults first.")
    expect(panel.get_by_role("button", name="Run the backtest")).to_be_disabled()

    panel = open_backtest(page, planted["nobody"])
    page.route("**/backtest/*", lambda route: route.fulfill(status=500, body="{}"), times=1)
    panel.get_by_role("button", name="Run the backtest").click()
    expect(panel.get_by_role("alert")).to_contain_text("could not be loaded")
    expect(panel.get_by_role("button", name="Run the backtest")).to_be_enabled()
    assert accessibility_faults(page) == []


@both
def test_a_dry_run_tells_each_step(page: Page, planted: Planted, screens: Path) -> None:
    page.goto(f"/automation/{planted['welcome']}/")
    expect(page.locator("[data-ready]")).to_be_visible()
    page.get_by_role("button", name="Test", exact=True).click()
    page.locator("#test-record").fill("Asha")
    page.get_by_role("option", name="Asha Rao").click()
    page.get_by_role("button", name="Run the test").click()
    expect(page.locator(".flow-verdict")).to_contain_text("It went through all steps")
    expect(page.locator(".flow-result")).to_contain_text("asha@customer.example · Welcome")
    faults = seen(page, screens, "dry-run")
    page.goto("/automation/")
    page.get_by_role("button", name="New workflow").click()
    expect(page.locator("#dialog .flow-recipe").first).to_be_visible()
    faults += seen(page, screens, "new-workflow")
    assert faults == [], faults


# One that sets itself off


def wait_for_runs(page: Page, stack: Stack, planted: Planted, count: int) -> None:
    """Until so many runs of the workflow that goes on are done."""
    for _look in range(80):
        found = ask(stack, planted, f"/api/v1/workflows/{planted['tags']}/enrolments")["items"]
        if [one["state"] for one in found] == ["done"] * count:
            return
        page.wait_for_timeout(500)
    raise AssertionError(found)


def test_who_sets_itself_off_is_stopped_and_says_why(page: Page, planted: Planted, stack: Stack, screens: Path) -> None:
    page.goto("/automation/")
    ask(stack, planted, f"/api/v1/contacts/{planted['contact']}", "PATCH", {"job_title": "Head buyer"}, who="kabir")
    expect(page.locator(".toast").first).to_contain_text("A workflow was turned off", timeout=60_000)
    page.reload()
    row = page.get_by_role("row", name="Titles in circles")
    expect(row).to_contain_text("Stopped")
    expect(row).to_contain_text("What it does sets it off again")
    expect(page.get_by_role("row", name="Tags go on").get_by_text("On", exact=True)).to_be_visible()
    faults = shoot(page, screens, "automation-list")

    page.goto(f"/automation/{planted['circle']}/")
    banner = page.locator(".banner.bad")
    expect(banner).to_contain_text("It kept setting itself off, so it was turned off.")
    expect(banner).to_contain_text("Titles in circles → Titles in circles. It was stopped after 4 rounds.")
    expect(banner).to_contain_text("Change the step that writes what the trigger listens to")
    expect(page.locator("[data-ready]")).to_be_visible()
    faults += shoot(page, screens, "guard")
    assert len(ask(stack, planted, f"/api/v1/workflows/{planted['circle']}/enrolments")["items"]) == 4

    # The other one heard the person's change and each of the four rounds, and goes on.
    wait_for_runs(page, stack, planted, 5)
    page.goto(f"/automation/{planted['tags']}/runs/")
    expect(page.locator("tbody tr")).to_have_count(5)
    expect(page.locator("tbody tr").get_by_text("Done")).to_have_count(5)
    faults += shoot(page, screens, "runs")
    ask(stack, planted, f"/api/v1/contacts/{planted['contact']}", "PATCH", {"job_title": "Owner"}, who="kabir")
    wait_for_runs(page, stack, planted, 6)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(6)
    contact = ask(stack, planted, f"/api/v1/contacts/{planted['contact']}")
    assert (contact["job_title"], contact["tags"]) == ("Owner", ["Seen"])
    assert faults == [], faults


def test_it_is_mended_and_turned_on_again(page: Page, planted: Planted) -> None:
    page.goto(f"/automation/{planted['circle']}/")
    expect(page.locator("[data-ready]")).to_be_visible()
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("button", name="Turn off")).to_be_visible()
    expect(page.locator(".banner.bad")).to_have_count(0)


# Typing while the inputs of another operator are on their way


def hold_inputs(page: Page, milliseconds: int) -> None:
    def late(route: Route) -> None:
        page.wait_for_timeout(milliseconds)
        route.continue_()

    page.route("**/filter/inputs/**", late)


@both
def test_what_is_typed_while_inputs_come_anew_stays(page: Page) -> None:
    page.goto("/deals/?view=all")
    page.locator(".chip.add").click()
    menu = page.locator(".menu.ask:popover-open")
    menu.get_by_role("button", name="Name", exact=True).first.click()
    value, operator = menu.get_by_label("Value", exact=True), menu.get_by_label("Condition", exact=True)
    expect(value).to_be_visible()
    hold_inputs(page, 700)
    with page.expect_response("**/filter/inputs/**"):
        operator.select_option("is")
        value.press_sequentially("roof", delay=20)
        page.keyboard.press("ArrowLeft")
    expect(operator).to_have_value("is")
    expect(value).to_be_focused()
    page.keyboard.type("o")
    expect(value).to_have_value("rooof")


@both
def test_conditions_of_a_workflow_keep_what_is_typed(page: Page, planted: Planted) -> None:
    page.goto(f"/automation/{planted['never']}/")
    expect(page.locator("[data-ready]")).to_be_visible()
    page.locator("[data-card=trigger]").click()
    page.get_by_role("button", name="Condition", exact=True).click()
    box = page.locator(".flow-conditions")
    box.locator("select[name=field]").select_option("amount")
    expect(box.locator("input[name=value]")).to_be_visible()
    hold_inputs(page, 700)
    with page.expect_response(lambda one: "op=lte" in one.url):
        box.locator("select[name=op]").select_option("gte")
        box.locator("select[name=op]").select_option("lte")  # the later one counts
        box.locator("input[name=value]").press_sequentially("10", delay=20)
    expect(box.locator("[data-shape]")).to_have_count(1)
    expect(box.locator("select[name=op]")).to_have_value("lte")
    expect(box.locator("input[name=value]")).to_be_focused()
    page.keyboard.type("00")
    expect(box.locator("input[name=value]")).to_have_value("1000")
    expect(page.locator(".flow-saved")).to_have_text("Saved")
    page.wait_for_timeout(800)
    saved = page.evaluate("() => document.querySelector('.flow-conditions [name=value]').value")
    assert saved == "1000"
