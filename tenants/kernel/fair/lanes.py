"""What the script of the fair queues is asked, from outside the broker: limits of companies, and who waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from redis.commands.core import Script

SCRIPT = (Path(__file__).parent / "script.lua").read_text()
COMPANY_HEADER = "company"
"""The header of a message that says for whom it is; without it, it waits for nobody."""
LIMITS_KEY = "fair:limits"
MOST_SHOWN = 1000


@dataclass(frozen=True)
class Limits:
    """How much of the workers one company may have."""

    at_once: int
    a_minute: int
    """0: no limit."""


@dataclass(frozen=True)
class Backlog:
    """What waits for one company, of all priorities."""

    company_id: UUID
    waiting: int
    oldest_seconds: float


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


@cache
def script() -> Script:
    return _client().register_script(SCRIPT)


def set_limits(limits: Mapping[UUID, Limits]) -> None:
    """These and no others: who is not named has the usual ones."""
    values = {str(company_id): f"{one.at_once}:{one.a_minute}" for company_id, one in limits.items()}
    with _client().pipeline() as pipe:
        pipe.delete(LIMITS_KEY)
        if values:
            pipe.hset(LIMITS_KEY, mapping=values)  # type: ignore[arg-type]
        pipe.execute()


def forget(company_id: UUID) -> int:
    """Take away all that waits for a company that is no more; how much. What a worker has is refused there."""
    return int(script()(args=["forget", str(company_id)]))


def backlogs() -> list[Backlog]:
    """Companies with messages that wait for their turn, the longest waiting first."""
    found: dict[UUID, Backlog] = {}
    lines: Any = script()(args=["look", MOST_SHOWN])
    for line in lines:
        _list, company, waiting, milliseconds = line.decode().rsplit(" ", 3)
        company_id = UUID(company)
        before = found.get(company_id, Backlog(company_id, 0, 0.0))
        oldest = max(before.oldest_seconds, float(milliseconds) / 1000)
        found[company_id] = Backlog(company_id, before.waiting + int(waiting), oldest)
    return sorted(found.values(), key=lambda one: -one.oldest_seconds)


def count_later() -> int:
    """Messages that are not due yet."""
    return int(_client().zcard("fair:later"))
