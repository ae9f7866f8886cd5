"""One edit of all that match, by the real worker: begun in the list, watched while it goes, taken back."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, listen, shoot, signed_in
from tests.e2e.plant_many import MANY
from tests.stack import Stack

JOB_MS = 120_000
"""How long so many rows may take where nobody has a processor to spare."""


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("many")


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    page = signed_in(browser, stack, planted, width=request.param).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    assert heard == []


def list_of(**values: str) -> str:
    """The address of the contacts that have these values."""
    tree = {"all": [{"field": name, "op": "is", "value": value} for name, value in values.items()]}
    return f"/contacts/?{urlencode({'view': 'all', 'filter': json.dumps(tree)})}"


def expect_total(page: Page, total: int, **values: str) -> None:
    page.goto(list_of(**values))
    expect(page.locator("#total")).to_have_attribute("data-total", str(total))


def choose_all(page: Page, total: str) -> None:
    page.locator("[data-pick-all]").check()
    page.locator("[data-select-all] button").click()
    expect(page.locator("[data-chosen-count]")).to_have_text(total)


def set_job_title(page: Page, value: str) -> None:
    """Through the dialog that stands open."""
    dialog = page.locator("#dialog")
    dialog.get_by_label("Which field?").select_option(label="Job title")
    dialog.get_by_role("textbox", name="Job title").fill(value)


def begin(page: Page, label: str) -> None:
    page.locator("#dialog").get_by_role("button", name=label, exact=True).click()
    expect(page.locator(".toast")).to_contain_text(f"{label} has begun")
    expect(page.locator("#dialog")).not_to_be_visible()


def expect_moving(page: Page) -> None:
    """The gauge of the page goes on twice, by itself."""
    seen = 0
    for _turn in range(2):
        gauge = page.wait_for_function(
            "seen => { const bar = document.querySelector('#job progress');"
            " return bar && bar.value > seen && bar.value < 100 ? bar.value : 0; }",
            arg=seen,
            timeout=JOB_MS,
        )
        seen = gauge.json_value()


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo", exact=True).click()
    page.locator("#confirm").get_by_role("button", name="Undo").click()


def figure(page: Page, label: str) -> str:
    return page.locator("#job .job-figures div", has_text=label).locator("dd").inner_text()


def expect_done(page: Page, updated: str) -> None:
    expect(page.locator("#job").get_by_text("Done", exact=True)).to_be_visible(timeout=JOB_MS)
    assert figure(page, "Updated") == updated


@pytest.mark.parametrize("page", [WIDE], indirect=True)
def test_all_of_many_are_edited_and_get_their_values_back(page: Page, stack: Stack, screens: Path) -> None:
    expect_total(page, MANY, source="website")
    choose_all(page, f"{MANY:,}")
    faults = shoot(page, screens, "bulk-chosen")
    page.locator(".actions-bar").get_by_role("button", name="Edit").click()
    set_job_title(page, "Customer")
    faults += shoot(page, screens, "bulk-dialog")

    with stack.paused("worker"):
        begin(page, f"Edit {MANY:,} contacts")
        page.locator(".toast").get_by_role("link", name="Watch").click()
        expect(page.locator("#job progress")).to_be_visible()
    expect_moving(page)
    faults += shoot(page, screens, "bulk-running")
    expect_done(page, f"{MANY:,}")
    faults += shoot(page, screens, "bulk-done")
    job = page.url
    expect_total(page, MANY, source="website", job_title="Customer")

    page.goto(job)
    with stack.paused("worker"):
        undo(page)
        page.wait_for_url(lambda url: "/jobs/" in url and url != job)
        expect(page.locator("#job progress")).to_be_visible()
    expect_moving(page)
    expect_done(page, f"{MANY:,}")
    page.goto(list_of(job_title="Customer"))
    expect(page.locator("#listing .empty")).to_be_visible()
    expect_total(page, len(range(3, MANY, 7)), job_title="Buyer 3")
    assert faults == [], faults


@pytest.mark.parametrize("page", [NARROW], indirect=True)
def test_on_a_phone_the_line_at_the_corner_tells_and_takes_back(page: Page) -> None:
    expect_total(page, 400, city="Nashik")
    choose_all(page, "400")
    page.locator(".actions-bar").get_by_role("button", name="Edit").click()
    set_job_title(page, "Customer")
    begin(page, "Edit 400 contacts")

    done = page.locator(".toast", has_text="Edit 400 contacts: done")
    expect(done).to_be_visible(timeout=JOB_MS)
    expect(page.locator("#job-pulses .pulse")).to_have_count(0)
    expect(page.locator("tbody tr").first).to_contain_text("Customer")
    expect(page.locator(".actions-bar")).to_be_hidden()

    done.get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile("/jobs/[0-9a-f-]{36}/"))
    expect_done(page, "400")
    expect_total(page, 57, city="Nashik", job_title="Buyer 3")
