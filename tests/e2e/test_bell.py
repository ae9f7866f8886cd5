"""Notifications that come by themselves: the bell and a toast in every open page, without a reload."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.asking import ask
from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, listen, seen, shoot, signed_in, width_of
from tests.stack import Stack

BROKEN = ("WebSocket", "ERR_CONNECTION", "502")
"""A socket that breaks is told by the browser; one test breaks it."""


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("bell", "bell")


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    width = getattr(request, "param", WIDE)
    page = signed_in(browser, stack, planted, width=width, has_touch=width == NARROW).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    assert [one for one in heard if not any(word in one for word in BROKEN)] == []


def opened(page: Page, path: str) -> Page:
    """A page whose socket is open and whose bell has counted."""
    with page.expect_websocket(), page.expect_response("**/notifications/bell/"):
        page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.isTheSamePage = true")
    return page


def stayed(page: Page) -> bool:
    """Nothing was loaded anew, by the browser or by a boosted link."""
    return bool(page.evaluate("window.isTheSamePage === true"))


def count_of(page: Page) -> int:
    words = page.locator(".bell-count")
    return int(words.inner_text()) if words.count() else 0


def counts(page: Page, count: int) -> None:
    words = page.locator(".bell-count")
    expect(words).to_have_text(str(count)) if count else expect(words).to_have_count(0)


def give(stack: Stack, planted: Planted, name: str) -> Any:
    """Kabir makes a contact that is Asha's, by the API."""
    values = {"first_name": name, "last_name": "Nair", "owner": planted["user"]}
    return ask(stack, planted, "/api/v1/contacts", "POST", values, who="kabir")


@pytest.mark.parametrize("page", [WIDE, NARROW], indirect=True)
def test_what_a_colleague_does_is_told_in_every_tab(page: Page, stack: Stack, planted: Planted, screens: Path) -> None:
    name = {WIDE: "Meera", NARROW: "Nisha"}[width_of(page)]
    first, second = opened(page, "/contacts/"), opened(page.context.new_page(), "/deals/")
    before = count_of(first)
    give(stack, planted, name)

    for one in (first, second):
        expect(one.locator(".toast", has_text=f"{name} Nair is yours now")).to_be_visible()
        expect(one.locator(".bell-count")).to_have_text(str(before + 1))
        assert stayed(one)
    second.bring_to_front()
    faults = shoot(second, screens, "toast")
    first.bring_to_front()

    # Read in one tab, it is read in the other.
    first.locator("#bell > button").click()
    line = first.locator(".bell-menu .bell-line").first
    expect(line).to_contain_text(f"{name} Nair is yours now")
    faults += seen(first, screens, "bell")
    line.click()
    expect(first.get_by_role("heading", name=f"{name} Nair").first).to_be_visible()
    counts(second, before)
    assert stayed(second)
    assert faults == [], faults


def test_a_workflow_tells_its_person(page: Page, stack: Stack, planted: Planted) -> None:
    opened(page, "/")
    before = count_of(page)
    ask(
        stack,
        planted,
        "/api/v1/leads",
        "POST",
        {"first_name": "Ravi", "last_name": "Iyer", "currency": "INR"},
        who="kabir",
    )

    toast = page.locator(".toast", has_text="Ravi Iyer came in")
    expect(toast).to_contain_text("Call within five minutes.")
    expect(page.locator(".bell-count")).to_have_text(str(before + 1))
    assert stayed(page)
    toast.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="Ravi Iyer").first).to_be_visible()
    assert "/leads/" in page.url


def test_a_task_is_done_from_its_reminder(
    page: Page, stack: Stack, planted: Planted, gardener: Gardener, screens: Path
) -> None:
    opened(page, "/notifications/")
    task = f"/api/v1/tasks/{planted['task']}"
    reminders = {"reminders": [{"at": datetime.now(UTC).isoformat()}]}
    ask(stack, planted, f"{task}/reminders", "PUT", reminders, who="kabir")
    assert gardener.plant("bell", "bell", "remind") == {"reminded": "1"}
    expect(page.locator(".toast")).to_contain_text("Call Priya about the roof")
    assert stayed(page)

    page.get_by_role("link", name="Show what is new").click()
    item = page.locator("[data-note]", has_text="Call Priya about the roof, due")
    expect(item).to_have_class("note-item is-unread")
    faults = shoot(page, screens, "centre")
    before = count_of(page)
    item.get_by_role("button", name="Mark task done").click()
    expect(item).to_have_class("note-item")
    counts(page, before - 1)
    assert ask(stack, planted, task, who="kabir")["status"] == "completed"
    assert faults == [], faults


def test_a_page_comes_back_after_the_socket_broke(page: Page, stack: Stack, planted: Planted) -> None:
    opened(page, "/contacts/")
    before = count_of(page)
    stack.kill("live")
    give(stack, planted, "Missed")
    page.wait_for_timeout(1500)
    assert count_of(page) == before
    with page.expect_websocket(lambda socket: True, timeout=60_000):
        stack.start("live")

    expect(page.locator(".toast", has_text="There are new notifications")).to_be_visible(timeout=90_000)
    expect(page.locator(".bell-count")).to_have_text(str(before + 1))
    give(stack, planted, "Heard")
    expect(page.locator(".toast", has_text="Heard Nair is yours now")).to_be_visible()
    expect(page.locator(".bell-count")).to_have_text(str(before + 2))
    assert stayed(page)


BESIDE = (
    "/me/notifications/", "/settings/notifications/", "/settings/events/", "/settings/events/kinds/",
    "/settings/events/failed/",
)  # fmt: skip


def test_pages_beside_it_are_free_of_faults(page: Page, screens: Path) -> None:
    faults = []
    for path in BESIDE:
        assert page.goto(path).status == 200  # type: ignore[union-attr]
        faults += shoot(page, screens, path.strip("/").replace("/", "-"))
    assert faults == [], faults
