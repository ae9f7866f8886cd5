"""A reception becomes an event, once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.utils import timezone

from tenants.kernel.errors import Invalid
from tenants.kernel.logs import logger
from tenants.records.events import emit
from tenants.webhooks.inbound.reading import parsed
from tenants.webhooks.models import Reception

RECEIVED = "hook.received"
LARGEST_PAYLOAD = 64 * 1024
"""What is larger the event leaves out: it is kept for five weeks, and read by whoever hears it."""
PIECE = 200
LEFT_FOR = timedelta(seconds=30)
log = logger(__name__)


@transaction.atomic
def process(reception_id: UUID) -> None:
    """Read it and say so. What cannot be read is kept with the reason, and told to nobody."""
    rows = Reception.objects.select_for_update(of=("self",), skip_locked=True).select_related("hook")
    found = rows.filter(pk=reception_id, processed_at=None).first()
    if not found:
        return
    try:
        payload = parsed(found.content_type, bytes(found.body))
        # Events are about records; one of a hook is about the hook, so they come in the order they were received.
        emit(RECEIVED, found.hook, **_told(found, payload))  # type: ignore[arg-type]
    except Invalid as error:
        found.error = next(iter(error.errors.values()))[0][:200]
        log.warning("inbound webhook not understood", reception=str(found.pk))
    found.processed_at = timezone.now()
    found.save(update_fields=["processed_at", "error", "updated_at"])


def _told(found: Reception, payload: Any) -> dict[str, Any]:
    is_large = len(orjson.dumps(payload)) > LARGEST_PAYLOAD
    return {
        "hook_id": str(found.hook_id), "hook": found.hook.name, "reception_id": str(found.pk),
        "payload": None if is_large else payload, "is_cut": is_large,
    }  # fmt: skip


def process_waiting() -> None:
    """Those whose task was lost, oldest first."""
    before = timezone.now() - LEFT_FOR
    waiting = Reception.objects.filter(processed_at=None, created_at__lt=before).order_by("id")
    for reception_id in list(waiting.values_list("pk", flat=True)[:PIECE]):
        process(reception_id)
