"""Loaded into a run of pytest by `felling`: takes one wall down and writes what the tests made of it.

Programs that a test starts (`tests.fleet.killing`, `tests.hostile.queue_app`) ask `in_child` for the same.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.felling.wall import Wall, covers, down

WALL = "OMNIFLOW_TESTS_WALL_DOWN"
TOLD = "OMNIFLOW_TESTS_WALL_TOLD"
LONGEST = 300
_for_good = ExitStack()


def wall_now() -> Wall:
    from tests.hostile.felling.walls import WALLS  # it imports the product, which Django has to be ready for

    return WALLS[os.environ[WALL]]


def in_child() -> None:
    """The wall of the test that started this process is down here, too. Nothing happens in any other run."""
    if WALL in os.environ and not Feller.is_here:
        _for_good.enter_context(down(wall_now()))


class Feller:
    is_here = False
    """Whether this process is pytest itself, where walls go down by the test."""

    def __init__(self) -> None:
        Feller.is_here = True
        self.wall = wall_now()
        self.told: list[dict[str, str]] = []
        self.fallen: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        found = yield
        if fixturedef.argname == self.wall.after:
            _for_good.enter_context(down(self.wall))
        return found

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        if self.wall.after:
            return (yield)
        with down(self.wall):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """One that fails is enough for each selector."""
        wanted = [one for one in self.wall.tests if covers(one, item.nodeid) and one not in self.fallen]
        return None if wanted else True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and not report.failed:
            return
        crash = getattr(report.longrepr, "reprcrash", None)
        why = (crash.message if crash else str(report.longrepr or "")).strip().partition("\n")[0]
        self.told.append({"test": report.nodeid, "when": report.when, "outcome": report.outcome, "why": why[:LONGEST]})
        if report.failed and report.when == "call":
            self.fallen |= {one for one in self.wall.tests if covers(one, report.nodeid)}

    def pytest_sessionfinish(self) -> None:
        _for_good.close()
        Path(os.environ[TOLD]).write_text(json.dumps(self.told))


def pytest_configure(config: pytest.Config) -> None:
    if WALL in os.environ:
        config.pluginmanager.register(Feller(), "omniflow-feller")
