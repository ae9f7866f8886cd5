"""Reads of merges."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from tenants.kernel.actors import Actor
from tenants.records.models import Merge
from tenants.records.registry import record_types, type_of

TOLD_OF = """record_id = ANY (ARRAY(
    WITH RECURSIVE parts (id) AS (
        SELECT %s::uuid
        UNION
        SELECT unnest(merge.merged_ids)
        FROM records_merge merge JOIN parts ON merge.kept_id = parts.id
        WHERE merge.undone_at IS NULL
    ) SELECT id FROM parts
))"""


def told_of(record_id: UUID) -> RawSQL:
    """A condition on a table of pointers: about this record, or about one that was merged into it."""
    return RawSQL(TOLD_OF, [record_id], output_field=BooleanField())  # noqa: S611 - our text, the id is a parameter


def merges_for(actor: Actor) -> "Any":
    """Merges of the types the actor may see, newest first."""
    names = [one.name for one in record_types() if actor.may("view", one.name)]
    return Merge.objects.filter(record_type__in=names).order_by("-id")


def merged_into(ids: Iterable[UUID]) -> Mapping[UUID, Merge]:
    """For records in the bin: the merge that put them there. One query."""
    wanted = list(ids)
    if not wanted:
        return {}
    merges = Merge.objects.filter(merged_ids__overlap=wanted, undone_at=None)
    return {record_id: merge for merge in merges for record_id in merge.merged_ids}


def moved_counts(merge: Merge) -> dict[str, int]:
    """How many rows of each part a merge moved, by the model's plural name."""
    from tenants.records.merging.links import links_to  # links know record types, these know queries
    from tenants.records.registry import type_named

    labels = {one.name: one.label for one in links_to(type_named(merge.record_type))}
    found: dict[str, int] = {}
    for moved in merge.moved:
        if rows := len(moved.get("rows", ())):
            label = labels.get(moved["link"], moved["link"])
            found[label] = found.get(label, 0) + rows
    return found


def last_merge_of(record: Any) -> Merge | None:
    """The newest merge into a record that is not undone."""
    record_type = type_of(record)
    assert record_type
    return Merge.objects.filter(record_type=record_type.name, kept_id=record.pk, undone_at=None).first()
