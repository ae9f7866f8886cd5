"""What people look for: noted when a search is finished, shown to those who run the company."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Avg, Count, Max, Min, Q, QuerySet
from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.enums import SearchDoor
from tenants.records.models import SearchLog
from tenants.records.queries import require
from tenants.records.registry import record_types
from tenants.records.search.folding import fold

KEPT_DAYS = 180
TIDY_EVERY = 200
AGAIN_SECONDS = 30
MOST_DAYS = 365
MOST_RECENT = 6


@transaction.atomic
def note_search(
    *, text: str, found: int, door: SearchDoor, by: Actor, picked_type: str = "", picked_id: UUID | None = None
) -> SearchLog | None:
    """Note a finished search. A longer text of the same person moments later replaces it: it was still being typed.

    Who views as somebody leaves no trace in what that person searched for.
    """
    if by.is_watched:
        return None
    said = " ".join(text.replace("\x00", "").split())[:100]
    if not said or (picked_type and picked_type not in {one.name for one in record_types()}):
        return None
    values = {
        "text": said, "folded": fold(said)[:100], "found": min(max(found, 0), 1_000_000), "door": door,
        "picked_type": picked_type, "picked_id": picked_id,
    }  # fmt: skip
    last = _unfinished(by, said)
    if last:
        SearchLog.objects.filter(pk=last.pk).update(**values)
        return last
    made = SearchLog.objects.create(user_id=by.user_id, **values)
    if made.pk.int % TIDY_EVERY == 0:
        forget_old()
    return made


def _unfinished(by: Actor, said: str) -> SearchLog | None:
    """The person's last search, if this one goes on from it."""
    if not by.user_id:
        return None
    since = timezone.now() - timedelta(seconds=AGAIN_SECONDS)
    rows = SearchLog.objects.filter(user_id=by.user_id, created_at__gte=since, picked_type="")
    last = rows.order_by("-id").first()
    return last if last and fold(said).startswith(last.folded) else None


def recent_searches(actor: Actor, *, beginning: str = "", most: int = MOST_RECENT) -> list[str]:
    """What the actor looked for lately and found, the newest first, each once."""
    if not actor.user_id:
        return []
    rows = SearchLog.objects.filter(user_id=actor.user_id, found__gt=0, folded__startswith=fold(beginning))
    return list(dict.fromkeys(rows.order_by("-id").values_list("text", flat=True)[:60]))[:most]


@transaction.atomic
def forget_recent(*, by: Actor) -> None:
    """Take the actor's name off what they looked for; the company's figures stay."""
    if by.user_id:
        SearchLog.objects.filter(user_id=by.user_id).update(user=None)


def require_figures(actor: Actor) -> None:
    """Raise Denied for those who do not run the company."""
    require(actor, "edit", "settings")


def days_of(raw: Any) -> int:
    text = str(raw or 30)
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise Invalid({"days": [f"Give a number of days from 1 to {MOST_DAYS}."]})
    return int(text)


def totals(days: int) -> dict[str, Any]:
    """Of the last days: searches, those that found nothing, those after which something was opened."""
    return _since(days).aggregate(
        searches=Count("id"), people=Count("user", distinct=True),
        nothing=Count("id", filter=Q(found=0)), picked=Count("id", filter=~Q(picked_type="")),
    )  # fmt: skip


def terms(days: int, *, only_nothing: bool = False, most: int = 50) -> "Iterable[Any]":
    """What was looked for, the most frequent first. What somebody found once is no longer missing."""
    counted = (
        _since(days)
        .values("folded")
        .annotate(
            text=Min("text"), searches=Count("id"), typical=Avg("found"), best=Max("found"),
            picked=Count("id", filter=~Q(picked_type="")), last_at=Max("created_at"),
        )
    )  # fmt: skip
    if only_nothing:
        counted = counted.filter(best=0)
    return counted.order_by("-searches", "-last_at")[:most]


def _since(days: int) -> "QuerySet[SearchLog]":
    return SearchLog.objects.order_by().filter(created_at__gte=timezone.now() - timedelta(days=days))


def forget_old() -> None:
    """Drop what is older than half a year; done along with one search in some hundred."""
    SearchLog.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
