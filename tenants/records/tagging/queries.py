"""Reads about tags: the vocabulary, and how often each is used."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Func, QuerySet, Value

from tenants.kernel.errors import NotFound
from tenants.records.models import Tag
from tenants.records.registry import RecordType, record_types

MOST_SUGGESTED = 20


def tags_like(text: str) -> "QuerySet[Tag]":
    """Known tags that contain a text, those that begin with it first."""
    text = text.replace("\x00", "").strip()
    starts = Func(F("name"), Value(text), function="starts_with") if text else Value(True)
    return Tag.objects.filter(name__icontains=text).order_by(starts.desc() if text else "name", "name")


def tag_for(tag_id: UUID) -> Tag:
    found = Tag.objects.filter(pk=tag_id).first()
    if not found:
        raise NotFound("There is no such tag.")
    return found


def usage() -> Counter[str]:
    """How many records carry each tag, over all types: one query."""
    found: Counter[str] = Counter()
    first, *others = [_used_in(record_type) for record_type in record_types()]
    for row in first.union(*others, all=True):
        found[row["tag"]] += row["count"]
    return found


def _used_in(record_type: RecordType) -> Any:
    rows = record_type.model._default_manager.filter(deleted_at=None).order_by()
    word: Any = Func(F("tags"), function="unnest", output_field=CharField())
    return rows.exclude(tags=[]).annotate(tag=word).values("tag").annotate(count=Count("pk"))
