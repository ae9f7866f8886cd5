"""The nightly proof: green on two companies as they are, red the moment a wall is down, naming the right door.

No wall has a switch in the program. Each is taken down here as the tests' own are (`felling`), by replacing the one
function that is the wall in the process of the test; the attack then has to find it the way it would find a mistake
of ours.
"""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from saas.isolation.attacking import attack
from saas.isolation.doors import DOORS
from saas.isolation.doors import web as asking
from saas.isolation.scene import staged
from saas.isolation.tally import Tally
from tenants.kernel import context
from tests.factories import Twin
from tests.hostile.felling.faults import places, web, work
from tests.hostile.felling.wall import Fault
from tests.matrix.asking import digest
from tests.thorough import IS_THOROUGH


def at(name: str, twins: tuple[Twin, Twin]) -> dict[str, Any]:
    """What one door of B says when A is before it."""
    door = next(door for door in DOORS if door.name == name)
    tally = Tally(door.name, needs_proof=door.needs_proof)
    with context.public(), staged(twins[0].company, twins[1].company) as scene:
        door.attack(scene, tally)
    return tally.told


def test_every_door_is_green_and_nothing_stays(twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch) -> None:
    share = 1 if IS_THOROUGH else 6
    for routes in ("pages", "operations"):
        thin_out(monkeypatch, routes, share)
    before = [digest(twin.place) for twin in twins]
    folders = [_files_of(twin) for twin in twins]
    with context.public():
        came = attack(attacker=twins[0].company, victim=twins[1].company)

    assert [(door["door"], door["findings"], door["faults"]) for door in came.doors if door["state"] == "red"] == []
    assert [(door["door"], door["faults"], door["proofs"]) for door in came.doors if door["state"] == "unclear"] == []
    assert came.verdict == "green"
    assert {door["door"]: door["state"] for door in came.doors} == {door.name: "green" for door in DOORS}
    assert [digest(twin.place) for twin in twins] == before
    assert [_files_of(twin) for twin in twins] == folders
    # Floors, so that a door that quietly stops trying is noticed.
    tried = {door["door"]: door["attacks"] for door in came.doors}
    assert {name: count for name, count in tried.items() if count < LEAST[name] // share} == {}
    assert {door["door"] for door in came.doors if door["proofs"] == 0} == set()


def thin_out(monkeypatch: pytest.MonkeyPatch, routes: str, share: int) -> None:
    """Of what a door tries, every so manieth that leads to a record; all with a share of one."""
    every = getattr(asking, routes)
    if share > 1:
        monkeypatch.setattr(asking, routes, lambda *args: [one for one in every(*args) if one.steps][::share])


def _files_of(twin: Twin) -> list[str]:
    with context.inside(twin.place):
        folder = Path(default_storage.path(""))
    return sorted(str(file) for file in folder.rglob("*") if file.is_file())


LEAST = {
    "database": 70, "pages": 150, "api": 150, "hosts": 100, "passes": 50, "search": 40, "cache": 20, "files": 30,
    "jobs": 60, "exports": 10, "signed": 10, "websockets": 6,
}  # fmt: skip


# Walls


WALLS: dict[str, tuple[Fault, str, set[str]]] = {
    "role": (places.no_role, "database", {"T15", "T17"}),
    "schema-pages": (web.anothers_schema, "pages", {"T23"}),
    "schema-api": (web.anothers_schema, "api", {"T23"}),
    "schema-search": (web.anothers_schema, "search", {"T24"}),
    "host": (web.picked_by_forwarded_host, "hosts", {"T10"}),
    "keys": (web.unsalted_keys, "passes", {"T12"}),
    "sessions": (web.sessions_of_anybody, "passes", {"T13"}),
    "links": (web.unsalted_links, "passes", {"T11"}),
    "search": (web.searched_elsewhere, "search", {"T24"}),
    "exports": (web.exported_elsewhere, "exports", {"T24"}),
    "cache": (places.unsalted_cache, "cache", {"T20"}),
    "storage": (places.unwalled_storage, "files", {"T21"}),
    "signatures": (places.unsalted_signatures, "signed", {"T22"}),
    "tasks": (work.tasks_of_nobody, "jobs", {"T31"}),
    "pages of sockets": (web.sockets_for_any_page, "websockets", {"T24"}),
    "groups of sockets": (web.unsalted_groups, "websockets", {"T24"}),
}


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_that_is_down_makes_its_door_red(
    twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    take_down, door, hazards = WALLS[name]
    take_down(monkeypatch)
    for routes in ("pages", "operations"):  # a few are enough to see that the schema is another's
        thin_out(monkeypatch, routes, 12)

    told = at(door, twins)

    assert told["state"] == "red"
    assert {found["hazard"] for found in told["findings"]} >= hazards
