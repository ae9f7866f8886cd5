"""`python -m tests.hostile.felling [NAME …] [--list]`: each wall in turn, or those named. Exit code 1 if one holds."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

from tests.hostile.felling.plugin import RUN_WITH, TOLD
from tests.hostile.felling.wall import Wall, covers
from tests.plugin import KEPT, ROOT

KEPT_SECONDS = 60
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.hostile.felling.plugin")
Told = list[dict[str, Any]]


@dataclass(frozen=True)
class Fall:
    """What came of one wall: for each of its selectors why it fell, or why that was no fall."""

    wall: Wall
    red: dict[str, str]
    green: dict[str, str]
    seconds: float

    @property
    def line(self) -> str:
        said = "red" if not self.green else "STILL GREEN"
        return f"{self.wall.name:<36} {' '.join(self.wall.hazards):<16} {said:<12} {self.seconds:6.1f} s"


def fell(walls: Sequence[Wall]) -> list[Fall]:
    """Run the tests of walls in a process of their own, each with its wall down."""
    with tempfile.TemporaryDirectory(prefix="omniflow-felling-") as folder:
        told = Path(folder) / "told.json"
        environment = os.environ | {RUN_WITH: ",".join(one.name for one in walls), TOLD: str(told)}
        argv = [sys.executable, *PYTEST, *dict.fromkeys(test for one in walls for test in one.tests)]
        with subprocess.Popen(
            argv, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            said = _awaited(running, sum(one.seconds for one in walls))
        results = json.loads(told.read_text()) if told.is_file() else []
    return [_judged(wall, [one for one in results if one["wall"] == wall.name], said) for wall in walls]


def _judged(wall: Wall, results: Told, said: str) -> Fall:
    red = {selector: why for selector in wall.tests if (why := _why_red(selector, results))}
    green = {selector: _why_green(selector, results, said) for selector in wall.tests if selector not in red}
    return Fall(wall, red, green, sum(one["seconds"] for one in results))


def _awaited(running: "subprocess.Popen[str]", seconds: int) -> str:
    """Too long is asked to end as by Ctrl-C, so that its servers are stopped."""
    try:
        return running.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGINT)
        return running.communicate()[0]


def _why_red(selector: str, results: Told) -> str:
    """Only a test's own lines count: what fails while it is set up has shown nothing."""
    found = (one for one in results if covers(selector, one["test"]) and one["when"] == "call")
    return next((one["why"] or "failed" for one in found if one["outcome"] == "failed"), "")


def _why_green(selector: str, results: Told, said: str) -> str:
    mine = [one for one in results if covers(selector, one["test"])]
    if not mine:
        return f"nothing ran: {said.strip()[-600:]}"
    return "; ".join(sorted({f"{one['outcome']} in {one['when']}: {one['why']}" for one in mine}))


@contextmanager
def server() -> Iterator[None]:
    """The kept PostgreSQL; one of our own where none is."""
    if KEPT.is_file():
        yield
        return
    kept = subprocess.Popen([sys.executable, "-m", "tests.kept"], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + KEPT_SECONDS
        while not KEPT.is_file() and kept.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        yield
    finally:
        kept.terminate()
        kept.wait(KEPT_SECONDS)


def groups(walls: Sequence[Wall], size: int) -> Iterator[list[Wall]]:
    """Those that leave nothing behind them may share a process."""
    together = [one for one in walls if not one.is_alone] if size > 1 else []
    for start in range(0, len(together), size):
        yield together[start : start + size]
    for wall in walls:
        if wall not in together:
            yield [wall]


def main(names: Sequence[str], *, is_list: bool, together: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
    os.environ["OMNIFLOW_ENV"] = "test"
    django.setup()
    from tests.hostile.felling.walls import WALLS

    if unknown := set(names) - set(WALLS):
        sys.exit(f"No such wall: {', '.join(sorted(unknown))}")
    chosen = [wall for name, wall in WALLS.items() if not names or name in names]
    if is_list:
        for wall in chosen:
            print(f"{wall.name:<36} {' '.join(wall.hazards):<16} {' '.join(wall.tests)}")
        return 0
    with server():
        return max([0, *(_report(fall) for group in groups(chosen, together) for fall in fell(group))])


def _report(fall: Fall) -> int:
    print(fall.line)
    for mark, found in (("  fell ", fall.red), ("  HELD ", fall.green)):
        for selector, why in found.items():
            print(f"{mark}{selector}\n         {why}")
    sys.stdout.flush()
    return int(bool(fall.green))


if __name__ == "__main__":
    parser = ArgumentParser(prog="tests.hostile.felling", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="name the walls and their tests, and run nothing")
    parser.add_argument(
        "--together", type=int, default=1, metavar="N", help="so many walls in one process: quicker, and less strict"
    )
    given = parser.parse_args()
    sys.exit(main(given.names, is_list=given.list, together=given.together))
