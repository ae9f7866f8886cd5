"""What a role for each company costs as companies become many: making one, taking one on.

A server of its own with roles and nothing else, made as `fleet.pool.make_role` makes them.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from infra.benches.report import Report
from saas.embedded.postgres import Postgres

COUNTS, QUICK_COUNTS = (1, 1_000, 10_000), (1, 100, 500)
TIMES = 200
EACH = 5
"""After each role made, a connection looks its memberships up anew."""


def run(*, is_quick: bool, companies: Sequence[int] = ()) -> Report:
    counts = sorted(companies or (QUICK_COUNTS if is_quick else COUNTS))
    folder = Path(tempfile.mkdtemp(prefix="omniflow-bench-"))
    folder.chmod(0o711)
    server = Postgres(folder)
    try:
        with psycopg.connect(server.start(fast_and_unsafe=True), autocommit=True) as connection:
            return _report(Roles(connection), counts)
    finally:
        server.wipe()
        shutil.rmtree(folder, ignore_errors=True)


class Roles:
    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.count = 0

    def make(self) -> None:
        self.count += 1
        self.connection.execute(f"CREATE ROLE t_{self.count} NOLOGIN NOINHERIT")
        self.connection.execute(f"GRANT t_{self.count} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")

    def grow(self, count: int) -> None:
        while self.count < count:
            self.make()

    def take(self, number: int) -> None:
        """As the program switches: role and path in one text."""
        self.connection.execute(f"SET ROLE t_{number % self.count + 1}; SET search_path TO t_{number % self.count + 1}")

    def path_alone(self, number: int) -> None:
        self.connection.execute(f"SET search_path TO t_{number % self.count + 1}")


def _report(roles: Roles, counts: Sequence[int]) -> Report:
    figures: dict[str, float] = {}
    lines = [("roles", "make ms", "path alone ms", "role and path ms", "p99 ms", "first after a new role ms")]
    for count in counts:
        roles.connection.execute("SET ROLE NONE")
        roles.grow(count - EACH)
        made, first = _made_and_first(roles)
        path, role = (_times(one, TIMES) for one in (roles.path_alone, roles.take))
        shown = (*map(_middle, (made, path, role)), round(quantiles(role, n=100)[-1], 3), _middle(first))
        names = ("make", "path", "switch", "switch_p99", "switch_after_new")
        figures |= {f"{name}_ms_{count}": value for name, value in zip(names, shown, strict=True)}
        lines.append((f"{count:,}", *(f"{one:.3f}" for one in shown)))
    return Report("roles: one for each company", figures, lines, ["Times of one connection, without fsync."])


def _made_and_first(roles: Roles) -> tuple[list[float], list[float]]:
    made, first = [], []
    for _ in range(EACH):
        made += _times(lambda _number: roles.make(), 1)
        first += _times(roles.take, 1)
        roles.connection.execute("SET ROLE NONE")
    return made, first


def _times(act: Callable[[int], None], times: int) -> list[float]:
    taken = []
    for number in range(times):
        started = time.perf_counter()
        act(number)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _middle(taken: list[float]) -> float:
    return round(median(taken), 3)
