"""The time machine: a record goes through time and gets a field back; a company goes back, and forth again."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, field_of_record, listen, shoot, signed_in, width_of
from tests.stack import Stack

NAMES = {WIDE: "Asha", NARROW: "Kavita"}
"""Each width has a contact of its own."""


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("past")


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    page = signed_in(browser, stack, planted, width=request.param).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    assert heard == []


def test_a_record_goes_through_time_and_gets_a_field_back(page: Page, screens: Path) -> None:
    page.goto(f"/contacts/?view=all&q={NAMES[width_of(page)]}")
    page.locator("tbody a.name").first.click()
    page.wait_for_url(re.compile(r"/contacts/[0-9a-f-]{36}/$"))
    address = page.url
    page.get_by_role("button", name="More", exact=True).first.click()
    page.get_by_role("link", name="Time machine").click()
    page.wait_for_url(re.compile("/past/$"))

    different = page.locator(".past-then tr.is-different")
    expect(different).to_have_count(2)
    slide = page.get_by_role("slider", name="Go through time")
    slide.focus()
    slide.press("End")
    expect(different).to_have_count(0)
    slide.press("ArrowLeft")
    expect(different).to_have_count(2)
    if width_of(page) == WIDE:
        assert shoot(page, screens, "past-record") == []
    page.get_by_role("checkbox", name="Bring back City").check()
    page.get_by_role("button", name="Bring back what is ticked").click()
    page.wait_for_url(address)
    expect(field_of_record(page, "city").locator(".cell-shown")).to_contain_text("Pune")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(field_of_record(page, "city").locator(".cell-shown")).to_contain_text("Nowhere")


def test_a_list_is_shown_as_of_a_moment(page: Page, planted: Planted, screens: Path) -> None:
    page.goto("/accounts/?view=all")
    page.locator(".bar-end").get_by_role("button", name="More").click()
    page.get_by_role("button", name="As of…").click()
    expect(page.get_by_role("dialog").get_by_label("Moment")).to_be_visible()
    page.goto(f"/accounts/?view=all&as_of={planted['at'].replace('+', '%2B')}")

    expect(page.locator(".banner", has_text="as of")).to_be_visible()
    expect(page.get_by_role("link", name="Solar One")).to_be_visible()
    expect(page.get_by_text("Rubbish Ltd")).to_have_count(0)
    if width_of(page) == WIDE:
        assert shoot(page, screens, "past-list") == []
    page.get_by_role("link", name="Back to today").click()
    expect(page.get_by_text("Rubbish Ltd")).to_be_visible()


def test_the_company_goes_back_and_forth_again(page: Page, planted: Planted, screens: Path) -> None:
    page.goto("/settings/time-machine/")
    page.get_by_role("button", name="A week ago").click()
    expect(page.get_by_label("Back to", exact=True)).not_to_have_value("")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".past-preview")).to_contain_text("go into the bin")
    page.goto(f"/settings/time-machine/?at={_local(planted['at'])}&types=accounts")
    expect(page.locator(".past-preview")).to_contain_text("come back from the bin")
    expect(page.locator(".past-preview")).to_contain_text("Rubbish Ltd")
    if width_of(page) == WIDE:
        assert shoot(page, screens, "past-company") == []
    page.get_by_role("button", name="Bring back 2 records").click()
    page.get_by_role("dialog").get_by_role("button", name="Bring back").click()
    page.wait_for_url(re.compile("/jobs/"))
    job = page.url.partition("?")[0]
    page.goto("/accounts/?view=all")
    expect(page.get_by_role("link", name="Solar One")).to_be_visible()
    expect(page.get_by_text("Rubbish Ltd")).to_have_count(0)
    page.goto(job)
    page.get_by_role("button", name="Undo", exact=True).click()
    with page.expect_navigation():
        page.locator("#confirm").get_by_role("button", name="Undo").click()
    page.goto("/accounts/?view=all")
    expect(page.get_by_text("Rubbish Ltd")).to_be_visible()


def _local(at: str) -> str:
    """As the field has it: in the time zone of the planted company, India's."""
    return (datetime.fromisoformat(at).replace(tzinfo=None) + timedelta(hours=5, minutes=30)).isoformat()
