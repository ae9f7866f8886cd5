"""How much slower the contact list is when the requests come from many companies, and what memory that takes.

The same server, the same number of requests by the same number of connections, over 1 company, over 100, over
1,000. Each company has the same contacts, so that only their number differs.
"""

import http.client
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.benches.load import Refused
from infra.benches.memory import resident_mb
from infra.benches.report import Report, p50, p99
from infra.benches.site import prepared_site, serving

PAGE, API = "/contacts/", "/api/v1/contacts?limit=50"
COUNTS, QUICK_COUNTS = (1, 100, 1_000), (1, 10, 30)
REQUESTS, QUICK_REQUESTS = 3_000, 150
ROWS = 60
TIMEOUT_SECONDS = 180
"""The first page of a process compiles its templates."""
CONNECTIONS = 2
Door = tuple[str, dict[str, dict[str, str]]]
"""A host, and for each path the header of somebody who may come in."""


def run(*, is_quick: bool, rows: int = 0, companies: Sequence[int] = ()) -> Report:
    counts = sorted(companies or (QUICK_COUNTS if is_quick else COUNTS))
    requests = QUICK_REQUESTS if is_quick else REQUESTS
    with prepared_site() as site:
        from infra.benches.crowd_people import Crowd  # needs Django

        crowd = Crowd(rows or ROWS)
        crowd.grow(counts[-1])
        alone = crowd.visit_all()
        figures: dict[str, float] = {}
        lines = [("companies", "page p50 ms", "page p99 ms", "API p50 ms", "API p99 ms", "backend MB", "worker MB")]
        with serving(site) as server:
            for count in counts:
                doors = crowd.doors[:count]
                times = [_load(site.port, path, doors, requests) for path in (PAGE, API)]
                memory = crowd.largest_backend_mb(), _largest_mb(_children(server.pid))
                figures |= _figures(count, *times) | {"backend_mb": memory[0], "worker_mb": memory[1]}
                shown = (*(f(one) for one in times for f in (p50, p99)), *memory)
                lines.append((f"{count:,}", *(f"{one:.1f}" for one in shown)))
    figures["visits_backend_mb"] = alone.largest_mb
    notes = [
        f"{rows or ROWS} contacts each; {requests} requests by {CONNECTIONS} connections, companies by chance.",
        f"One connection through all {counts[-1]:,}: at most {alone.largest_mb:.0f} MB,"
        f" closed and opened {alone.connections - 1} times.",
    ]
    return Report(f"crowd: the contact list over {', '.join(map(str, counts))} companies", figures, lines, notes)


def _figures(count: int, page: list[float], api: list[float]) -> dict[str, float]:
    return {
        f"p50_ms_{count}": p50(page), f"p99_ms_{count}": p99(page),
        f"api_p50_ms_{count}": p50(api), f"api_p99_ms_{count}": p99(api),
    }  # fmt: skip


def _load(port: int, path: str, doors: Sequence[Door], requests: int) -> list[float]:
    """Everybody once, so that no start is measured; then by chance."""
    dice = random.Random(7)  # noqa: S311 - the same in each run
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda part: _ask(port, path, part), _parts(list(doors))))
        asked = [dice.choice(doors) for _ in range(requests)]
        return [one for part in pool.map(lambda part: _ask(port, path, part), _parts(asked)) for one in part]


def _parts(doors: list[Door]) -> list[list[Door]]:
    return [doors[start::CONNECTIONS] for start in range(CONNECTIONS)]


def _ask(port: int, path: str, doors: Sequence[Door]) -> list[float]:
    """How many milliseconds each took. Raises Refused."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    taken = []
    try:
        for host, keys in doors:
            started = time.perf_counter()
            connection.request("GET", path, headers={"Host": f"{host}:{port}", **keys[path]})
            answer = connection.getresponse()
            text = answer.read()
            taken.append((time.perf_counter() - started) * 1000)
            if answer.status != 200:
                raise Refused(f"{path} at {host}: {answer.status} {text[:300]!r}")
    finally:
        connection.close()
    return taken


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found]


def _largest_mb(pids: Sequence[int]) -> float:
    return max(map(resident_mb, pids), default=0.0)
