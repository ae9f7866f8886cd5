"""Both servers in a folder that goes away again: for tests and measurements."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from saas.embedded.postgres import Postgres
from saas.embedded.redis import Redis


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str
    folder: Path


@contextmanager
def throwaway_servers() -> Iterator[Servers]:
    """One PostgreSQL and one Redis, fast rather than safe, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="omniflow-"))
    folder.chmod(0o711)
    postgres, redis = Postgres(folder), Redis(folder)
    try:
        yield Servers(postgres.start(fast_and_unsafe=True), redis.start(fast_and_unsafe=True), folder)
    finally:
        redis.wipe()
        postgres.wipe()
        shutil.rmtree(folder, ignore_errors=True)
