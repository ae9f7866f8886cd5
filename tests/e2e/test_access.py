"""An administrator makes a role, opens records by a rule, and hands over what somebody owns who leaves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, listen, shoot, signed_in, width_of
from tests.stack import Stack

LEAVERS = {WIDE: ("Maya Iyer", "Pune"), NARROW: ("Rohan Patil", "Nashik")}
"""Each width lets one of its own go."""


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("access", "access")


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    page = signed_in(browser, stack, planted, width=request.param).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    assert heard == []


def test_a_role_is_made_and_kept(page: Page, screens: Path) -> None:
    name = f"Field partner {width_of(page)}"
    page.goto("/settings/roles/new/")
    page.locator("#role-name").fill(name)
    page.get_by_role("button", name="Own records only").click()
    expect(page.get_by_label("Every other type: See")).to_have_value("own")
    expect(page.get_by_label("Stages: See")).to_have_value("all")  # knows only yes and no
    page.locator("[data-role-row=deals] [data-role-named]").check()
    page.get_by_label("Deals: See").select_option("team")
    page.get_by_label("Every other type: Change").select_option("team")
    expect(page.locator("[name='records.contacts.edit']")).to_have_value("team")
    page.get_by_label("Find a field").fill("amount")
    line = page.locator("[data-role-group]", has_text="Deals").locator(
        "[data-role-line]:not([hidden])", has_text="Amount"
    )
    line.get_by_role("combobox").first.select_option("hidden")
    faults = shoot(page, screens, "role")
    page.get_by_role("button", name="Create role").click()

    page.get_by_role("link", name=name).click()
    expect(page.get_by_label("Deals: See")).to_have_value("team")
    expect(page.get_by_label("Every other type: Change")).to_have_value("team")
    expect(page.locator("[name='fields.deals.amount']")).to_have_value("hidden")
    assert faults == [], faults


def test_a_rule_opens_what_its_filter_finds(page: Page, screens: Path) -> None:
    _leaver, city = LEAVERS[width_of(page)]
    page.goto("/settings/sharing/")
    page.locator(".top").get_by_role("button", name="New rule").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill(f"Contacts in {city}")
    dialog.get_by_label("Field", exact=True).select_option("city")
    dialog.locator(".ask-inputs").evaluate("inputs => inputs.setAttribute('data-former', '')")
    dialog.get_by_label("Condition", exact=True).select_option("is")
    expect(dialog.locator("[data-former]")).to_have_count(0)  # another condition draws the value anew
    dialog.get_by_label("Value", exact=True).fill(city)
    dialog.get_by_role("button", name="How many now?").click()
    expect(dialog.locator("#rule-count")).to_contain_text("contacts now.")
    dialog.get_by_label("For", exact=True).select_option("role:sales-rep")
    faults = shoot(page, screens, "sharing-rule")
    dialog.get_by_role("button", name="Save rule").click()

    expect(page.locator("tbody tr", has_text=f"Contacts in {city}")).to_be_visible()
    assert faults == [], faults


def test_who_leaves_hands_over_and_it_is_undone(page: Page, screens: Path) -> None:
    name, _city = LEAVERS[width_of(page)]
    page.goto("/settings/people/")
    row = page.locator("tbody tr", has_text=name)
    row.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("button", name="Deactivate").click()
    dialog = page.locator("#dialog")
    expect(dialog.locator(".hand-table")).to_contain_text("Contacts")
    dialog.get_by_label("Asha Rao").check()
    dialog.get_by_label("Kabir Mehta").check()
    faults = shoot(page, screens, "handover")
    dialog.get_by_role("button", name="Deactivate").click()

    expect(page.locator(".toast", has_text="can no longer sign in")).to_be_visible()
    expect(page.locator("tbody tr", has_text=name)).to_contain_text("Deactivated")
    page.locator(".toast", has_text="Hand over").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Undo: Hand over")).to_be_visible()
    assert faults == [], faults
