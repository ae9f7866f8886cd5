"""Passkeys with the virtual authenticator of Chromium, and the second factor set up on the way in."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, accessibility_faults, listen, signed_in
from tests.factories import PASSWORD
from tests.stack import Stack

REFUSED = "422"


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("company", "passkeys")


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    """The owner's browser on a device with a fingerprint reader, which says yes."""
    page = signed_in(browser, stack, planted, width=request.param).new_page()
    with_authenticator(page, is_verified=True)
    heard = listen(page)
    yield page
    page.context.close()
    # A refusal is an answer, though the browser calls it an error.
    assert [line for line in heard if REFUSED not in line] == []


def with_authenticator(page: Page, *, is_verified: bool) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": is_verified, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page: Page) -> None:
    page.context.clear_cookies(name="session")
    page.goto("/sign-in/")


def test_passkey_is_added_opens_the_door_and_is_removed(page: Page) -> None:
    page.goto("/settings/profile/factors/")
    expect(page.get_by_text("Only your password so far")).to_be_visible()
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text(re.compile("since "))).to_be_visible()

    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("alert").get_by_text("This device has a passkey for you already")).to_be_visible()

    sign_out(page)
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto("/settings/profile/factors/")
    expect(page.get_by_text(re.compile("used .* ago"))).to_be_visible()

    # With the password a second factor is asked for: the same passkey.
    sign_out(page)
    page.get_by_label("E-mail").fill("owner@passkeys.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)

    page.goto("/settings/profile/factors/")
    page.get_by_role("button", name=re.compile("^Remove ")).click()
    expect(page.get_by_text("Only your password so far")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").get_by_text("The passkey was not accepted.")).to_be_visible()


def test_app_for_codes_is_set_up_by_hand(page: Page) -> None:
    page.goto("/settings/profile/factors/")
    page.get_by_role("link", name="Set up an app for codes").click()
    expect(page.get_by_role("img", name="Picture to scan with the app")).to_be_visible()
    page.get_by_text("Type it instead").click()
    secret = page.locator("#app-secret").inner_text().replace(" ", "")
    assert accessibility_faults(page) == []

    page.get_by_label("Code shown by the app").fill("000000")
    page.get_by_role("button", name="Check the code").click()
    expect(page.get_by_text("This code is not right").first).to_be_visible()
    page.get_by_label("Code shown by the app").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Check the code").click()
    codes = page.locator("#recovery-codes")
    expect(codes).to_be_visible()
    assert len(codes.inner_text().split()) == 10

    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name=re.compile("^Remove ")).click()
    expect(page.get_by_text("Only your password so far")).to_be_visible()
