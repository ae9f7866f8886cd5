"""Telling people, and what they do with what they were told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenants.directory.hosts import company_now
from tenants.directory.task import send
from tenants.identity.models import User
from tenants.identity.permits import permits_of
from tenants.kernel import live
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.modules import Text
from tenants.notifications import waking
from tenants.notifications.enums import Status
from tenants.notifications.kinds import Kind, kind_named
from tenants.notifications.models import Delivery, Notification
from tenants.notifications.planning import Plan, plan, read, zone_of
from tenants.records.explaining import explain_all
from tenants.records.registry import type_of

PIECE = 500
MOST_SNOOZE = timedelta(days=365)
Action = Mapping[str, Any]
"""{"label", "url", "method"}: an address of ours that the button opens ("link") or posts to ("post")."""


def notify(
    *, kind: str, user_ids: Iterable[UUID], title: Text, text: Text = "", url: str = "", record: Any = None,
    actions: Sequence[Action] = (), priority: str = "", key: str = "", by: Actor,
) -> int:  # fmt: skip
    """Tell people of something, by the channels they chose; how many were told just now.

    Lazy texts come out in each reader's language and time zone. Not told: who did it (`by`), unless the kind
    says otherwise; who may not see `record`; who is deactivated; who was told under this `key` already.
    A few statements for 500 people. Raises NotFound for an unknown kind, Invalid for addresses not ours.
    """
    found = kind_named(kind)
    wanted = set(user_ids) - (set() if found.tells_oneself or not by.user_id else {by.user_id})
    if not wanted or found.comes_with:
        return 0
    _check_ours([url, *(str(one["url"]) for one in actions)])
    facts = {
        "kind": found.name, "url": url, "priority": priority, "actor_name": by.name[:120], **_pointer(record),
    }  # fmt: skip
    told, ids = 0, sorted(wanted)
    for start in range(0, len(ids), PIECE):
        told += _tell(found, ids[start : start + PIECE], facts, (title, text, actions), record, key)
    return told


def _check_ours(urls: Iterable[str]) -> None:
    """Raise Invalid for what leads away from here: titles are trusted, so are their links."""
    for url in urls:
        if url and (not url.startswith("/") or url.startswith("//") or "\\" in url):
            raise Invalid({"url": [_("Give an address of this place, like /deals/….")]})


def _pointer(record: Any) -> dict[str, Any]:
    record_type = type_of(record) if record is not None else None
    return {"record_type": record_type.name, "record_id": record.pk} if record_type else {}


@transaction.atomic
def _tell(
    kind: Kind, user_ids: Sequence[UUID], facts: Mapping[str, Any], words: Any, record: Any, key: str
) -> int:  # fmt: skip
    users = _who_may_hear(user_ids, record)
    if not users:
        return 0
    readers = read(users, kind)
    record_key = f"{facts['record_type']}:{facts['record_id']}" if facts.get("record_type") else ""
    plans = {user.pk: plan(user, kind, readers, priority=facts["priority"], record_key=record_key) for user in users}
    rows = [_row(user, plans[user.pk], facts, words, key) for user in users if not plans[user.pk].is_nothing]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    made = set(Notification.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    new = [row for row in rows if row.pk in made]
    _deliver(new, plans)
    return len(new)


def _who_may_hear(user_ids: Sequence[UUID], record: Any) -> list[Any]:
    """Of these the active people who may see the record."""
    users = list(User.objects.select_related("role").filter(pk__in=user_ids, is_active=True).order_by())
    if record is None or type_of(record) is None:
        return users
    if record.deleted_at is not None:
        return []
    permits = permits_of(users)
    told = explain_all([user.acting_with(permits[user.pk]) for user in users], record, ["view"])
    return [user for user, found in zip(users, told, strict=True) if found["view"].is_allowed]


def _row(user: Any, plan: Plan, facts: Mapping[str, Any], words: Any, key: str) -> Notification:
    """In the reader's own words. What is muted is there, and calls for nothing."""
    title, text, actions = words
    row = Notification(user=user, **facts)
    row.once = (key or str(row.pk))[:160]
    with translation.override(user.language or company_now().language), timezone.override(zone_of(user)):
        row.title, row.text = str(title)[:200], str(text)[:2_000]
        row.actions = [
            {"label": str(one["label"]), "url": one["url"], "method": one.get("method", "link")} for one in actions
        ]
    row.is_shown, row.read_at = plan.is_shown, timezone.now() if plan.is_muted else None
    return row


def _deliver(rows: Sequence[Notification], plans: Mapping[UUID, Plan]) -> None:
    """Write what is to be sent, and have the worker send it; tell open pages."""
    from tenants.notifications.tasks import deliver  # the task sends through what stands above

    deliveries = []
    for row in rows:
        for one in plans[row.user_id].deliveries:
            one.notification = row
            deliveries.append(one)
    Delivery.objects.bulk_create(deliveries)
    waiting = [one.next_try_at for one in deliveries if one.status == Status.WAITING and one.next_try_at]
    if waiting:
        waking.mark(min(waiting))
    if any(moment <= timezone.now() for moment in waiting):
        send(deliver)
    shown = [row for row in rows if row.is_shown and not row.read_at]
    live.send_each({row.user_id: _word(row, plans[row.user_id]) for row in shown}, kind="notification")


def _word(row: Notification, plan: Plan) -> dict[str, Any]:
    return {
        "id": str(row.pk), "kind": row.kind, "title": row.title, "text": row.text[:200], "is_loud": plan.is_loud,
        "is_urgent": row.is_urgent,
    }  # fmt: skip


# What people do with what they were told


@transaction.atomic
def mark_read(*, rows: "QuerySet[Notification]", by: Actor) -> int:
    """Of these the unread ones are read now; how many. `rows` are the actor's own (queries.mine)."""
    person(by)
    changed = rows.filter(read_at=None).update(read_at=timezone.now(), updated_at=timezone.now())
    _tell_pages(by, changed)
    return changed


@transaction.atomic
def mark_unread(*, rows: "QuerySet[Notification]", by: Actor) -> int:
    person(by)
    changed = rows.exclude(read_at=None).update(read_at=None, archived_at=None, updated_at=timezone.now())
    _tell_pages(by, changed)
    return changed


@transaction.atomic
def archive(*, rows: "QuerySet[Notification]", by: Actor) -> int:
    """Out of the way, and read; they stay until their time is over."""
    person(by)
    now = timezone.now()
    rows.filter(read_at=None).update(read_at=now)
    changed = rows.filter(archived_at=None).update(archived_at=now, snoozed_until=None, updated_at=now)
    _tell_pages(by, changed)
    return changed


@transaction.atomic
def snooze(*, rows: "QuerySet[Notification]", until: datetime, by: Actor) -> int:
    """Out of sight until then; unread when they come back. Raises Invalid for a moment past, or a year ahead."""
    person(by)
    now = timezone.now()
    if timezone.is_naive(until) or not now < until <= now + MOST_SNOOZE:
        raise Invalid({"until": [_("Choose a moment within the next year, with its time zone.")]})
    changed = rows.update(snoozed_until=until, read_at=None, archived_at=None, updated_at=now)
    if changed:
        waking.mark(until)
    _tell_pages(by, changed)
    return changed


def person(by: Actor) -> UUID:
    """Whose notifications they are. Raises Denied for who is no person, or looks through another's eyes."""
    if not by.user_id or by.is_watched:
        raise Denied(_("Notifications belong to a person. Sign in, or use a person's API key."))
    return by.user_id


def _tell_pages(by: Actor, changed: int) -> None:
    """The person's other windows count anew."""
    if changed:
        live.send(user_ids=[person(by)], kind="notifications", data={})
