"""Every route x everybody who might try: let in or refused as the roles say, and the refused changed nothing.

The routes come from the URL map and the API document; what each needs is in `rows`. See infra/docs/permissions.md.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.matrix.asking import Got, Scene, ask, wanted, who_ask
from tests.matrix.people import Asker
from tests.matrix.routes import FACES, Route, routes
from tests.matrix.rows import ROWS
from tests.matrix.samples import Row

GROUPS = [(face, group) for face in FACES for group in ROWS[face]]


def rows_of(face: str) -> list[Row]:
    return [row for group in ROWS[face].values() for row in group]


@pytest.mark.parametrize("face", FACES)
def test_every_route_has_a_row_and_every_row_a_route(face: str) -> None:
    there, known = Counter(route.name for route in routes(face)), Counter(row.name for row in rows_of(face))

    assert sorted(there - known) == [], "routes without a row: say in tests/matrix/rows what they need"
    assert sorted(known - there) == [], "rows without a route"


@pytest.mark.parametrize(("face", "group"), GROUPS, ids=lambda one: str(one).replace(" ", "-"))
def test_matrix(scenes: dict[str, Scene], face: str, group: str) -> None:
    by_name = {route.name: route for route in routes(face)}
    scene = scenes[face]

    found = [fault for row in ROWS[face][group] for fault in faults(scene, by_name[row.name], row)]

    assert not found, "\n".join(found)


def faults(scene: Scene, route: Route, row: Row) -> Iterator[str]:
    """Where the answer is not what the row says: route, who, wanted, got."""
    for asker in who_ask(scene, route, row):
        is_wanted = wanted(route, row, asker)
        got = ask(scene, route, row, asker, is_wanted=is_wanted)
        if said := verdict(row, asker, is_wanted, got):
            yield f"{row.name} ({row.need.words}): {asker.who.name} {said}; got {got.status} {got.text[:160]!r}"
    if row.secret:
        true, spoilt = (ask(scene, route, row, scene.people[0], spoilt=is_spoilt) for is_spoilt in (False, True))
        if spoilt.was_in and spoilt.status == true.status:
            yield f"{row.name}: a spoilt secret opens it, too; got {spoilt.status}"


def verdict(row: Row, asker: Asker, is_wanted: bool, got: Got) -> str:
    if got.was_in != is_wanted:
        return "should be let in" if is_wanted else "should be refused"
    if is_wanted:
        return ""
    if got.has_changed:
        return "was refused, and changed something"
    is_nobody = asker.who.kind in ("nobody", "directory")
    if is_nobody and not (got.is_nobody or got.status in (403, 404)):
        return "should be sent to sign in"
    if not is_nobody and got.status not in (401, 403, 404) and row.judge is None:
        return "should be refused with 403 or 404"
    return ""
