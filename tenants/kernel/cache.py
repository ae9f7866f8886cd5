"""Cache keys that cannot meet: each starts with the place it was made in."""

from functools import cached_property
from typing import Any

import redis
from django.conf import settings
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from tenants.kernel import context
from tenants.kernel.context import Place

PIECE = 500


class OneClient(RedisCacheClient):
    """Django's makes a Redis client for every command, which costs more than the command. It may be kept:
    what threads and forked processes must not share, the connections, its pool hands out to one at a time.
    """

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        return self._kept

    @cached_property
    def _kept(self) -> redis.Redis:
        client: redis.Redis = super().get_client(write=True)
        return client


class Cache(RedisCache):
    """The cache of `CACHES`, on one Redis."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient


def salted_key(key: str, prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION; raises NoTenant outside any context."""
    return f"{context.place().salt}:{prefix}:{version}:{key}"


def forget_place(place: Place) -> int:
    """All that is cached for a place, by whatever process; how many keys. For when its rows are others, or gone."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=30)
    count = 0
    for key in client.scan_iter(match=f"{place.salt}:*", count=PIECE):
        count += client.unlink(key)
    return count
