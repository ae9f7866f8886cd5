"""A sign of life: beat sends it, a worker writes it."""

import time

import redis
from celery import shared_task
from django.conf import settings

from tenants.directory.task import PublicTask

BEAT_KEY = "omniflow:beat"
KEPT_SECONDS = 3600


@shared_task(base=PublicTask)
def note_beat() -> None:
    """When beat and worker were last both at work, in seconds since 1970."""
    redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2).set(BEAT_KEY, time.time(), ex=KEPT_SECONDS)
