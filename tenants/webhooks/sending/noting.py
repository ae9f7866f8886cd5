"""What came of a batch, written down in one statement; what was not begun is given back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from tenants.webhooks.enums import DeliveryState, EndpointState
from tenants.webhooks.models import Delivery
from tenants.webhooks.sending import breaker
from tenants.webhooks.sending.claiming import Batch
from tenants.webhooks.sending.pauses import pause_after, wished_pause
from tenants.webhooks.sending.posting import Result

GONE: Final = 410
KEPT_TRIES: Final = 30
# Only as long as the delivery is ours: another process may have taken it, should this one have slept.
NOTE: Final = """
UPDATE webhooks_delivery d
SET state = v.state, due_at = v.due_at, done_at = v.done_at, try_count = v.try_count, updated_at = %(now)s,
    tries = (CASE WHEN jsonb_array_length(d.tries) >= %(kept)s THEN d.tries - 0 ELSE d.tries END) || v.told::jsonb
FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(due)s::timestamptz[], %(done)s::timestamptz[], %(counts)s::int[],
            %(told)s::text[]) AS v(id, state, due_at, done_at, try_count, told)
WHERE d.id = v.id AND d.due_at = %(lease)s
"""


@dataclass(frozen=True)
class Outcome:
    id: UUID
    state: DeliveryState
    due_at: datetime | None
    try_count: int
    told: str


@transaction.atomic
def note(batch: Batch, results: Sequence[Result]) -> None:
    """Everything of a batch at once, with how its endpoints stand now."""
    now = timezone.now()
    outcomes = [_outcome(one, now, is_probe=_is_probe(batch, one)) for one in results]
    if outcomes:
        _write(outcomes, batch.lease, now)
    for endpoint in batch.endpoints.values():
        own = [one for one in results if one.delivery.endpoint_id == endpoint.pk]
        breaker.heed(endpoint, own)
    begun = {one.delivery.id for one in results}
    rest = [one.id for one in batch.deliveries if one.id not in begun]
    if rest:
        Delivery.objects.filter(pk__in=rest, due_at=batch.lease).update(due_at=now)


def _is_probe(batch: Batch, result: Result) -> bool:
    return batch.endpoints[result.delivery.endpoint_id].state == EndpointState.BROKEN


def _outcome(result: Result, now: datetime, *, is_probe: bool) -> Outcome:
    """A probe that fails costs the delivery nothing: it waits with the others."""
    told = json.dumps([_told(result, is_probe)])
    tries = result.delivery.try_count + 1
    if result.is_ok:
        return Outcome(result.delivery.id, DeliveryState.SUCCEEDED, None, tries, told)
    if is_probe and result.status != GONE:
        return Outcome(result.delivery.id, DeliveryState.WAITING, now, tries - 1, told)
    pause = None if result.status == GONE else pause_after(tries)
    if pause is None:
        return Outcome(result.delivery.id, DeliveryState.FAILED, None, tries, told)
    wish = wished_pause(result.status, result.retry_after)
    return Outcome(result.delivery.id, DeliveryState.WAITING, now + max(pause, wish or pause), tries, told)


def _told(result: Result, is_probe: bool) -> dict[str, Any]:
    found = {
        "at": result.at.isoformat(), "status": result.status, "milliseconds": result.milliseconds,
        "answer": result.answer, "error": result.error,
    }  # fmt: skip
    return found | ({"is_probe": True} if is_probe else {})


def _write(outcomes: Sequence[Outcome], lease: datetime, now: datetime) -> None:
    values: dict[str, Any] = {
        "ids": [one.id for one in outcomes], "states": [str(one.state) for one in outcomes],
        "due": [one.due_at for one in outcomes], "done": [None if one.due_at else now for one in outcomes],
        "counts": [one.try_count for one in outcomes], "told": [one.told for one in outcomes],
        "now": now, "kept": KEPT_TRIES, "lease": lease,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NOTE, values)
