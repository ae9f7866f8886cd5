"""Reads of notifications: one's own, and nobody else's."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.notifications.enums import Status
from tenants.notifications.models import Notification, Wishes

UNREAD, ALL, SNOOZED, ARCHIVED = "unread", "all", "snoozed", "archived"
SHOWS: Final = (UNREAD, ALL, SNOOZED, ARCHIVED)
PAGE = 30
MOST_COUNTED = 100


def mine(actor: Actor) -> "QuerySet[Notification]":
    """What the actor was told in the app. Who looks through another's eyes reads none of it."""
    if not actor.user_id or actor.is_watched:
        return Notification.objects.none()
    return Notification.objects.filter(user=actor.user_id, is_shown=True)


def one_of_mine(actor: Actor, notification_id: UUID) -> Notification:
    """Raises NotFound."""
    found = mine(actor).filter(pk=notification_id).first()
    if not found:
        raise NotFound("There is no such notification.")
    return found


def shown(actor: Actor, *, show: str = ALL, kind: str = "", text: str = "") -> "QuerySet[Notification]":
    """One of the lists, newest first. Raises Invalid for a list that there is not."""
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=timezone.now())
    conditions = {
        UNREAD: Q(read_at=None, archived_at=None) & awake, ALL: Q(archived_at=None) & awake,
        SNOOZED: ~awake, ARCHIVED: Q(archived_at__isnull=False),
    }  # fmt: skip
    if show not in conditions:
        raise Invalid({"show": [f"One of: {', '.join(SHOWS)}."]})
    rows = mine(actor).filter(conditions[show])
    rows = rows.filter(kind=kind[:40]) if kind else rows
    words = text.replace("\x00", "").strip()[:200]
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(text__icontains=words) | Q(actor_name__icontains=words))
    return rows.order_by("-id")


def page_of(
    rows: "QuerySet[Notification]", *, after: str = "", limit: int = PAGE
) -> tuple[list[Notification], str | None]:
    """A page with its deliveries, and where the next begins. Two queries. Raises Invalid for a cursor not ours."""
    if after:
        rows = rows.filter(id__lt=_read(after))
    found = list(rows.prefetch_related("deliveries__connection")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None


def _read(cursor: str) -> UUID:
    try:
        return UUID(cursor)
    except ValueError as error:
        raise Invalid({"cursor": ["This cursor is not one of ours. Start again without it."]}) from error


def unread_count(actor: Actor) -> int:
    """Up to 100: nobody counts further, and neither does the database."""
    return int(shown(actor, show=UNREAD).order_by()[:MOST_COUNTED].count())


def told(*, user_ids: Iterable[UUID], keys: Iterable[str]) -> set[str]:
    """Under which of these keys one of these people was told already: sweeps leave them out."""
    rows = Notification.objects.filter(user__in=set(user_ids), once__in=list(keys)).order_by()
    return set(rows.values_list("once", flat=True))


def wishes_of(user_id: UUID | None) -> Wishes:
    """What a person said, or with None what holds for everybody; an unsaved row where nothing was said."""
    found = Wishes.objects.select_related("connection").filter(user=user_id).first()
    return found or Wishes(user_id=user_id)


def lines_of(row: Notification) -> Sequence[tuple[str, str, Any]]:
    """Each channel a notification took: its name, how it stands (a status), and that in words."""
    from tenants.notifications.channels import CHANNELS

    first = ("in_app", Status.SENT.value, Status.SENT.label)
    rest = [(one.channel, one.status, one.words) for one in row.deliveries.all()]
    order = list(CHANNELS)
    return sorted([first, *rest], key=lambda line: order.index(line[0]) if line[0] in order else len(order))
