"""Loaded into a run of pytest by `felling`: takes walls down, one for each test, and writes what the tests made of it.

A program that a test starts (`tests.hostile.queue_app`) asks `in_child` for the same.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.felling.wall import Wall, covers, down

RUN_WITH = "OMNIFLOW_TESTS_WALLS"
"""Those of this run, with commas between."""
DOWN = "OMNIFLOW_TESTS_WALL_DOWN"
"""The one that is down at this moment, for programs that a test starts."""
TOLD = "OMNIFLOW_TESTS_WALLS_TOLD"
LONGEST = 300
OF_WALL = pytest.StashKey[Wall]()
_for_good = ExitStack()


def named(name: str) -> Wall:
    from tests.hostile.felling.walls import WALLS  # it imports the product: Django has to be ready for that

    return WALLS[name]


def in_child() -> None:
    """The wall of the test that started this process is down here, too. Nothing happens in any other run."""
    if DOWN in os.environ and not Feller.is_here:
        _for_good.enter_context(down(named(os.environ[DOWN])))


class Feller:
    is_here = False
    """Whether this process is pytest itself, where walls go down by the test."""

    def __init__(self) -> None:
        Feller.is_here = True
        self.walls = [named(one) for one in os.environ[RUN_WITH].split(",")]
        self.now = self.walls[0]
        self.told: list[dict[str, Any]] = []
        self.fallen: set[tuple[str, str]] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """A test that stands for several walls is run for each."""
        items[:] = [_for_wall(item, wall) for wall in self.walls for item in items if _of(wall, item.nodeid)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """One that fails is enough for each selector; what was left standing for the next goes all the same."""
        self.now = item.stash[OF_WALL]
        os.environ[DOWN] = self.now.name
        left = [one for one in _of(self.now, item.nodeid) if (self.now.name, one) not in self.fallen]
        if left:
            return None
        item.session._setupstate.teardown_exact(nextitem)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        found = yield
        if fixturedef.argname == self.now.after:
            _for_good.enter_context(down(self.now))
        return found

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        if self.now.after:
            return (yield)
        with down(self.now):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        crash = getattr(report.longrepr, "reprcrash", None)
        why = (crash.message if crash else str(report.longrepr or "")).strip().partition("\n")[0][:LONGEST]
        line = {"wall": self.now.name, "test": report.nodeid, "when": report.when, "outcome": report.outcome}
        self.told.append(line | {"why": why, "seconds": report.duration})
        if report.failed and report.when == "call":
            self.fallen |= {(self.now.name, one) for one in _of(self.now, report.nodeid)}
        self.write()

    def pytest_sessionfinish(self) -> None:
        _for_good.close()
        self.write()

    def write(self) -> None:
        Path(os.environ[TOLD]).write_text(json.dumps(self.told))


def _of(wall: Wall, node_id: str) -> list[str]:
    return [one for one in wall.tests if covers(one, node_id)]


def _for_wall(item: Any, wall: Wall) -> pytest.Item:
    made: pytest.Function = pytest.Function.from_parent(
        item.parent, name=item.name, callspec=getattr(item, "callspec", None), callobj=item.obj,
        fixtureinfo=item._fixtureinfo, originalname=item.originalname,
    )  # fmt: skip
    made.own_markers[:] = item.own_markers
    made.stash[OF_WALL] = wall
    return made


def pytest_configure(config: pytest.Config) -> None:
    if RUN_WITH in os.environ:
        config.pluginmanager.register(Feller(), "omniflow-feller")
