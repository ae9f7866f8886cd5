"""A worker of the house with a few tasks more, for tests: `celery -A tests.hostile.queue_app worker`.

It has a result backend, without which there are no chords. What tasks saw they write to Redis lists.
"""

import json
import os
import time
from typing import Any

import django

django.setup()  # a worker imports this file before the app of the house, which would do it

import redis  # noqa: E402
from celery import Task, shared_task  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import IntegrityError  # noqa: E402

from saas.celery import app  # noqa: E402
from tenants.crm.models import Contact  # noqa: E402
from tenants.directory.task import PublicTask, TenantTask  # noqa: E402
from tenants.kernel import context  # noqa: E402
from tenants.records.models import Tag  # noqa: E402
from tests.hostile.felling import plugin  # noqa: E402

app.conf.result_backend = settings.REDIS_URL
__all__ = ["app"]


def seen(name: str, value: Any) -> None:
    redis.Redis.from_url(settings.REDIS_URL).rpush(f"test:{name}", json.dumps(value))


@shared_task(base=TenantTask, name="tests.queues.nap")
def nap(seconds: float, sent_at: float, label: str) -> None:
    seen(label, time.time() - sent_at)
    time.sleep(seconds)


@shared_task(base=TenantTask, bind=True, name="tests.queues.thrice", max_retries=3)
def thrice(self: Task, label: str, *rest: Any) -> str:  # type: ignore[type-arg]
    """Fails three times, then tells where it ran. Keeps only what it is told, so that chains may pass results on."""
    if self.request.retries < 3:
        raise self.retry(countdown=0.1)
    seen(label, [str(context.company_id()), Contact.objects.get().first_name])
    return label


@shared_task(base=TenantTask, name="tests.queues.finish")
def finish(results: Any, label: str) -> None:
    seen(label, [str(context.company_id()), Contact.objects.get().first_name])


@shared_task(base=TenantTask, name="tests.queues.claim")
def claim(label: str) -> None:
    """Its effect has a unique name: done twice, it is there once. The first time the worker dies after it."""
    try:
        Tag.objects.create(name=label)
    except IntegrityError:
        seen(f"{label}:again", True)
        return
    seen(f"{label}:done", os.getppid())
    time.sleep(600)


@shared_task(base=PublicTask, name="tests.queues.in_public")
def in_public(label: str) -> None:
    seen(label, context.place().schema)


plugin.in_child()
