"""Search, lists and filters: the first half of the canary's word is looked for, the second must not come (T24)."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from saas.isolation.browser import Browser
from saas.isolation.people import Person
from saas.isolation.scene import Scene
from saas.isolation.tally import Tally
from tenants.records.registry import RecordType, record_types

ATTACK = "looking for their words"


def attack(scene: Scene, tally: Tally) -> None:
    for is_program, path, query in _questions(scene.canary.bait):
        asked, place = f"{path}?{query}", f"GET {path}"
        got = scene.ask(_by(scene.attacker, is_program), "GET", path, query=query)
        scene.judge(tally, got, attack=ATTACK, hazard="T24", place=place, asked=asked)
        if scene.canary.tail in scene.ask(_by(scene.victim, is_program), "GET", path, query=query).reply.text:
            tally.proved()


def _by(person: Person, is_program: bool) -> Browser:
    return person.program if is_program else person.browser


def _questions(bait: str) -> Iterator[tuple[bool, str, str]]:
    """Whether a program asks, the path and the query."""
    words = urlencode({"q": bait})
    for path in ("/api/v1/search", "/api/v1/search/suggestions"):
        yield True, path, words
    for path in ("/search/", "/search/palette/"):
        yield False, path, words
    for one in record_types():
        yield True, f"/api/v1/{one.name}", words
        yield False, f"/{one.name}/", words
        yield False, f"/{one.name}/options/", words
        for filtered in _filters(one, bait):
            yield True, f"/api/v1/{one.name}", filtered
            yield False, f"/{one.name}/", filtered


def _filters(record_type: RecordType, bait: str) -> Iterator[str]:
    asked = record_type.own_fields.get(record_type.title)
    if asked and "contains" in asked.operators:
        yield urlencode({"filter": json.dumps({"field": record_type.title, "op": "contains", "value": bait})})
