"""Cache keys that cannot meet: each starts with the place it was made in."""

import redis
from django.conf import settings

from tenants.kernel import context
from tenants.kernel.context import Place

PIECE = 500


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
