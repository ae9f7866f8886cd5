"""When each company's next piece of work is due, so that a sweep need not visit all of them every minute.

A sorted set in Redis: company id, scored by the moment. It is only a shortcut: a slow
full sweep finds what it forgot.
"""

from datetime import datetime
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction

from tenants.directory.models import Company
from tenants.kernel import context
from tenants.kernel.logs import logger

FULL_SWEEP_EVERY_SECONDS = 900
log = logger(__name__)


class Waking:
    """The due moments of one kind of work, like `crm:reminders`. Its room has `forget` called `on_erase`."""

    def __init__(self, name: str, label: str) -> None:
        self.key = f"omniflow:{name}"
        self.label = label

    def mark(self, moment: datetime) -> None:
        """This company has work at that moment, once the running transaction has committed."""
        company = str(context.company_id())
        transaction.on_commit(lambda: self._mark(company, moment), robust=True)

    def _mark(self, company: str, moment: datetime) -> None:
        try:
            _redis().zadd(self.key, {company: moment.timestamp()}, lt=True)
        except redis.RedisError as error:
            log.warning("due moment not marked; the full sweep will find it", key=self.key, error=str(error))

    def forget(self, company: Company) -> list[str]:
        """The mark of a company that is being erased."""
        return [f"{_redis().zrem(self.key, str(company.pk)):,} marks of {self.label}"]

    def due(self, now: datetime) -> list[UUID]:
        """Companies with work that is due; they are taken off, and mark their next one themselves."""
        connection = _redis()
        found = [str(one) for one in connection.zrangebyscore(self.key, "-inf", now.timestamp())]
        if found:
            connection.zrem(self.key, *found)
        return [UUID(one) for one in found]

    def is_full_sweep_due(self) -> bool:
        """True once in a while, for one asker."""
        return bool(_redis().set(f"{self.key}-swept", "1", nx=True, ex=FULL_SWEEP_EVERY_SECONDS))


def _redis() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, decode_responses=True)
