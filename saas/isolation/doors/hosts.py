"""The host decides, and nothing else that somebody may send: every list is asked for with words that name the
other company in a header, in the query, and in what proxies write (T08, T10)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from saas.isolation.browser import Browser
from saas.isolation.doors.web import operations, pages
from saas.isolation.scene import Scene
from saas.isolation.tally import SHOWN, Tally
from tenants.records.registry import record_types

NAMED = ("X_TENANT", "X_TENANT_ID", "X_COMPANY", "X_COMPANY_ID", "ORGANIZATION_ID", "X_SCHEMA", "X_AGENCY_ID")
"""Headers by which other houses let a client pick."""
FORWARDED = ("X_FORWARDED_HOST", "X_ORIGINAL_HOST", "X_HOST", "X_FORWARDED_SERVER")
ASKED = ("tenant", "tenant_id", "company", "company_id", "schema", "organization_id")
NEVER = ("sign-out/",)
ATTACK = "naming the other company"


def attack(scene: Scene, tally: Tally) -> None:
    theirs = str(scene.victim.place.company_id)
    headers: dict[str, Any] = {f"HTTP_{name}": theirs for name in NAMED}
    headers |= {f"HTTP_{name}": scene.victim.host for name in FORWARDED}
    headers["HTTP_FORWARDED"] = f"host={scene.victim.host}"
    query = "&".join(f"{name}={quote(theirs)}" for name in ASKED)
    said = f"{theirs} {scene.victim.host}"
    for method, path, browser in _lists(scene):
        got = scene.ask(browser, method, path, query=query, **headers)
        scene.judge(tally, got, attack=ATTACK, hazard="T10", place=path, asked=said)
        if f"//{scene.victim.host}" in got.reply.text:
            tally.found(ATTACK, "T08", SHOWN, path, scene.victim.host)
    for record_type in record_types():
        own = scene.ask(scene.victim.program, "GET", f"/api/v1/{record_type.name}")
        if scene.canary.tail in own.reply.text:
            tally.proved()


def _lists(scene: Scene) -> Iterator[tuple[str, str, Browser]]:
    """What is asked for without an id."""
    for route in operations(scene.attacker.program):
        if not route.steps and "GET" in route.methods:
            yield "GET", f"/{route.path}", scene.attacker.program
    for route in pages():
        if not route.steps and "GET" in route.methods and route.path not in NEVER:
            yield "GET", f"/{route.path}", scene.attacker.browser
    for record_type in record_types():
        yield "GET", f"/{record_type.name}/", scene.attacker.browser
