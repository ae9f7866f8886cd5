"""What is in the bin, of every type at once, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from tenants.kernel.actors import Actor
from tenants.records.merging.queries import merged_into
from tenants.records.models import Change, Merge
from tenants.records.moments import cursor_behind, place_of
from tenants.records.queries import require
from tenants.records.registry import RecordType, record_types, type_named
from tenants.records.sight import sight


@dataclass(frozen=True)
class Deleted:
    """A line of the bin."""

    record_type: RecordType
    id: UUID
    name: str
    deleted_at: datetime
    by: str
    merge: Merge | None

    @property
    def key(self) -> str:
        return f"{self.record_type.name}:{self.id}"


def bin_types(actor: Actor) -> list[RecordType]:
    """Types whose bin the actor may open: those of which they may delete."""
    return [one for one in record_types() if actor.may("view", one.name) and actor.may("delete", one.name)]


def in_bin(actor: Actor, record_type: RecordType) -> "QuerySet[Any]":
    """Rows in the bin that the actor may delete, and so take out again."""
    rows: Any = record_type.model._default_manager.filter(deleted_at__isnull=False)
    seen = sight(actor, record_type, "delete")
    found: QuerySet[Any] = (rows if seen is None else rows.filter(seen)).order_by()
    return found


def page_of_bin(
    actor: Actor, *, kind: str = "", text: str = "", after: str = "", limit: int
) -> tuple[list[Deleted], str | None]:
    """One page, and where the next begins. Three queries, whatever the number of types and rows."""
    wanted = bin_types(actor)
    if kind:
        require(actor, "delete", type_named(kind).name)
        wanted = [one for one in wanted if one.name == kind]
    parts = [_rows(actor, one, text, place_of(after) if after else None) for one in wanted]
    if not parts:
        return [], None
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found = list(rows.order_by("-deleted_at", "-bin_id")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    more = cursor_behind(last["deleted_at"], last["bin_id"]) if last else None
    return _told(found[:limit]), more


def _rows(actor: Actor, record_type: RecordType, text: str, place: tuple[datetime, UUID] | None) -> "QuerySet[Any]":
    rows: QuerySet[Any] = in_bin(actor, record_type)
    title = record_type.model.title_field
    for word in text.replace("\x00", "").split()[:8]:
        rows = rows.filter(**{f"{title}__icontains": word})
    if place:
        at, record_id = place
        rows = rows.filter(Q(deleted_at__lt=at) | Q(deleted_at=at, pk__lt=record_id))
    found: QuerySet[Any] = rows.annotate(
        bin_kind=Value(record_type.name, CharField()),
        bin_id=Cast("pk", CharField()),
        bin_title=Cast(F(title), CharField()),
    ).values("bin_kind", "bin_id", "bin_title", "deleted_at")
    return found


def _told(rows: Sequence[dict[str, Any]]) -> list[Deleted]:
    ids = [UUID(row["bin_id"]) for row in rows]
    who, merges = _who(rows, ids), merged_into(ids)
    return [
        Deleted(
            type_named(row["bin_kind"]), record_id, row["bin_title"] or "—", row["deleted_at"], who.get(record_id, ""),
            merges.get(record_id),
        )
        for row, record_id in zip(rows, ids, strict=True)
    ]  # fmt: skip


def _who(rows: Sequence[dict[str, Any]], ids: Iterable[UUID]) -> dict[UUID, str]:
    """Who put each of them there, last. One query."""
    types = {row["bin_kind"] for row in rows}
    if not types:
        return {}
    lines = Change.objects.filter(record_type__in=types, record_id__in=list(ids), action="deleted")
    lines = lines.order_by("record_id", "-created_at").distinct("record_id")
    return dict(lines.values_list("record_id", "actor_name"))
