"""Reads of endpoints and of the log. The settings are asked for by whoever calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tenants.kernel.errors import Invalid, NotFound
from tenants.webhooks.enums import DeliveryState
from tenants.webhooks.models import Delivery, Endpoint

RECENT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What of the log somebody wants to see. Empty says nothing."""

    endpoint: UUID | None = None
    state: str = ""
    event: str = ""
    since: datetime | None = None
    until: datetime | None = None


def endpoints() -> QuerySet[Endpoint]:
    return Endpoint.objects.select_related("owner").order_by("name", "id")


def endpoint_by_id(endpoint_id: UUID) -> Endpoint:
    found = endpoints().filter(pk=endpoint_id).first()
    if not found:
        raise NotFound("There is no such endpoint.")
    return found


def deliveries(asked: Asked) -> QuerySet[Delivery]:
    """Newest first, without their bodies. Raises Invalid for a state that is none."""
    rows = Delivery.objects.select_related("endpoint").defer("body", "endpoint__secret", "endpoint__former_secret")
    if asked.state and asked.state not in DeliveryState.values:
        raise Invalid({"state": [f"Choose from: {', '.join(DeliveryState.values)}."]})
    wanted = {
        "endpoint_id": asked.endpoint, "state": asked.state, "event_name": asked.event,
        "happened_at__gte": asked.since, "happened_at__lt": asked.until,
    }  # fmt: skip
    return rows.filter(**{name: value for name, value in wanted.items() if value}).order_by("-id")


def page_of(rows: "QuerySet[Any]", *, after: str, limit: int) -> tuple[Sequence[Any], str | None]:
    """One page behind an id, and where the next begins. Raises Invalid for a cursor not ours."""
    if after:
        try:
            rows = rows.filter(id__lt=UUID(after))
        except ValueError as error:
            raise Invalid({"cursor": ["This cursor is not one of ours. Start again without it."]}) from error
    found = list(rows[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None


def delivery_by_id(delivery_id: UUID) -> Delivery:
    found = Delivery.objects.select_related("endpoint").filter(pk=delivery_id).first()
    if not found:
        raise NotFound("There is no such delivery.")
    return found


def figures() -> Mapping[UUID, Mapping[str, int]]:
    """By endpoint: what waits, and what was delivered and failed in the last day. One query."""
    since = timezone.now() - RECENT
    states = {
        "waiting": Q(due_at__isnull=False),
        "succeeded": Q(state=DeliveryState.SUCCEEDED, done_at__gte=since),
        "failed": Q(state=DeliveryState.FAILED, done_at__gte=since),
    }
    wanted = Q(due_at__isnull=False) | Q(done_at__gte=since)
    rows = Delivery.objects.filter(wanted).order_by().values("endpoint_id")
    counted: Any = rows.annotate(**{name: Count("pk", filter=one) for name, one in states.items()})
    return {row["endpoint_id"]: {name: row[name] for name in states} for row in counted}


def app_endpoint_by_id(endpoint_id: UUID) -> Endpoint:
    """One that a program made for itself."""
    found = endpoints().exclude(app="").filter(pk=endpoint_id).first()
    if not found:
        raise NotFound("There is no such hook.")
    return found
