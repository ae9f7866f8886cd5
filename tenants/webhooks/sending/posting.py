"""The requests themselves, in several threads. They touch no database: what they need is prepared before."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from time import monotonic
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel import standard_webhooks
from tenants.kernel.keepalive import Lines
from tenants.kernel.logs import logger
from tenants.kernel.outbound import NotReachable
from tenants.kernel.secrets import Unreadable
from tenants.webhooks.models import Endpoint
from tenants.webhooks.pausing import pause
from tenants.webhooks.sending.claiming import Batch, Claimed

THREADS: Final = 16
TIMEOUT_SECONDS: Final = 10
MOST_ANSWER_BYTES: Final = 4 * 1024
AGENT: Final = "Webhooks/1"
"""Without a product's name: what sends is every agency's own."""
log = logger(__name__)


@dataclass(frozen=True)
class Goal:
    """Where an endpoint's deliveries go, and how they are signed."""

    url: str
    secrets: Sequence[str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    is_ordered: bool


@dataclass(frozen=True)
class Result:
    """What one try came to. `status` 0: there was no answer, `error` says why."""

    delivery: Claimed
    at: datetime
    milliseconds: int
    status: int = 0
    answer: str = ""
    error: str = ""
    retry_after: str = ""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="webhooks")


@cache
def lines() -> Lines:
    return Lines()


def goal_of(endpoint: Endpoint) -> Goal:
    """With its secrets in the clear."""
    secrets = [endpoint.secret.reveal()]
    if endpoint.has_former:
        secrets.append(endpoint.former_secret.reveal())
    own = json.loads(endpoint.headers.reveal()) if endpoint.headers else {}
    return Goal(endpoint.url, secrets, own, endpoint.is_ordered)


def send_batch(batch: Batch, *, ends_at: float) -> list[Result]:
    """Try what the batch holds; nothing is begun after `ends_at` (on the monotonic clock).

    Of an ordered endpoint the deliveries of a record go one after the other, up to the first that fails.
    """
    goals = _goals(batch)
    queue, results = deque(_chains(batch, goals)), deque[Result]()

    def work() -> None:
        while monotonic() <= ends_at:
            try:
                chain = queue.popleft()
            except IndexError:
                return
            _send_chain(chain, goals, results, ends_at)

    # Each thread in a copy of where we are: the guard asks whether this is a sandbox.
    at_work = [_pool().submit(copy_context().run, work) for _ in range(min(THREADS, len(queue)))]
    wait(at_work)
    for one in at_work:
        one.result()
    return list(results)


def _goals(batch: Batch) -> dict[UUID, Goal]:
    """Of those whose secrets can be read; the others are paused, so that they hold up nobody else's deliveries."""
    found = {}
    for pk, endpoint in batch.endpoints.items():
        try:
            found[pk] = goal_of(endpoint)
        except Unreadable:
            pause(pk, _("Its secret cannot be read any more. Make a new one, then resume it."))
    return found


def _chains(batch: Batch, goals: Mapping[UUID, Goal]) -> list[list[Claimed]]:
    """What goes one after the other."""
    found: dict[object, list[Claimed]] = {}
    for one in batch.deliveries:
        if one.endpoint_id not in goals:
            continue
        is_ordered = goals[one.endpoint_id].is_ordered
        found.setdefault((one.endpoint_id, one.record_id) if is_ordered else one.id, []).append(one)
    return list(found.values())


def _send_chain(chain: Sequence[Claimed], goals: Mapping[UUID, Goal], results: deque[Result], ends_at: float) -> None:
    for delivery in chain:
        result = _tried(delivery, goals[delivery.endpoint_id])
        results.append(result)
        if not result.is_ok or monotonic() > ends_at:
            return


def _tried(delivery: Claimed, goal: Goal) -> Result:
    try:
        return post(delivery, goal)
    except Exception:  # a fault of ours in one delivery: it counts as a try, the rest of the batch goes on
        log.exception("webhook not sent", delivery=str(delivery.id))
        return Result(delivery, timezone.now(), 0, error="Something went wrong on our side.")


def post(delivery: Claimed, goal: Goal) -> Result:
    """One try. It has an end, whatever the other side does."""
    at, began, body = timezone.now(), monotonic(), delivery.body.encode()
    signed = standard_webhooks.headers(
        message_id=str(delivery.event_id), sent_at=int(at.timestamp()), body=body, secrets=goal.secrets
    )
    headers = {**goal.headers, "Content-Type": "application/json", "User-Agent": AGENT, **signed}
    try:
        reply = lines().ask(
            "POST", goal.url, headers=headers, body=body, seconds=TIMEOUT_SECONDS, most_bytes=MOST_ANSWER_BYTES
        )
    except NotReachable as error:
        return Result(delivery, at, _since(began), error=str(error.detail)[:300])
    answer = reply.body.decode(errors="replace").replace("\x00", "")
    wish = reply.headers.get("retry-after", "")
    return Result(delivery, at, _since(began), status=reply.status, answer=answer, retry_after=wish)


def _since(began: float) -> int:
    return round((monotonic() - began) * 1_000)
