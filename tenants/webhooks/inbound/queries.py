"""Reads of addresses and of what came in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tenants.kernel.errors import Invalid, NotFound
from tenants.webhooks.inbound.reading import parsed
from tenants.webhooks.models import InboundHook, Reception
from tenants.webhooks.retention import SAMPLES


def hooks() -> QuerySet[InboundHook]:
    return InboundHook.objects.order_by("name", "id")


def hook_by_id(hook_id: UUID) -> InboundHook:
    found = InboundHook.objects.filter(pk=hook_id).first()
    if not found:
        raise NotFound("There is no such address.")
    return found


def newest_receptions(hook: InboundHook) -> Sequence[Reception]:
    """The last few, as samples of what the sender tells."""
    return list(Reception.objects.filter(hook=hook).order_by("-id")[:SAMPLES])


def payload_of(reception_id: UUID) -> Any:
    """What a reception says, whole, as long as it is kept. Raises NotFound, Invalid."""
    found = Reception.objects.filter(pk=reception_id).first()
    if not found:
        raise NotFound("What came in is not kept any more.")
    return parsed(found.content_type, bytes(found.body))


def payload_or_none(reception: Reception) -> Any:
    try:
        return parsed(reception.content_type, bytes(reception.body))
    except Invalid:
        return None
