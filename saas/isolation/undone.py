"""Work on live companies that leaves nothing behind: taken back by the server, whatever happens.

All of a door's attacks are one transaction, and each request is a savepoint in it, so that a lock it takes is let
go with it. What lies outside the database is kept away: the cache is one of our own, files are kept aside, nothing
is asked of the outside, and what waits for a commit waits for ever.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection, transaction

from tenants.directory.hosts import forget_here
from tenants.kernel import context, outbound
from tenants.kernel.storage import kept_aside

LOCK_WAIT = "2s"
LONGEST_STATEMENT = "30s"


@contextmanager
def rehearsal() -> Iterator[None]:
    """In public, in a transaction that is taken back at the end; attacks wait for nobody's lock for long."""
    with context.public(), _own_cache(), _own_files(), _quiet(), outbound.closed():
        try:
            with undone():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
                    cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT}'")
                yield
        finally:
            forget_here()


@contextmanager
def undone() -> Iterator[None]:
    """What the database was made to do within is taken back. In the place it was entered in."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def _own_cache() -> Iterator[None]:
    """This thread's cache is an empty one in memory, with the house's own keys."""
    before = caches[DEFAULT_CACHE_ALIAS]
    caches[DEFAULT_CACHE_ALIAS] = own_cache()
    try:
        yield
    finally:
        caches[DEFAULT_CACHE_ALIAS] = before


@contextmanager
def _own_files() -> Iterator[None]:
    with TemporaryDirectory(prefix="isolation-") as folder, kept_aside(Path(folder)):
        yield


@contextmanager
def _quiet() -> Iterator[None]:
    """Hundreds of requests are refused as they should be: that is no news for the log."""
    requests = logging.getLogger("django.request")
    before = requests.level
    requests.setLevel(logging.ERROR)
    try:
        yield
    finally:
        requests.setLevel(before)


def own_cache() -> Any:
    how = settings.CACHES[DEFAULT_CACHE_ALIAS]
    names = ("KEY_FUNCTION", "KEY_PREFIX", "VERSION")
    return LocMemCache(f"isolation-{uuid4().hex}", {name: how[name] for name in names if name in how})
