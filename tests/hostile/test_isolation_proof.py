"""The nightly proof: green on two companies as they are, red the moment a wall is down, naming the right door.

No wall has a switch in the program. Each is taken down here, by replacing the one function that is the wall in the
process of the test; the attack then has to find it the way it would find a mistake of ours.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils.module_loading import import_string

from saas.isolation.attacking import attack
from saas.isolation.doors import DOORS, web
from saas.isolation.scene import staged
from saas.isolation.tally import Tally
from tenants.directory import hosts
from tenants.directory.models import Company
from tenants.directory.task import TenantTask
from tenants.directory.tenant import Tenant
from tenants.identity import keys, sessions
from tenants.identity.tokens import _TOKENS
from tenants.kernel import cache, context, signing
from tenants.kernel.storage import WalledStorage
from tests.factories import Twin
from tests.matrix.asking import digest

Walls = Callable[[pytest.MonkeyPatch, tuple[Twin, Twin]], None]


def at(name: str, twins: tuple[Twin, Twin]) -> dict[str, Any]:
    """What one door of B says when A is before it."""
    door = next(door for door in DOORS if door.name == name)
    tally = Tally(door.name, needs_proof=door.needs_proof)
    with context.public(), staged(twins[0].company, twins[1].company) as scene:
        door.attack(scene, tally)
    return tally.told


def test_every_door_is_green_and_nothing_stays(twins: tuple[Twin, Twin]) -> None:
    before = [digest(twin.place) for twin in twins]
    folders = [_files_of(twin) for twin in twins]
    with context.public():
        came = attack(attacker=twins[0].company, victim=twins[1].company)

    assert [(door["door"], door["findings"], door["faults"]) for door in came.doors if door["state"] == "red"] == []
    assert [(door["door"], door["faults"], door["proofs"]) for door in came.doors if door["state"] == "unclear"] == []
    assert came.verdict == "green"
    assert {door["door"]: door["state"] for door in came.doors} == {
        door.name: "absent" if door.name == "websockets" else "green" for door in DOORS
    }
    assert [digest(twin.place) for twin in twins] == before
    assert [_files_of(twin) for twin in twins] == folders
    # Floors, so that a door that quietly stops trying is noticed.
    tried = {door["door"]: door["attacks"] for door in came.doors}
    assert {name: count for name, count in tried.items() if count < LEAST[name]} == {}
    assert {door["door"] for door in came.doors if door["proofs"] == 0} == {"websockets"}


def _files_of(twin: Twin) -> list[str]:
    with context.inside(twin.place):
        folder = Path(default_storage.path(""))
    return sorted(str(file) for file in folder.rglob("*") if file.is_file())


LEAST = {
    "database": 100, "pages": 150, "api": 150, "hosts": 100, "passes": 50, "search": 40, "cache": 20, "files": 30,
    "jobs": 60, "exports": 10, "signed": 10, "websockets": 0,
}  # fmt: skip


# Walls


def no_role(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    """Companies work as the login role, which owns every table."""
    patch.setattr(Company, "place", property(lambda self: replace(PLACE(self), role=None)))


PLACE = Company.place.fget
"""As it is."""


def anothers_schema(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    """A's host leads to B's schema, under the name of A: routing gone wrong."""
    one, two = twins
    true = Tenant.place.func

    def wrong(tenant: Tenant) -> context.Place:
        place = true(tenant)
        is_a = tenant.company is not None and tenant.company.id == one.company.pk
        return replace(place, schema=two.place.schema, role=two.place.role) if is_a else place

    patch.setattr(Tenant, "place", property(wrong))


def picked_by_header(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    """A client may name the company it wants."""
    import saas.faces

    def resolved(host: str) -> Any:
        return hosts.resolve(host)

    true = saas.faces.Faces.__call__

    def called(self: Any, request: Any) -> Any:
        wanted = request.headers.get("X-Forwarded-Host")
        if wanted:
            request.META["HTTP_HOST"] = wanted
        return true(self, request)

    patch.setattr(saas.faces, "resolve", resolved)
    patch.setattr(saas.faces.Faces, "__call__", called)


def unsalted_keys(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    import hashlib

    from tenants.identity import queries as passes
    from tenants.identity.oauth import tokens

    def plain(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    for module in (keys, passes, tokens):
        patch.setattr(module, "digest_of", plain)
    patch.setattr("saas.isolation.people.digest_of", plain)


def sessions_of_anybody(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    patch.setattr(sessions.SessionStore, "scope", property(lambda self: "one for all"))


def unsalted_links(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    patch.setattr(type(_TOKENS["reset"]), "_make_hash_value", lambda self, user, moment: f"{user.pk}{moment}")


def unsalted_cache(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    patch.setattr(cache, "salted_key", lambda key, prefix, version: f"{prefix}:{version}:{key}")


def unwalled_storage(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    """Paths are joined, and nobody looks where they end."""
    patch.setattr(WalledStorage, "_within", lambda self, root, name: str(root / context.place().schema / name))
    patch.setattr("django.core.files.storage.base.validate_file_name", lambda name, **_: name)


def unsalted_signatures(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    patch.setattr(signing, "_salt", lambda purpose: purpose)


def tasks_of_nobody(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    """A message without a company runs in some company."""
    patch.setattr(TenantTask, "_place", lambda self, company_id: twins[1].place)


def searched_elsewhere(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    _done_at_b(patch, twins, "tenants.records.search.api.search")


def exported_elsewhere(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin]) -> None:
    _done_at_b(patch, twins, "tenants.records.exporting.kinds._fill")


def _done_at_b(patch: pytest.MonkeyPatch, twins: tuple[Twin, Twin], name: str) -> None:
    """A function that always works in B, whoever asks."""
    true = import_string(name)

    def done(*args: Any, **kwargs: Any) -> Any:
        with context.inside(twins[1].place):
            return true(*args, **kwargs)

    patch.setattr(name, done)


WALLS: dict[str, tuple[Walls, str, set[str]]] = {
    "role": (no_role, "database", {"T15", "T17"}),
    "schema-pages": (anothers_schema, "pages", {"T23"}),
    "schema-api": (anothers_schema, "api", {"T23"}),
    "schema-search": (anothers_schema, "search", {"T24"}),
    "host": (picked_by_header, "hosts", {"T10"}),
    "keys": (unsalted_keys, "passes", {"T12"}),
    "sessions": (sessions_of_anybody, "passes", {"T13"}),
    "links": (unsalted_links, "passes", {"T11"}),
    "search": (searched_elsewhere, "search", {"T24"}),
    "exports": (exported_elsewhere, "exports", {"T24"}),
    "cache": (unsalted_cache, "cache", {"T20"}),
    "storage": (unwalled_storage, "files", {"T21"}),
    "signatures": (unsalted_signatures, "signed", {"T22"}),
    "tasks": (tasks_of_nobody, "jobs", {"T31"}),
}


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_that_is_down_makes_its_door_red(
    twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    take_down, door, hazards = WALLS[name]
    take_down(monkeypatch, twins)
    for routes in ("pages", "operations"):  # a few are enough to see that the schema is another's
        every = getattr(web, routes)
        monkeypatch.setattr(web, routes, lambda *args, every=every: [one for one in every(*args) if one.steps][::12])

    told = at(door, twins)

    assert told["state"] == "red"
    assert {found["hazard"] for found in told["findings"]} >= hazards
