"""Host to tenant, remembered in the process and forgotten on a word from Redis.

The warm path is one dictionary look-up. Whoever changes the directory calls
`forget_hosts()`; every process hears it. Other memories of the house (fields of a
company's own, API keys) listen on the same channel, each to its own word. Should Redis be away, entries still
age out.
"""

import atexit
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from urllib.parse import urlsplit
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction

from tenants.directory.names import normal_host
from tenants.directory.queries import company_tenant, load_tenant
from tenants.directory.tenant import CompanyView, Tenant
from tenants.kernel import context
from tenants.kernel.errors import NoTenant
from tenants.kernel.logs import logger

# Published messages cross the databases of a Redis server: its number keeps installations apart.
CHANNEL = f"omniflow:directory:{urlsplit(settings.REDIS_URL).path.strip('/') or 0}"
HOSTS = "hosts"
SUBSCRIBING_SECONDS = 1.0
KEPT_SECONDS = 300.0
UNKNOWN_KEPT_SECONDS = 5.0
KEPT_AT_MOST = 20_000

log = logger(__name__)
_kept: dict[str, tuple[float, Tenant | None]] = {}
_companies: dict[UUID, tuple[float, Tenant]] = {}
_others: list[tuple[str, Callable[[], None]]] = []
_generation = 0
_listener: threading.Thread | None = None
_lock = threading.Lock()
_is_closing = threading.Event()
_is_listening = threading.Event()
atexit.register(_is_closing.set)


def resolve(raw_host: str) -> Tenant | None:
    """The tenant a Host header leads to, or None. Costs no query when warm."""
    host = normal_host(raw_host)
    if not host:
        return None
    kept = _kept.get(host)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    _listen()
    return _remember(host)


def _remember(host: str) -> Tenant | None:
    asked_in = _generation
    tenant = load_tenant(host)
    if len(_kept) >= KEPT_AT_MOST:
        _kept.clear()
    if asked_in == _generation:
        seconds = KEPT_SECONDS if tenant else UNKNOWN_KEPT_SECONDS
        _kept[host] = (time.monotonic() + seconds, tenant)
    return tenant


def forget_hosts() -> None:
    """Make every process look again, once the running transaction has committed."""
    transaction.on_commit(_word(HOSTS))


def forget_other(topic: str) -> None:
    """Empty one of the other memories: here at once, in every process after the commit."""
    _forget(topic)
    transaction.on_commit(_word(topic))


def forget_here() -> None:
    """Empty every memory of this process: what was loaded may come from a transaction that is taken back."""
    _forget()


def also_forget(topic: str, forget: Callable[[], None]) -> None:
    """Let another memory of every process be emptied by its own word."""
    _others.append((topic, forget))


@cache
def _word(topic: str) -> Callable[[], None]:
    return partial(_announce, topic)


def _announce(topic: str) -> None:
    _forget(topic)
    with suppress(redis.RedisError):
        _publisher().publish(CHANNEL, topic)


@cache
def _publisher() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)


def _forget(topic: str = "") -> None:
    """What the word says; everything without a word, since one may have been missed."""
    global _generation
    if topic in ("", HOSTS):
        _generation += 1
        _kept.clear()
        _companies.clear()
    for name, forget in _others:
        if topic in ("", name):
            forget()


def _listen() -> None:
    """Have a listener, and wait for a new one: what is loaded before it hears might go stale unnoticed."""
    global _listener
    with _lock:
        if _listener is not None and _listener.is_alive():
            return
        _is_listening.clear()
        _listener = threading.Thread(target=_hear, name="directory-listener", daemon=True)
        _listener.start()
    _is_listening.wait(SUBSCRIBING_SECONDS)


def _hear() -> None:
    """Forget on each message, and after each gap in hearing, since a message may have been missed."""
    while not _is_closing.is_set():
        try:
            with redis.Redis.from_url(settings.REDIS_URL).pubsub() as ear:  # type: ignore[no-untyped-call]
                ear.subscribe(CHANNEL)
                for message in ear.listen():
                    _forget(message["data"].decode() if message["type"] == "message" else "")
                    _is_listening.set()
        except redis.RedisError as error:
            if _is_closing.is_set():
                return
            log.warning("directory listener lost Redis", error=str(error))
            _forget()
            time.sleep(1)


def tenant_now() -> Tenant:
    """The tenant of the company we are in: brand and canonical host for mails and documents."""
    company_id = context.company_id()
    kept = _companies.get(company_id)
    if kept is None or kept[0] < time.monotonic():
        _listen()
        kept = _companies[company_id] = (time.monotonic() + KEPT_SECONDS, company_tenant(company_id))
    return kept[1]


def company_now() -> CompanyView:
    """The company we are in, without a query once it has been seen."""
    company = tenant_now().company
    if company is None:
        raise NoTenant
    return company
