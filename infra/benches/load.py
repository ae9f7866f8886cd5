"""A load generator: a few threads, each with one kept connection to this machine."""

import http.client
import operator
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import count

TIMEOUT_SECONDS = 30
WARM_UP, LEAST_WARM_UP = 20, 5
TURNS = 4
BUSY = 429
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 10


class Refused(Exception):
    """The server did not answer as the bench needs."""


_numbers = count()


@dataclass(frozen=True)
class Target:
    """One URL to be asked again and again, or several in turn. `host` goes into the Host header.

    `body` makes what is sent from a number that no other request has.
    """

    name: str
    port: int
    host: str
    path: str
    headers: Mapping[str, str]
    others: Sequence[str] = ()
    method: str = "GET"
    body: Callable[[int], bytes] | None = None
    expects: int = 200

    def ask(self, connection: http.client.HTTPConnection, headers: Mapping[str, str]) -> tuple[float, int, bytes]:
        """Milliseconds, status and text of one answer."""
        number = next(_numbers)
        path = self.others[number % len(self.others)] if self.others else self.path
        body = self.body(number) if self.body else None
        started = time.perf_counter()
        connection.request(self.method, path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        text = answer.read()
        return (time.perf_counter() - started) * 1000, answer.status, text


@dataclass(frozen=True)
class Load:
    times_ms: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.times_ms) / self.seconds

    def __add__(self, other: "Load") -> "Load":
        return Load(self.times_ms + other.times_ms, self.seconds + other.seconds)


def load(target: Target, *, requests: int, concurrency: int) -> Load:
    """Ask `requests` times in all. Raises Refused on any answer but the expected.

    As many connections as are measured ask a little first, so that every process and thread has met the target.
    """
    share = requests // concurrency
    with ThreadPoolExecutor(concurrency) as pool:
        _together(pool, target, max(WARM_UP // concurrency, LEAST_WARM_UP), concurrency)
        started = time.perf_counter()
        parts = _together(pool, target, share, concurrency)
        elapsed = time.perf_counter() - started
    return Load([one for part in parts for one in part], elapsed)


def load_in_turns(targets: Sequence[Target], *, requests: int, concurrency: int) -> list[Load]:
    """Each asked a part, then each the next part: whatever else the machine does meanwhile is in all of them."""
    share = max(requests // TURNS, 1)
    turns = [[load(one, requests=share, concurrency=concurrency) for one in targets] for _turn in range(TURNS)]
    return [reduce(operator.add, loads) for loads in zip(*turns, strict=True)]


def _together(pool: ThreadPoolExecutor, target: Target, times: int, concurrency: int) -> list[list[float]]:
    return list(pool.map(lambda _: _ask(target, times), range(concurrency)))


def _ask(target: Target, times: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=TIMEOUT_SECONDS)
    headers = {"Host": f"{target.host}:{target.port}", **target.headers}
    taken = []
    try:
        for _ in range(times):
            milliseconds, status, text = _patiently(target, connection, headers)
            taken.append(milliseconds)
            if status != target.expects:
                raise Refused(f"{target.name}: {status} at {target.path}: {text[:300]!r}")
    finally:
        connection.close()
    return taken


def _patiently(
    target: Target, connection: http.client.HTTPConnection, headers: dict[str, str]
) -> tuple[float, int, bytes]:
    """A company at its share of threads comes again, as a browser would; how long that takes counts as waiting."""
    began = time.perf_counter()
    answer = target.ask(connection, headers)
    while answer[1] == BUSY and time.perf_counter() - began < PATIENCE_SECONDS:
        time.sleep(PAUSE_SECONDS)
        _milliseconds, *told = target.ask(connection, headers)
        answer = (time.perf_counter() - began) * 1000, *told
    return answer
