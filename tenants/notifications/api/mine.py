"""The REST resource `notifications`: what one was told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenants.identity.access import require_oneself
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.notifications import actions, queries, wishing
from tenants.notifications.api import REFUSALS
from tenants.notifications.models import Notification
from tenants.records.paging import MOST_ROWS
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.records.schemas import Strict

router = Router(tags=["Notifications"])


class NotificationActionOut(Schema):
    label: str
    url: str
    method: str = Field(description="link or post")


class DeliveryOut(Schema):
    """How a notification went by one channel."""

    channel: str
    status: str = Field(description="waiting, sent, failed or skipped")
    words: str = Field(description="The same in words, with the reason")


class NotificationOut(Schema):
    id: UUID
    kind: str
    title: str
    text: str
    url: str
    record_type: str
    record_id: UUID | None
    actions: list[NotificationActionOut]
    priority: str = Field(description="urgent, or empty")
    actor_name: str
    created_at: datetime
    read_at: datetime | None
    archived_at: datetime | None
    snoozed_until: datetime | None
    deliveries: list[DeliveryOut]

    @staticmethod
    def resolve_deliveries(row: Notification) -> list[dict[str, str]]:
        return [{"channel": name, "status": how, "words": str(words)} for name, how, words in queries.lines_of(row)]


class NotificationPage(Schema):
    items: list[NotificationOut]
    next: str | None
    total: int | None = None


class NotificationsIn(Schema):
    show: str = Field(queries.ALL, max_length=10, description="unread, all, snoozed or archived")
    kind: str = Field("", max_length=40, description="Only this kind")
    q: str = Field("", max_length=200, description="Words in title, text or the name of who did it")
    cursor: str = Field("", max_length=80, description="`next` of the page before")
    limit: int = Field(queries.PAGE, ge=1, le=MOST_ROWS)


class UnreadCountOut(Schema):
    count: int = Field(description="At most 100: nobody counts further")


class ChangedOut(Schema):
    changed: int


class SnoozeIn(Strict):
    until: datetime = Field(description="When it comes back, within a year")


class AllReadIn(Strict):
    kind: str = Field("", max_length=40, description="Only this kind; empty: all")


def _me(request: HttpRequest) -> Actor:
    """A key made for some things reads no notifications: they tell of everything."""
    require_oneself(request)
    actions.person(context.actor())
    return context.actor()


@router.get("", response={200: NotificationPage, **REFUSALS}, operation_id="list_notifications")
def list_notifications(request: HttpRequest, asked: Query[NotificationsIn]) -> Any:
    """Yours, newest first, with how each went by every channel."""
    rows = queries.shown(_me(request), show=asked.show, kind=asked.kind, text=asked.q)
    items, following = queries.page_of(rows, after=asked.cursor, limit=asked.limit)
    return {"items": items, "next": following}


@router.get("/unread-count", response={200: UnreadCountOut, **REFUSALS}, operation_id="count_unread_notifications")
def count_unread(request: HttpRequest) -> Any:
    return {"count": queries.unread_count(_me(request))}


@router.post("/read", response={200: ChangedOut, **REFUSALS}, operation_id="read_all_notifications")
def read_all(request: HttpRequest, body: AllReadIn) -> Any:
    """All unread ones are read now, but for those put off."""
    actor = _me(request)
    rows = queries.shown(actor, show=queries.UNREAD, kind=body.kind).order_by()
    return {"changed": actions.mark_read(rows=rows, by=actor)}


@router.get("/{uuid:notification_id}", response={200: NotificationOut, **REFUSALS}, operation_id="get_notification")
def get_notification(request: HttpRequest, notification_id: UUID) -> Any:
    return queries.one_of_mine(_me(request), notification_id)


@router.post("/{uuid:notification_id}/read", response={200: NotificationOut, **REFUSALS},
             operation_id="read_notification")  # fmt: skip
def read(request: HttpRequest, notification_id: UUID) -> Any:
    return _acted(request, notification_id, actions.mark_read)


@router.delete("/{uuid:notification_id}/read", response={200: NotificationOut, **REFUSALS},
               operation_id="unread_notification")  # fmt: skip
def unread(request: HttpRequest, notification_id: UUID) -> Any:
    """Unread again, and out of the archive."""
    return _acted(request, notification_id, actions.mark_unread)


@router.post("/{uuid:notification_id}/archive", response={200: NotificationOut, **REFUSALS},
             operation_id="archive_notification")  # fmt: skip
def archive(request: HttpRequest, notification_id: UUID) -> Any:
    return _acted(request, notification_id, actions.archive)


@router.post("/{uuid:notification_id}/snooze", response={200: NotificationOut, **REFUSALS},
             operation_id="snooze_notification")  # fmt: skip
def snooze(request: HttpRequest, notification_id: UUID, body: SnoozeIn) -> Any:
    """Out of sight until then; unread when it comes back."""
    return _acted(request, notification_id, lambda *, rows, by: actions.snooze(rows=rows, until=body.until, by=by))


def _acted(request: HttpRequest, notification_id: UUID, act: Any) -> Any:
    actor = _me(request)
    queries.one_of_mine(actor, notification_id)
    act(rows=queries.mine(actor).filter(pk=notification_id), by=actor)
    return queries.one_of_mine(actor, notification_id)


@router.put("/mutes/{record_type}/{uuid:record_id}", response={204: None, **REFUSALS}, operation_id="mute_record")
def mute(request: HttpRequest, record_type: str, record_id: UUID) -> Any:
    """Hear nothing more of a record: what comes stands in the list, read, and is sent by no channel."""
    return _muted(request, record_type, record_id, is_muted=True)


@router.delete("/mutes/{record_type}/{uuid:record_id}", response={204: None, **REFUSALS}, operation_id="unmute_record")
def unmute(request: HttpRequest, record_type: str, record_id: UUID) -> Any:
    return _muted(request, record_type, record_id, is_muted=False)


def _muted(request: HttpRequest, record_type: str, record_id: UUID, *, is_muted: bool) -> Any:
    actor = _me(request)
    wishing.mute(record=record_for(actor, type_named(record_type), record_id), is_muted=is_muted, by=actor)
    return Status(204, None)
