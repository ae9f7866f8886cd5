"""Pages and API: every route that takes an id is asked by a stranger with an id of the company, by every method.

A stranger must get the answer of an id that nobody has: the same status, not a word of the company, and the
server must not even have looked at its tables.
"""

import json
from collections.abc import Iterable
from typing import Any

from saas.isolation.browser import Browser
from saas.isolation.filling import Asked, filled
from saas.isolation.routes import API, Route, operations_of, pages_of
from saas.isolation.scene import Scene
from saas.isolation.tally import LET_IN, TOLD_APART, Tally
from tenants.records.fields import Relation
from tenants.records.order import all_in_order
from tenants.records.registry import RecordType, type_of

URLCONF = "saas.urls.company"
DOCUMENT = f"/{API}openapi.json"
T23 = "T23"


def pages() -> list[Route]:
    return [route for route in pages_of(URLCONF) if not route.path.startswith("hooks/")]


def operations(browser: Browser) -> list[Route]:
    """As the company is told them tonight."""
    reply = browser.ask("GET", DOCUMENT)
    return list(operations_of(json.loads(reply.body) if reply.status == 200 else {}))


def attack_pages(scene: Scene, tally: Tally) -> None:
    _by_id(scene, tally, pages(), scene.attacker.browser, scene.victim.browser)


def attack_api(scene: Scene, tally: Tally) -> None:
    _by_id(scene, tally, operations(scene.attacker.program), scene.attacker.program, scene.victim.program)
    for record_type in all_in_order():
        _point(scene, tally, record_type)


def _by_id(scene: Scene, tally: Tally, routes: Iterable[Route], stranger: Browser, at_home: Browser) -> None:
    for route in routes:
        for asked in filled(route, scene):
            for method in route.methods:
                _one(scene, tally, method, asked, stranger)
            if "GET" in route.methods and scene.ask(at_home, "GET", asked.path).reply.is_let_in:
                tally.proved()


def _one(scene: Scene, tally: Tally, method: str, asked: Asked, stranger: Browser) -> None:
    body = b"" if method == "GET" else b"{}"
    place = f"{method} {asked.place}"
    got = scene.ask(stranger, method, asked.path, body=body)
    scene.judge(tally, got, attack="ids of the other company", hazard=T23, place=place, asked=asked.path)
    nobodys = scene.ask(stranger, method, asked.shadow, body=body)
    if got.reply.status != nobodys.reply.status:
        tally.found("ids of the other company", T23, TOLD_APART, place, str(got.reply.status))


def _point(scene: Scene, tally: Tally, record_type: RecordType) -> None:
    """A record of the attacker's own that points at one of the victim's."""
    for name in record_type.form:
        asked = record_type.own_fields.get(name)
        target = type_of(asked.target) if isinstance(asked, Relation) else None
        if target and target.name in scene.canary.records:
            _create(scene, tally, record_type, name, scene.canary.records[target.name])


def _create(scene: Scene, tally: Tally, record_type: RecordType, name: str, theirs: Any) -> None:
    path, place = f"/{API}{record_type.name}", f"POST /{API}{record_type.name} {name}"
    body = json.dumps({name: str(theirs.pk)})
    got = scene.ask(scene.attacker.program, "POST", path, body=body.encode())
    scene.judge(tally, got, attack="pointing at their records", hazard=T23, place=place, asked=body)
    if got.reply.status < 400:
        tally.found("pointing at their records", T23, LET_IN, place, str(got.reply.status))
