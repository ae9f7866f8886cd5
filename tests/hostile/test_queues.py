"""T35, T36, T37: queues fair between companies, with a real worker and a real Redis."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import uuid4

import pytest
import redis
from celery import chain, chord, group
from django.conf import settings
from kombu.utils.json import dumps

from tenants.directory.task import send
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.fair import lanes
from tenants.records.models import Tag
from tests.factories import Twin
from tests.hostile import queue_app
from tests.hostile.queue_app import claim, finish, nap, thrice
from tests.plugin import ROOT

SLOTS = 2
BURST = 100_000
START_SECONDS = 240
NAP_SECONDS = 0.05
LONG_SECONDS = 6.0
Worker = Callable[..., Any]


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    """The broker's Redis, empty before and after."""
    found = redis.Redis.from_url(settings.REDIS_URL)
    found.flushdb()
    yield found
    found.flushdb()


@pytest.fixture
def two(_twins: tuple[Twin, Twin], django_db_blocker: Any) -> Iterator[tuple[Twin, Twin]]:
    """The twins, outside any transaction: what is sent is sent at once, and the worker sees what is written."""
    with django_db_blocker.unblock():
        queue_app.app.set_current()
        yield _twins


@contextmanager
def worker(folder: Path, **options: str) -> Iterator[subprocess.Popen[bytes]]:
    log = (folder / "worker.log").open("ab")
    argv = [sys.executable, "-m", "celery", "--quiet", "-A", "tests.hostile.queue_app", "worker"]
    size = ["--concurrency", str(SLOTS), "--without-gossip", "--without-mingle"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "saas.settings"} | options
    running = subprocess.Popen([*argv, *size], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for_slots(running, log.name)
        yield running
    finally:
        if running.poll() is None:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()


def _wait_for_slots(running: subprocess.Popen[bytes], log: str) -> None:
    """It has come to its loop, and said how many it works on."""
    found = redis.Redis.from_url(settings.REDIS_URL)
    until = time.monotonic() + START_SECONDS
    while not any(key.endswith(f":{running.pid}".encode()) for key in found.hkeys("fair:slots")):  # type: ignore[union-attr]
        assert running.poll() is None, Path(log).read_text()[-3000:]
        assert time.monotonic() < until, Path(log).read_text()[-3000:]
        time.sleep(0.1)


@pytest.fixture(scope="module")
def steady(_twins: tuple[Twin, Twin], tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One worker for all tests that do not kill it."""
    with worker(tmp_path_factory.mktemp("worker")):
        yield


def kill(running: subprocess.Popen[bytes]) -> None:
    """The power goes: SIGKILL to the worker and its children."""
    children = subprocess.run(["pgrep", "-P", str(running.pid)], capture_output=True, text=True, check=False)
    for pid in [running.pid, *map(int, children.stdout.split())]:
        os.kill(pid, signal.SIGKILL)
    running.wait(10)


def seen(client: redis.Redis, name: str, count: int, seconds: float = 120) -> list[Any]:
    """What tasks have told under a name, once there are so many."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found: Any = client.lrange(f"test:{name}", 0, -1)
        if len(found) >= count:
            return [json.loads(one) for one in found]
        time.sleep(0.02)
    raise AssertionError(f"{name}: {client.llen(f'test:{name}')} of {count}")


def warm(client: redis.Redis, twins: tuple[Twin, Twin]) -> None:
    """Each child of the worker has been in each company once."""
    for _ in range(4):
        for twin in twins:
            naps(twin, 1, "warm", seconds=0.05)
    seen(client, "warm", 8)


def naps(twin: Twin, count: int, label: str, seconds: float = NAP_SECONDS) -> None:
    with context.inside(twin.place, actor=robot()):
        for _ in range(count):
            send(nap, seconds, time.time(), label)


def queue_a_hundred_thousand(client: redis.Redis, twin: Twin) -> None:
    """As `send` would, without the minute it takes: one message as Celery writes it, put again and again."""
    company = str(twin.company.pk)
    payload = _message_of(twin)
    script = lanes.script()
    with client.pipeline(transaction=False) as pipe:
        for number in range(BURST):
            payload["headers"]["id"] = payload["properties"]["correlation_id"] = tag = str(uuid4())
            payload["properties"]["delivery_tag"] = tag
            script(args=["put", payload["headers"]["list"], company, tag, dumps(payload), 0], client=pipe)
            if number % 5000 == 4999:
                pipe.execute()


def _message_of(twin: Twin) -> Any:
    """What the producer makes of a nap of a fiftieth of a second."""
    taken: list[Any] = []
    app = queue_app.app
    with app.connection_for_write() as connection, connection.channel() as channel:
        channel.ask = lambda command, *values: taken.append(values)
        with app.amqp.Producer(channel) as producer, context.inside(twin.place, actor=robot()):
            nap.apply_async((0.02, time.time(), "burst"), {"company_id": str(twin.company.pk)}, producer=producer)
    return json.loads(taken[0][3])


ROUNDS = 3
"""Other tests want the processors, too; behind a hundred thousand tasks one would wait in each round."""


def p95(waits: list[float]) -> float:
    return quantiles(waits, n=20)[-1]


def p95_of_ten(client: redis.Redis, twin: Twin, name: str) -> float:
    naps(twin, 10, name)
    return p95(seen(client, name, 10))


def test_t37_a_burst_of_one_company_does_not_make_another_wait(
    two: tuple[Twin, Twin], steady: None, client: redis.Redis
) -> None:
    a, b = two
    warm(client, two)
    idle = max(p95_of_ten(client, b, f"idle {number}") for number in range(ROUNDS))
    queue_a_hundred_thousand(client, a)
    seen(client, "burst", 20)
    busy = min(p95_of_ten(client, b, f"busy {number}") for number in range(ROUNDS))
    waiting = {one.company_id: one.waiting for one in lanes.backlogs()}

    assert busy < 2 * idle, (busy, idle)
    assert waiting[a.company.pk] > BURST * 0.9, "most of A's waits still"
    assert client.llen("test:burst") > 20, "and A gets on"


def test_t37_calls_go_first_and_long_work_leaves_a_slot(
    two: tuple[Twin, Twin], steady: None, client: redis.Redis
) -> None:
    a, b = two
    warm(client, two)
    for twin in two:
        with context.inside(twin.place, actor=robot()):
            for _ in range(2):
                nap.apply_async((LONG_SECONDS, time.time(), "long"), {"company_id": str(twin.company.pk)}, priority=9)
    seen(client, "long", 1)
    naps(a, 30, "usual")
    with context.inside(b.place, actor=robot()):
        nap.apply_async((0, time.time(), "call"), {"company_id": str(b.company.pk)}, priority=0)
    seen(client, "call", 1)

    assert client.llen("test:usual") < 20, "the call went before most of what was there first"
    assert client.llen("test:long") == 1, "the second long one waits for the first: a slot stays free"
    seen(client, "usual", 30)


@pytest.mark.parametrize("form", ["retry", "chain", "group", "chord", "immutable", "later"])
def test_t35_each_form_runs_where_it_was_made_retried_three_times(
    two: tuple[Twin, Twin], steady: None, client: redis.Redis, form: str
) -> None:
    forms: dict[str, tuple[Callable[[], Any], int]] = {
        "retry": (lambda: send(thrice, form), 1),
        "chain": (lambda: chain(thrice.si(form), thrice.si(form), finish.s(form)), 3),
        "group": (lambda: group(thrice.s(form), thrice.s(form)), 2),
        "chord": (lambda: chord([thrice.s(form), thrice.s(form)], finish.s(form)), 3),
        "immutable": (lambda: thrice.si(form), 1),
        "later": (lambda: send(thrice, form, countdown_seconds=0.5), 1),
    }
    make, count = forms[form]
    for twin in two:
        with context.inside(twin.place, actor=robot()):
            made = make()
        if made is not None:  # sent from nowhere: what is made in a company names it
            made.apply_async()
    told = seen(client, form, 2 * count)

    expected = [[str(twin.company.pk), twin.sentinel] for twin in two for _ in range(count)]
    assert sorted(told) == sorted(expected)


def test_t36_a_worker_killed_after_the_effect_leaves_it_there_once(
    two: tuple[Twin, Twin], client: redis.Redis, tmp_path: Path
) -> None:
    short = {"OMNIFLOW_TASKS_BACK_AFTER_SECONDS": "3"}
    label = f"once-{uuid4().hex[:8]}"
    with context.inside(two[0].place, actor=robot()):
        send(claim, label)
        try:
            with worker(tmp_path, **short) as first:
                seen(client, f"{label}:done", 1)
                kill(first)
            with worker(tmp_path, **short):
                seen(client, f"{label}:again", 1)
                assert Tag.objects.filter(name=label).count() == 1
        finally:
            Tag.objects.filter(name=label).delete()
    assert client.hlen("unacked") == 0


def test_nothing_is_lost_when_workers_are_killed_again_and_again(
    two: tuple[Twin, Twin], client: redis.Redis, tmp_path: Path
) -> None:
    short = {"OMNIFLOW_TASKS_BACK_AFTER_SECONDS": "3"}
    labels = [f"n{number}" for number in range(40)]
    for number, label in enumerate(labels):
        naps(two[number % 2], 1, label, seconds=0.05)
    for _ in range(2):
        with worker(tmp_path, **short) as running:
            done = sum(client.exists(f"test:{label}") for label in labels)
            until = time.monotonic() + 30
            while sum(client.exists(f"test:{one}") for one in labels) < done + 6 and time.monotonic() < until:
                time.sleep(0.02)
            kill(running)
    with worker(tmp_path, **short):
        for label in labels:
            seen(client, label, 1)
    assert lanes.backlogs() == []
