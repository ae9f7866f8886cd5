"""When each company's next reminder is due, so that the sweep need not visit all of them every minute.

A sorted set in Redis: company id, scored by the moment. It is only a shortcut: a slow
full sweep finds what it forgot.
"""

from datetime import datetime
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction

from tenants.directory.models import Company
from tenants.fleet.lifecycle.rooms import on_erase
from tenants.kernel import context
from tenants.kernel.logs import logger

KEY = "omniflow:crm:reminders"
SWEPT = "omniflow:crm:reminders-swept"
FULL_SWEEP_EVERY_SECONDS = 900
log = logger(__name__)


def _redis() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, decode_responses=True)


def mark(moment: datetime) -> None:
    """This company has a reminder at that moment, once the running transaction has committed."""
    company = str(context.company_id())
    transaction.on_commit(lambda: _mark(company, moment), robust=True)


def _mark(company: str, moment: datetime) -> None:
    try:
        _redis().zadd(KEY, {company: moment.timestamp()}, lt=True)
    except redis.RedisError as error:
        log.warning("reminder not marked; the full sweep will find it", error=str(error))


@on_erase
def forget(company: Company) -> list[str]:
    """The mark of a company that is being erased."""
    return [f"{_redis().zrem(KEY, str(company.pk)):,} marks of reminders"]


def due(now: datetime) -> list[UUID]:
    """Companies with a reminder that is due; they are taken off, and mark their next one themselves."""
    connection = _redis()
    found = [str(one) for one in connection.zrangebyscore(KEY, "-inf", now.timestamp())]
    if found:
        connection.zrem(KEY, *found)
    return [UUID(one) for one in found]


def is_full_sweep_due() -> bool:
    """True once in a while, for one asker."""
    return bool(_redis().set(SWEPT, "1", nx=True, ex=FULL_SWEEP_EVERY_SECONDS))
