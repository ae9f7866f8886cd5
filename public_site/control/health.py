"""How the parts of the installation are: asked now, each with a short wait."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import django
import redis
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from public_site.control.queries import ready_schemas
from public_site.control.tasks import BEAT_KEY
from tenants.fleet.migrating import fingerprint, plan
from tenants.fleet.models import Schema, SchemaState, Template
from tenants.kernel.db.walls import open_doors
from tenants.kernel.logs import logger

log = logger(__name__)
WAIT_SECONDS = 1.0
BEAT_SECONDS = 90
# Celery on Redis keeps a list for each step of priority; the highest has the bare name.
QUEUES = ("celery", *(f"celery\x06\x16{step}" for step in (3, 6, 9)))
QUEUE_IS_LONG = 1000


@dataclass(frozen=True)
class Check:
    """One line: what was asked, whether all is well, and what was found."""

    name: str
    is_well: bool
    found: str


def checks() -> list[Check]:
    asked: list[tuple[str, Callable[[], tuple[bool, str]]]] = [
        (_("Database"), _database),
        (_("Walls"), _walls),
        (_("Redis"), _redis),
        (_("Worker"), _worker),
        (_("Beat"), _beat),
        (_("Queue"), _queue),
        (_("Template"), _template),
        (_("Ready pool"), _pool),
        (_("Companies at head"), _fleet),
    ]
    return [_asked(name, ask) for name, ask in asked]


def _asked(name: str, ask: Callable[[], tuple[bool, str]]) -> Check:
    """A part that cannot be reached is a finding, not an error of this page."""
    try:
        return Check(name, *ask())
    except (redis.RedisError, OperationalError, OSError) as error:
        log.warning("health check failed", check=name, error=str(error))
        return Check(name, False, _("Cannot be reached"))


def _database() -> tuple[bool, str]:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return True, f"PostgreSQL {version}, {(time.perf_counter() - started) * 1000:.1f} ms"


def _walls() -> tuple[bool, str]:
    """What everybody may do in the database and no company should: `manage.py walls check`."""
    with connection.cursor() as cursor:
        found = open_doors(cursor)
    return not found, _("Open: %(doors)s") % {"doors": ", ".join(found)} if found else _("Stand")


def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS)


def _redis() -> tuple[bool, str]:
    started = time.perf_counter()
    version = _client().info("server")["redis_version"]
    return True, f"Redis {version}, {(time.perf_counter() - started) * 1000:.1f} ms"


def _worker() -> tuple[bool, str]:
    from celery import current_app  # the application of the process that asks

    has_answered = bool(current_app.control.ping(timeout=WAIT_SECONDS, limit=1))
    return has_answered, _("Answered") if has_answered else _("No answer")


def _beat() -> tuple[bool, str]:
    beat = _client().get(BEAT_KEY)
    if not beat:
        return False, _("Not heard of")
    seconds = int(datetime.now(UTC).timestamp() - float(beat))
    return seconds < BEAT_SECONDS, _("Heard %(n)d s ago") % {"n": max(seconds, 0)}


def queue_length() -> int | None:
    """Waiting tasks, or None when Redis cannot be reached."""
    try:
        return _waiting()
    except redis.RedisError:
        return None


def _waiting() -> int:
    client = _client()
    return sum(int(client.llen(name)) for name in QUEUES)


def _queue() -> tuple[bool, str]:
    waiting = _waiting()
    return waiting < QUEUE_IS_LONG, _("%(n)d waiting") % {"n": waiting}


def _template() -> tuple[bool, str]:
    head = fingerprint(plan())
    return Template.objects.filter(fingerprint=head).exists(), head[:12]


def _pool() -> tuple[bool, str]:
    ready = ready_schemas()
    return ready > 0, _("%(ready)d of %(size)d ready") % {"ready": ready, "size": settings.READY_POOL_SIZE}


def _fleet() -> tuple[bool, str]:
    behind = Schema.objects.filter(state=SchemaState.CLAIMED).exclude(fingerprint=fingerprint(plan())).count()
    return not behind, _("%(n)d behind") % {"n": behind}


def versions() -> list[tuple[str, str]]:
    return [("Python", platform.python_version()), ("Django", django.get_version())]
