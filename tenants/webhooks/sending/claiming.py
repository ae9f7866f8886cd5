"""Who sends what: a batch is taken for a while, so that what a killed process had is taken again by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
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
TAKE: Final = """
UPDATE webhooks_delivery d SET due_at = %(lease)s FROM taken WHERE d.id = taken.id
RETURNING d.id, d.endpoint_id, d.event_id, d.record_id, d.happened_at, d.body, d.try_count
"""
ASKED: Final = "asked AS (SELECT * FROM unnest(%(ids)s::uuid[], %(most)s::int[]) AS t(id, most))"
PARALLEL: Final = f"""
WITH {ASKED}, taken AS (
  SELECT due.id FROM asked CROSS JOIN LATERAL (
    SELECT d.id FROM webhooks_delivery d WHERE d.endpoint_id = asked.id AND d.due_at <= %(now)s
    ORDER BY d.due_at, d.happened_at, d.event_id LIMIT asked.most FOR UPDATE OF d SKIP LOCKED) due)
{TAKE}"""  # noqa: S608 - our own words
# Of each record the oldest that is not due holds up those after it: one in a pause, or one that somebody is sending.
ORDERED: Final = f"""
WITH {ASKED}, held AS MATERIALIZED (
  SELECT DISTINCT ON (d.endpoint_id, d.record_id) d.endpoint_id, d.record_id, d.happened_at, d.event_id
  FROM asked JOIN webhooks_delivery d ON d.endpoint_id = asked.id AND d.due_at > %(now)s
  ORDER BY d.endpoint_id, d.record_id, d.happened_at, d.event_id),
taken AS (
  SELECT due.id FROM asked CROSS JOIN LATERAL (
    SELECT d.id FROM webhooks_delivery d WHERE d.endpoint_id = asked.id AND d.due_at <= %(now)s AND NOT EXISTS (
      SELECT 1 FROM held WHERE held.endpoint_id = d.endpoint_id AND held.record_id = d.record_id
        AND (held.happened_at, held.event_id) < (d.happened_at, d.event_id))
    ORDER BY d.happened_at, d.event_id LIMIT asked.most FOR UPDATE OF d SKIP LOCKED) due)
{TAKE}"""  # noqa: S608 - our own words


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
    found: list[Claimed] = []
    with connection.cursor() as cursor:
        for is_ordered, query in ((False, PARALLEL), (True, ORDERED)):
            most = {pk: _most(one, share) for pk, one in endpoints.items() if one.is_ordered is is_ordered}
            if most:
                cursor.execute(query, {"ids": list(most), "most": list(most.values()), "now": now, "lease": lease})
                found += [Claimed(*row) for row in cursor.fetchall()]
    return found


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
    waiting = Delivery.objects.filter(endpoint=OuterRef("pk"), due_at__isnull=False).order_by("due_at").values("due_at")
    rests = When(not_before__gt=now, then=Subquery(waiting[:1]))
    ahead = Case(rests, default=Subquery(waiting.filter(due_at__gt=now)[:1]))
    rows: QuerySet[Endpoint] = Endpoint.objects.filter(state__in=OPEN).annotate(first=ahead).exclude(first=None)
    moments = rows.values_list(Greatest(F("not_before"), F("first")))
    return min((moment for (moment,) in moments), default=None)
