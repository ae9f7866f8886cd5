"""Endpoints that the house itself pauses: by whatever it finds, with the reason for people to read."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tenants.identity.actions import audit
from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.webhooks.enums import OPEN, EndpointState
from tenants.webhooks.memory import forget_endpoints
from tenants.webhooks.models import Endpoint

log = logger(__name__)


@transaction.atomic
def pause(endpoint_id: UUID, reason: str) -> None:
    """Once, whoever finds it first. What waits goes on waiting."""
    changed = Endpoint.objects.filter(pk=endpoint_id, state__in=OPEN).update(
        state=EndpointState.PAUSED, reason=reason[:200], not_before=None, updated_at=timezone.now()
    )
    if changed:
        name = Endpoint.objects.values_list("name", flat=True).get(pk=endpoint_id)
        audit("webhook.paused", by=context.actor(), subject=name, reason=reason)
        log.warning("webhook endpoint paused", endpoint=str(endpoint_id), reason=reason)
        forget_endpoints()
