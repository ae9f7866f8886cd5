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

import django

from tests.hostile.felling.plugin import TOLD, WALL
from tests.hostile.felling.wall import Wall, covers
from tests.plugin import KEPT, ROOT

KEPT_SECONDS = 60
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.hostile.felling.plugin")


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
        return f"{self.wall.name:<28} {' '.join(self.wall.hazards):<24} {said:<12} {self.seconds:6.1f} s"


def fell(wall: Wall) -> Fall:
    """Run the tests of a wall in a process of their own, with it down."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="omniflow-felling-") as folder:
        told = Path(folder) / "told.json"
        environment = os.environ | {WALL: wall.name, TOLD: str(told)}
        argv = [sys.executable, *PYTEST, *wall.tests]
        with subprocess.Popen(
            argv, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            said = _awaited(running, wall.seconds)
        results = json.loads(told.read_text()) if told.is_file() else []
    red = {selector: why for selector in wall.tests if (why := _why_red(selector, results))}
    green = {selector: _why_green(selector, results, said) for selector in wall.tests if selector not in red}
    return Fall(wall, red, green, time.monotonic() - started)


def _awaited(running: "subprocess.Popen[str]", seconds: int) -> str:
    """Too long is asked to end as by Ctrl-C, so that its servers are stopped and what it saw is written."""
    try:
        return running.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGINT)
        return running.communicate()[0]


def _why_red(selector: str, results: list[dict[str, str]]) -> str:
    found = (one for one in results if covers(selector, one["test"]) and one["when"] == "call")
    return next((one["why"] or "failed" for one in found if one["outcome"] == "failed"), "")


def _why_green(selector: str, results: list[dict[str, str]], said: str) -> str:
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


def main(names: Sequence[str], *, is_list: bool) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
    os.environ["OMNIFLOW_ENV"] = "test"
    django.setup()
    from tests.hostile.felling.walls import WALLS

    if unknown := set(names) - set(WALLS):
        sys.exit(f"No such wall: {', '.join(sorted(unknown))}")
    chosen = [wall for name, wall in WALLS.items() if not names or name in names]
    if is_list:
        for wall in chosen:
            print(f"{wall.name:<28} {' '.join(wall.hazards):<24} {' '.join(wall.tests)}")
        return 0
    with server():
        return max([0, *map(_report, chosen)])


def _report(wall: Wall) -> int:
    fall = fell(wall)
    print(fall.line, flush=True)
    for mark, found in (("  fell ", fall.red), ("  HELD ", fall.green)):
        for selector, why in found.items():
            print(f"{mark}{selector}\n         {why}", flush=True)
    return int(bool(fall.green))


if __name__ == "__main__":
    parser = ArgumentParser(prog="tests.hostile.felling", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="name the walls and their tests, and run nothing")
    given = parser.parse_args()
    sys.exit(main(given.names, is_list=given.list))
