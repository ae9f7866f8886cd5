"""Which companies have calls to look after, so that the reconciler need not visit all.

A sorted set in Redis: company id, scored by when it was last marked. It is only
a shortcut: a slow full sweep finds what it forgot.
"""

import time
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction

from tenants.directory.models import Company
from tenants.fleet.lifecycle.rooms import on_erase
from tenants.kernel import context
from tenants.kernel.logs import logger

KEY = "omniflow:voice:open"
SWEPT = "omniflow:voice:swept"
FULL_SWEEP_EVERY_SECONDS = 900
# Taken off only if nobody has marked it again meanwhile.
TAKE_OFF = "if redis.call('zscore', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('zrem', KEYS[1], ARGV[1]) end"
# Read as the text Redis keeps, which `TAKE_OFF` compares with.
SCORE = "return redis.call('zscore', KEYS[1], ARGV[1])"
log = logger(__name__)


def _redis() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, decode_responses=True)


def mark() -> None:
    """This company has a call under way, once the running transaction has committed."""
    company = str(context.company_id())
    transaction.on_commit(lambda: _mark(company))


def _mark(company: str) -> None:
    try:
        _redis().zadd(KEY, {company: time.time()})
    except redis.RedisError as error:
        log.warning("open calls not marked; the full sweep will find them", error=str(error))


def marked() -> list[UUID]:
    return [UUID(str(company)) for company in _redis().zrange(KEY, 0, -1)]


def score() -> str:
    """How the company we are in stands marked; "" if it does not."""
    return str(_redis().eval(SCORE, 1, KEY, str(context.company_id())) or "")


def take_off(seen: str) -> None:
    """Forget this company, unless it was marked again after `seen` was read."""
    if seen:
        _redis().eval(TAKE_OFF, 1, KEY, str(context.company_id()), seen)


@on_erase
def forget(company: Company) -> list[str]:
    """The mark of a company that is being erased."""
    return [f"{_redis().zrem(KEY, str(company.pk)):,} marks of open calls"]


def is_full_sweep_due() -> bool:
    """True once in a while, for one asker."""
    return bool(_redis().set(SWEPT, "1", nx=True, ex=FULL_SWEEP_EVERY_SECONDS))
