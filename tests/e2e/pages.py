"""What the browser tests share: companies and who is signed in, mails, screenshots, errors of the page."""

import email
import os
import re
import time
from email.message import Message
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.e2e.gardener import Planted
from tests.plugin import ROOT
from tests.stack import Stack
from tests.thorough import IS_THOROUGH

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = WIDTHS = (1440, 390)
THEMES = ("light", "dark")
SETTLED = """() => Promise.race([
  new Promise((settle) => setTimeout(settle, 2000)),
  Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
    .map((one) => one.finished.catch(() => null)))])"""
"""Colours fade from one theme to the other: half-way they have too little contrast. A paused one is not waited for."""
HELD = """async () => {
  for (const one of document.querySelectorAll(".toast:not(.is-leaving)")) one.dispatchEvent(new Event("pointerenter"))
  while (document.querySelector(".toast.is-leaving")) await new Promise((go) => setTimeout(go, 50))
}"""
LET_GO = """() => {
  for (const one of document.querySelectorAll(".toast")) one.dispatchEvent(new Event("pointerleave"))
}"""
"""A toast is looked at as it stands, not while it fades: it stays as it does under a pointer."""
PATIENCE_MS = 20_000
"""How long a state may take to come: the machine may be slow."""
PAGE_MS = 60_000
"""How long a page may take to come: the first warms the program up."""


def signed_in(
    browser: Browser, stack: Stack, planted: Planted, *, width: int = WIDE, who: str = "owner", has_touch: bool = False
) -> BrowserContext:
    """A browser at a planted company."""
    url = f"http://{planted['host']}:{stack.port}"
    found = browser.new_context(
        viewport={"width": width, "height": 900 if width > 500 else 844}, base_url=url, has_touch=has_touch
    )
    found.set_default_timeout(PATIENCE_MS)
    found.set_default_navigation_timeout(PAGE_MS)
    found.add_cookies([{"name": planted["cookie"], "value": planted[who], "url": url}])
    return found


def width_of(page: Page) -> int:
    return page.viewport_size["width"] if page.viewport_size else WIDE


def field_of_record(page: Page, label: str) -> Locator:
    """A field of the record that the page shows; on a phone its part of the page is opened first."""
    if width_of(page) == NARROW:
        page.locator("[data-show=about]").click()
    return page.locator(f".about-line[data-label='{label}']")


def wait_for_mail(folder: Path, to: str, *, seconds: float = 60) -> Message:
    """The newest mail to an address; waits for the worker to send it."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        found = [message for message in _mails(folder) if to in str(message["To"])]
        if found:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError(f"no mail to {to}")


def _mails(folder: Path) -> list[Message]:
    return [email.message_from_bytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def text_of(message: Message) -> str:
    parts = [part for part in message.walk() if part.get_content_type().startswith("text/")]
    return "\n".join(part.get_payload(decode=True).decode() for part in parts)  # type: ignore[union-attr]


def link_in(message: Message) -> str:
    """The first link with a token in a mail."""
    links = re.findall(r"https?://[^\s\"'<>]+", text_of(message))
    return max(links, key=len)


def accessibility_faults(page: Page, *, only: str = "") -> list[str]:
    """What axe finds serious or critical on the page as it stands, by all rules or by one."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    chosen = {"resultTypes": ["violations"]} | ({"runOnly": [only]} if only else {})
    found = page.evaluate("chosen => axe.run(document, chosen)", chosen)
    return [
        f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


LOOKS = [(width, theme) for width in WIDTHS for theme in THEMES]
"""How a page may look. Where nobody asks for pictures, each width and each theme is looked at once."""
SHORT_LOOKS = [(WIDE, "light"), (NARROW, "dark")]
IS_SHOWN = IS_THOROUGH or "OMNIFLOW_SCREENS" in os.environ


def shoot(page: Page, folder: Path, name: str, *, column: str = "") -> list[str]:
    """The page as it stands, wide and narrow, light and dark; what axe finds in each.

    Of a board, `column` is brought into sight.
    """
    faults: list[str] = []
    before = page.viewport_size
    page.evaluate(HELD)
    for width, theme in LOOKS if IS_SHOWN else SHORT_LOOKS:
        page.set_viewport_size({"width": width, "height": 900 if width > 500 else 844})
        if column:
            page.locator(f"[data-column][data-name='{column}']").evaluate(
                "list => list.scrollIntoView({inline: 'center'})"
            )
        page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
        page.evaluate(SETTLED)
        # Of what axe looks at, a theme changes colours alone.
        is_second = IS_SHOWN and theme != THEMES[0]
        found = accessibility_faults(page, only="color-contrast" if is_second else "")
        faults += [f"{width} {theme} {fault}" for fault in found]
        take_picture(page, folder / f"{name}-{width}-{theme}.jpg", caret="initial")
    page.evaluate("document.documentElement.setAttribute('data-bs-theme', 'light')")
    page.evaluate(LET_GO)
    if before:
        page.set_viewport_size(before)
        page.evaluate(SETTLED)  # a click lands beside what still moves
    return faults


def seen(page: Page, folder: Path, name: str) -> list[str]:
    """As `shoot`, at the page's own width: what floats closes when the window changes."""
    faults = []
    for theme in THEMES:
        page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
        page.evaluate(SETTLED)
        faults += accessibility_faults(page, only="" if theme == THEMES[0] else "color-contrast")
        take_picture(page, folder / f"{name}-{width_of(page)}-{theme}.jpg")
    page.evaluate("document.documentElement.setAttribute('data-bs-theme', 'light')")
    return faults


def take_picture(page: Page, path: Path, **how: Any) -> None:
    """Where somebody will look at it."""
    if IS_SHOWN:
        page.screenshot(path=path, type="jpeg", quality=62, **how)


def listen(page: Page) -> list[str]:
    """Collects what the page complains of."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error.stack or error}"))
    page.on("console", lambda line: heard.append(f"{page.url}: {line.text}") if line.type == "error" else None)
    return heard
