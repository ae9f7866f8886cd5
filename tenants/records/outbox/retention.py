"""How long events are kept: as long as a backtest looks back and a replay may reach, and a little longer."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from tenants.records.models import Event

KEPT_DAYS: Final = 35
PIECE: Final = 5_000


@transaction.atomic
def forget_some() -> int:
    """Delete some delivered events past their time; how many. What a consumer has not had is kept."""
    old = Event.objects.filter(happened_at__lt=timezone.now() - timedelta(days=KEPT_DAYS), delivered_at__isnull=False)
    ids = list(old.filter(undelivered=None).order_by().values_list("pk", flat=True)[:PIECE])
    gone, _rows = Event.objects.filter(pk__in=ids).delete()
    return gone
