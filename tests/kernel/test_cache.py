"""The cache: one Redis client for all threads, and no waiting without end."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.conf import settings
from django.core.cache import caches

from tenants.kernel import context
from tenants.kernel.cache import Cache
from tests.factories import Twin


def test_many_threads_read_what_each_wrote(company: Twin) -> None:
    store = caches["default"]

    def write_and_read(number: int) -> bool:
        with context.inside(company.place):
            store.set(f"number-{number}", number, 60)
            return bool(store.get(f"number-{number}") == number)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, range(200)))


def test_a_redis_that_hangs_is_given_up(company: Twin) -> None:
    options = settings.CACHES["default"]["OPTIONS"] | {"socket_timeout": 0.3}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = Cache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {"OPTIONS": options})
        started = time.monotonic()
        with pytest.raises(redis.TimeoutError):
            store.get("anything")

    assert time.monotonic() - started < 3


def test_the_program_does_not_wait_long() -> None:
    options = caches["default"]._cache.get_client().connection_pool.connection_kwargs  # type: ignore[attr-defined]

    assert 0 < options["socket_connect_timeout"] <= options["socket_timeout"] <= 5
