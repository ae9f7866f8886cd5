"""Sending what waits: claimed first, sent, then noted. Who dies in between leaves a claim that runs out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenants.directory.hosts import company_now, tenant_now
from tenants.kernel.errors import ProviderFailed
from tenants.kernel.logs import logger
from tenants.kernel.outbound import StaysInside
from tenants.notifications.channels import CHANNELS, Message
from tenants.notifications.channels.email import Email
from tenants.notifications.enums import Status, Why
from tenants.notifications.errors import Gone, Refused, TryLater
from tenants.notifications.models import Delivery, Notification
from tenants.notifications.planning import zone_of

PIECE: Final = 20
CLAIM: Final = timedelta(minutes=10)
"""Longer than a worker may take for a piece."""
PAUSES_SECONDS: Final = (30, 120, 600, 3_600, 4 * 3_600)
"""After each vain try; when they are used up, the delivery has failed."""
MOST_IN_DIGEST: Final = 100
log = logger(__name__)


def send_some() -> int:
    """Send a few of those that are due; how many were taken up. Safe beside other workers."""
    return _send_claimed() + _send_digests()


def _waiting() -> "QuerySet[Delivery]":
    return Delivery.objects.filter(status=Status.WAITING)


@transaction.atomic
def _claim(rows: "QuerySet[Delivery]", most: int) -> list[UUID]:
    """Ours until the claim runs out: then somebody else may try."""
    due = rows.select_for_update(skip_locked=True, of=("self",)).filter(next_try_at__lte=timezone.now())
    ids = list(due.order_by("next_try_at").values_list("pk", flat=True)[:most])
    Delivery.objects.filter(pk__in=ids).update(next_try_at=timezone.now() + CLAIM, tries=F("tries") + 1)
    return ids


def _loaded(ids: Iterable[UUID]) -> list[Delivery]:
    rows = Delivery.objects.select_related("notification__user__role", "connection").filter(pk__in=list(ids))
    return list(rows.order_by("notification_id", "channel"))


def _send_claimed() -> int:
    found = _loaded(_claim(_waiting().exclude(why=Why.DIGEST).exclude(notification=None), PIECE))
    for delivery in found:
        _send(delivery)
    return len(found)


def _send(delivery: Delivery) -> None:
    row = delivery.notification
    assert row
    skipped = _why_not(delivery, row)
    if skipped:
        return _note(delivery, Status.SKIPPED, why=skipped)
    user = row.user
    with translation.override(user.language or company_now().language), timezone.override(zone_of(user)):
        _try(delivery, user, message_of(row))


def _why_not(delivery: Delivery, row: Notification) -> str:
    """What has changed since it was planned."""
    if not row.user.is_active:
        return Why.GONE
    if delivery.why and row.read_at:
        return Why.READ
    return "" if delivery.channel in CHANNELS else Why.UNAVAILABLE


def _try(delivery: Delivery, user: object, message: Message) -> None:
    try:
        CHANNELS[delivery.channel].send(delivery, user, message)
    except Gone:
        _note(delivery, Status.SKIPPED, why=Why.GONE)
    except StaysInside:
        _note(delivery, Status.SKIPPED, why=Why.SANDBOX)
    except Refused as error:
        _note(delivery, Status.FAILED, error=str(error.detail))
    except (ProviderFailed, OSError) as error:  # smtplib's errors are OSErrors, too
        _later(delivery, error)
    else:
        _note(delivery, Status.SENT)


def _note(delivery: Delivery, status: Status, *, why: str = "", error: str = "") -> None:
    delivery.status, delivery.why, delivery.error, delivery.next_try_at = status, why, error[:200], None
    delivery.sent_at = timezone.now() if status == Status.SENT else None
    delivery.save(update_fields=["status", "why", "error", "next_try_at", "sent_at", "updated_at"])
    if status == Status.FAILED:
        log.warning("notification not delivered", channel=delivery.channel, delivery_id=str(delivery.pk), error=error)


def _later(delivery: Delivery, error: Exception) -> None:
    """After a pause that grows, or as long as the other side asks for; given up when the pauses are used up."""
    words = str(error) or type(error).__name__
    if delivery.tries > len(PAUSES_SECONDS):
        return _note(delivery, Status.FAILED, error=words)
    asked = error.after_seconds if isinstance(error, TryLater) else 0
    delivery.next_try_at = timezone.now() + timedelta(seconds=max(PAUSES_SECONDS[delivery.tries - 1], asked))
    delivery.error = words[:200]
    delivery.save(update_fields=["next_try_at", "error", "updated_at"])


def message_of(row: Notification) -> Message:
    """For outside the app: the link leads through the notification, so that it counts as read."""
    url = f"{tenant_now().base_url}/notifications/{row.pk}/open/"
    return Message(
        title=row.title, text=row.text, url=url, link_label=_("Open"), once=str(row.pk), is_urgent=row.is_urgent
    )


# Digests


def _send_digests() -> int:
    """One mail for each person whose digest is due."""
    due = _waiting().filter(why=Why.DIGEST, next_try_at__lte=timezone.now()).order_by()
    people = list(due.values_list("notification__user", flat=True).distinct()[:PIECE])
    for user_id in people:
        rows = _waiting().filter(why=Why.DIGEST, notification__user=user_id)
        _send_digest(_loaded(_claim(rows, MOST_IN_DIGEST)))
    return len(people)


def _send_digest(found: Sequence[Delivery]) -> None:
    """What was read meanwhile is left out."""
    unread = []
    for one in found:
        row = one.notification
        assert row
        if row.read_at or not row.user.is_active:
            _note(one, Status.SKIPPED, why=Why.READ if row.read_at else Why.GONE)
        else:
            unread.append(one)
    if unread:
        _send_together(unread)


def _send_together(found: Sequence[Delivery]) -> None:
    rows = [one.notification for one in found if one.notification]
    user, channel = rows[0].user, CHANNELS["email"]
    assert isinstance(channel, Email)
    try:
        with translation.override(user.language or company_now().language), timezone.override(zone_of(user)):
            items = [message_of(row) for row in rows]
            channel.send_digest(user, items, url=f"{tenant_now().base_url}/notifications/", once=str(found[0].pk))
    except Refused as error:
        for one in found:
            _note(one, Status.FAILED, error=str(error.detail))
    except OSError as error:
        for one in found:
            _later(one, error)
    else:
        for one in found:
            _note(one, Status.SENT)


def next_due() -> datetime | None:
    """When something waits to be sent, or a notification comes back from being put off."""
    delivery = (
        _waiting().exclude(notification=None).order_by("next_try_at").values_list("next_try_at", flat=True).first()
    )
    snoozed = Notification.objects.filter(snoozed_until__isnull=False).order_by("snoozed_until")
    moments = [one for one in (delivery, snoozed.values_list("snoozed_until", flat=True).first()) if one]
    return min(moments, default=None)
