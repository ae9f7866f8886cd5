"""How long notifications are kept: 90 days once read, 180 unread; what chats were sent as long."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tenants.notifications.models import Delivery, Notification

READ_DAYS: Final = 90
UNREAD_DAYS: Final = 180
PIECE: Final = 2_000


@transaction.atomic
def forget_some() -> int:
    """Delete some past their time, with their deliveries; how many."""
    now = timezone.now()
    old = Q(read_at__lt=now - timedelta(days=READ_DAYS)) | Q(created_at__lt=now - timedelta(days=UNREAD_DAYS))
    ids = list(Notification.objects.filter(old).order_by().values_list("pk", flat=True)[:PIECE])
    Notification.objects.filter(pk__in=ids).delete()
    posts = Delivery.objects.filter(notification=None, created_at__lt=now - timedelta(days=READ_DAYS))
    gone = list(posts.order_by().values_list("pk", flat=True)[:PIECE])
    Delivery.objects.filter(pk__in=gone).delete()
    return len(ids) + len(gone)
