"""The list of walls stays true: what they name exists, and nothing that hostile.md tells of is without one.

Whether the walls fall is asked by `python -m tests.hostile.felling`, which takes its time.
"""

import ast
import re
from functools import cache

import pytest

from tests.hostile.felling.wall import Wall, covers
from tests.hostile.felling.walls import WALLS
from tests.plugin import ROOT

DOCUMENT = (ROOT / "infra" / "docs" / "hostile.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in DOCUMENT.splitlines() if line[:2] == "| "]
FELLED, BORNE = [row for row in ROWS if len(row) == 3], [row for row in ROWS if len(row) == 2]
ELSEWHERE = ("`tests/identity/", "`tests/records/sharing/")
"""Rooms whose tests this tool does not look at."""


@cache
def functions_of(file: str) -> dict[str, bool]:
    """The tests of a file, and whether each is run with parameters."""
    tree = ast.parse((ROOT / file).read_text())
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return {node.name: any("parametrize" in ast.unparse(one) for one in node.decorator_list) for node in found}


@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
def test_a_wall_names_tests_that_exist(wall: Wall) -> None:
    assert wall.tests
    for selector in wall.tests:
        file, _colons, rest = selector.partition("::")
        name, bracket, _parameters = rest.partition("[")
        assert name in functions_of(file), selector
        assert not bracket or functions_of(file)[name], selector


def names_in(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z0-9-]+)`", cell))


def test_every_wall_is_told_of_and_every_one_told_of_is_there() -> None:
    told = set().union(*(names_in(row[2]) for row in FELLED))

    assert told == set(WALLS)


def test_every_row_has_a_wall_that_belongs_to_it() -> None:
    bare = [row for row in FELLED[1:] if not names_in(row[2])]

    assert [row[0] for row in bare if not row[1].startswith(ELSEWHERE)] == []
    for hazard, _where, walls in FELLED:
        for number in re.findall(r"T\d\d", re.sub(r"\(.*\)", "", hazard)):
            assert any(number in WALLS[name].hazards for name in names_in(walls)), number


def test_every_hazard_is_borne_by_a_test_with_a_wall_or_does_not_apply() -> None:
    """By number: what stands against it, with a test that carries it in its name or file."""
    numbered = {row[0]: row[1] for row in BORNE if re.fullmatch(r"T\d\d", row[0])}
    with_walls = {number for wall in WALLS.values() for number in wall.hazards if re.fullmatch(r"T\d\d", number)}

    assert set(numbered) >= with_walls
    assert {number for number, text in numbered.items() if not text.startswith("does not apply")} <= with_walls


@pytest.mark.parametrize(
    ("selector", "node_id", "is_covered"),
    [
        ("a.py::test_x", "a.py::test_x", True),
        ("a.py::test_x", "a.py::test_x[1]", True),
        ("a.py::test_x", "a.py::test_xy", False),
        ("a.py::test_x[1]", "a.py::test_x[2]", False),
        ("a.py", "a.py::test_x", True),
    ],
)
def test_a_selector_covers_what_it_names(selector: str, node_id: str, is_covered: bool) -> None:
    assert covers(selector, node_id) is is_covered
