"""A load generator: a few threads, each with one kept connection to this machine."""

import http.client
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

TIMEOUT_SECONDS = 30
WARM_UP = 20


class Refused(Exception):
    """The server did not answer as the bench needs."""


@dataclass(frozen=True)
class Target:
    """One URL to be asked again and again. `host` goes into the Host header."""

    name: str
    port: int
    host: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Load:
    times_ms: list[float]
    per_second: float


def load(target: Target, *, requests: int, concurrency: int) -> Load:
    """Ask `requests` times in all. Raises Refused on any answer but 200."""
    share = requests // concurrency
    _ask(target, WARM_UP)
    started = time.perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        parts = list(pool.map(lambda _: _ask(target, share), range(concurrency)))
    elapsed = time.perf_counter() - started
    return Load([one for part in parts for one in part], share * concurrency / elapsed)


def _ask(target: Target, times: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=TIMEOUT_SECONDS)
    headers = {"Host": f"{target.host}:{target.port}", **target.headers}
    taken = []
    try:
        for _ in range(times):
            started = time.perf_counter()
            connection.request("GET", target.path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            taken.append((time.perf_counter() - started) * 1000)
            if answer.status != 200:
                raise Refused(f"{target.name}: {answer.status} at {target.path}: {body[:300]!r}")
    finally:
        connection.close()
    return taken
