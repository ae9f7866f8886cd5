"""How long the log is kept: what was delivered a month, what failed a quarter, what came in a week."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.webhooks.enums import DeliveryState
from tenants.webhooks.models import Delivery, InboundHook, Reception

SUCCEEDED_DAYS: Final = 30
FAILED_DAYS: Final = 90
RECEIVED_DAYS: Final = 7
SAMPLES: Final = 5
PIECE: Final = 5_000


@transaction.atomic
def forget_some() -> int:
    """Some of what is past its time; how many rows. The newest receptions of a hook stay as its samples."""
    now = timezone.now()
    short = _before(now - timedelta(days=SUCCEEDED_DAYS))
    over = Q(state__in=(DeliveryState.SUCCEEDED, DeliveryState.HELD))
    long = _before(now - timedelta(days=FAILED_DAYS)) & Q(state=DeliveryState.FAILED)
    old = Reception.objects.filter(pk__lt=_first_of(now - timedelta(days=RECEIVED_DAYS)), processed_at__isnull=False)
    return _drop(Delivery.objects.filter((short & over) | long)) + _drop(old.exclude(pk__in=_samples()))


def _before(moment: datetime) -> Q:
    """Made and done before then: an old one may have been sent again since."""
    return Q(pk__lt=_first_of(moment), done_at__lt=moment)


def _drop(rows: "QuerySet[Any]") -> int:
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:PIECE])
    rows.model._default_manager.filter(pk__in=ids).delete()
    return len(ids)


def _samples() -> list[UUID]:
    return [
        pk
        for hook in InboundHook.objects.values_list("pk", flat=True)
        for pk in Reception.objects.filter(hook=hook).order_by("-id").values_list("pk", flat=True)[:SAMPLES]
    ]


def _first_of(moment: datetime) -> UUID:
    """The lowest key that a row of that moment can have: keys begin with the time."""
    return UUID(int=int(moment.timestamp() * 1_000) << 80)
