"""Who sends what: a batch is taken for a while, so that what a killed process had is taken again by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.webhooks.enums import OPEN, EndpointState
from tenants.webhooks.models import Delivery, Endpoint
from tenants.webhooks.pausing import pause

LEASE: Final = timedelta(seconds=90)
BATCH: Final = 200
LEAST: Final = 20
DOUBTFUL: Final = 3
"""From so many failures in a row on, only a few are tried at a time."""
FEW: Final = 2
# Of an ordered endpoint a delivery waits for every earlier one of its record that does not come before it in the
# line: for those in a pause, and for those that somebody is sending.
CLAIM: Final = """
WITH asked AS (SELECT * FROM unnest(%(ids)s::uuid[], %(ordered)s::bool[], %(most)s::int[]) AS t(id, ordered, most)),
     taken AS (
       SELECT due.id FROM asked CROSS JOIN LATERAL (
         SELECT d.id FROM webhooks_delivery d
         WHERE d.endpoint_id = asked.id AND d.due_at <= %(now)s AND (NOT asked.ordered OR NOT EXISTS (
           SELECT 1 FROM webhooks_delivery b
           WHERE b.endpoint_id = asked.id AND b.record_id = d.record_id AND b.due_at > d.due_at
             AND (b.happened_at, b.event_id) < (d.happened_at, d.event_id)))
         ORDER BY d.due_at, d.happened_at, d.event_id LIMIT asked.most
         FOR UPDATE OF d SKIP LOCKED) due)
UPDATE webhooks_delivery d SET due_at = %(lease)s FROM taken WHERE d.id = taken.id
RETURNING d.id, d.endpoint_id, d.event_id, d.record_id, d.happened_at, d.body, d.try_count
"""


@dataclass(frozen=True)
class Claimed:
    id: UUID
    endpoint_id: UUID
    event_id: UUID
    record_id: UUID
    happened_at: datetime
    body: str
    try_count: int


@dataclass(frozen=True)
class Batch:
    """What one process sends now, in the order of what happened, and until when it is its own."""

    deliveries: Sequence[Claimed]
    endpoints: Mapping[UUID, Endpoint]
    lease: datetime


@transaction.atomic
def claim() -> Batch:
    """The next due deliveries; of an endpoint that does not answer one, to see."""
    # Two that claim at once would each see the other's rows as free and lose the order within a record.
    with connection.cursor() as cursor:
        salt = f"{context.place().salt}:webhooks"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [salt])
    now = timezone.now()
    endpoints = {one.pk: one for one in _askable(now)}
    lease = now + LEASE
    found = _taken(endpoints, now, lease) if endpoints else []
    _note_probes(endpoints, {one.endpoint_id for one in found}, lease)
    return Batch(sorted(found, key=lambda one: (one.happened_at, one.event_id)), endpoints, lease)


def _askable(now: datetime) -> list[Endpoint]:
    """Endpoints that may be asked now and have something due."""
    rest = Q(not_before=None) | Q(not_before__lte=now)
    due = Delivery.objects.filter(endpoint=OuterRef("pk"), due_at__lte=now)
    waiting = Endpoint.objects.filter(rest, Exists(due), state__in=OPEN)
    found = []
    for one in waiting.select_related("owner").order_by("pk"):
        if one.owner and one.owner.is_active:
            found.append(one)
        else:
            pause(one.pk, _("Its owner has left. Choose another, then resume it."))
    return found


def _taken(endpoints: Mapping[UUID, Endpoint], now: datetime, lease: datetime) -> list[Claimed]:
    share = max(LEAST, BATCH // len(endpoints))
    values: dict[str, Any] = {
        "ids": list(endpoints), "ordered": [one.is_ordered for one in endpoints.values()],
        "most": [_most(one, share) for one in endpoints.values()], "now": now, "lease": lease,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return [Claimed(*row) for row in cursor.fetchall()]


def _most(endpoint: Endpoint, share: int) -> int:
    if endpoint.state == EndpointState.BROKEN:
        return 1
    return FEW if endpoint.failures >= DOUBTFUL else share


def _note_probes(endpoints: Mapping[UUID, Endpoint], asked: set[UUID], lease: datetime) -> None:
    """While one is tried at a broken endpoint, nobody tries another."""
    broken = [one for one in asked if endpoints[one].state == EndpointState.BROKEN]
    if broken:
        Endpoint.objects.filter(pk__in=broken).update(not_before=lease)


def next_due() -> datetime | None:
    """When to look again; None where nothing waits.

    What is due already and could not be taken waits for something else: for an earlier one of its record, which is
    in a pause or on its way, or for an endpoint that is left alone.
    """
    now = timezone.now()
    rests = Q(not_before__gt=now)
    ahead = Min("deliveries__due_at", filter=Q(deliveries__due_at__gt=now) | rests)
    rows: QuerySet[Endpoint] = Endpoint.objects.filter(state__in=OPEN, deliveries__due_at__isnull=False)
    moments = rows.annotate(first=ahead).exclude(first=None).values_list(Greatest(F("not_before"), F("first")))
    return min((moment for (moment,) in moments), default=None)
