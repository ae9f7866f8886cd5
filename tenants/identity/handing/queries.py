"""What a person owns."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tenants.kernel.actors import Actor
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, record_types
from tenants.records.sight import sight


@dataclass(frozen=True, kw_only=True)
class Owned:
    """How many records of a type a person owns, and how many of them the actor may hand over."""

    record_type: RecordType
    total: int
    mine: int

    @property
    def name(self) -> str:
        return self.record_type.name

    @property
    def kept_back(self) -> int:
        return self.total - self.mine


def may_hand(actor: Actor, record_type: RecordType) -> bool:
    return actor.may("edit", record_type.name) and "owner" in record_type.writable


def rows_of(actor: Actor, record_type: RecordType, user_id: UUID) -> "QuerySet[Any]":
    """Records of the person that the actor may change."""
    return visible_to(actor, record_type, "edit").filter(owner_id=user_id)


def owned_by(user_id: UUID, actor: Actor) -> list[Owned]:
    """By type, without types of which they own nothing. One query for each type."""
    found = [_owned(one, user_id, actor) for one in record_types() if actor.may("view", one.name)]
    return [one for one in found if one.total]


def _owned(record_type: RecordType, user_id: UUID, actor: Actor) -> Owned:
    rows = record_type.model._default_manager.filter(deleted_at=None, owner_id=user_id)
    if not may_hand(actor, record_type):
        return Owned(record_type=record_type, total=rows.count(), mine=0)
    seen = sight(actor, record_type, "edit")
    if seen is None:
        total = rows.count()
        return Owned(record_type=record_type, total=total, mine=total)
    numbers = rows.aggregate(total=Count("pk"), mine=Count("pk", filter=Q(seen)))
    return Owned(record_type=record_type, **numbers)
