"""Notifications that were put off come back."""

from django.db import transaction
from django.utils import timezone

from tenants.kernel import live
from tenants.notifications.models import Notification

PIECE = 500


@transaction.atomic
def wake_snoozed() -> int:
    """Up to 500 whose time has come; how many. They are unread, and open pages are told."""
    rows = Notification.objects.select_for_update(skip_locked=True).filter(snoozed_until__lte=timezone.now())
    found = list(rows.order_by("snoozed_until").only("pk", "user_id", "title", "kind")[:PIECE])
    Notification.objects.filter(pk__in=[row.pk for row in found]).update(snoozed_until=None)
    words = {row.user_id: {"id": str(row.pk), "kind": row.kind, "title": row.title, "is_loud": True} for row in found}
    live.send_each(words, kind="notification")
    return len(found)
