"""Merging over the API: `POST /api/v1/<type>/merge`, and merges with their undo."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from tenants.kernel import context
from tenants.records.merging.actions import MOST, Wish, merge_for, merge_records
from tenants.records.merging.queries import moved_counts
from tenants.records.merging.undoing import undo_merge
from tenants.records.models import Merge
from tenants.records.registry import RecordType
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)


class MergeIn(Strict):
    """2 to 9 records of the type. Fields that nothing is said about: the kept one's value, else the newest one's."""

    ids: list[UUID] = Field(max_length=MOST * 10)
    keep: UUID | None = Field(None, description="The record that stays; without it the fullest one")
    take: dict[str, UUID] = Field(default_factory=dict, description="Field to the record whose value it gets")
    values: dict[str, Any] = Field(default_factory=dict, description="Values given outright; they win")


class MergeOut(Schema):
    id: UUID
    record_type: str
    kept_id: UUID
    merged_ids: list[UUID]
    moved: dict[str, int] = Field(description="How many rows of each part were moved to the kept record")
    actor_name: str
    created_at: datetime
    undone_at: datetime | None

    @staticmethod
    def resolve_moved(merge: Merge) -> dict[str, int]:
        return moved_counts(merge)


class UndoneOut(Schema):
    """What an undo brought back, and what it left because it was changed since."""

    restored: int
    moved_back: int
    left: list[str]


def merge_router(record_type: RecordType) -> Router:
    router = Router(tags=[record_type.label])

    @router.post("/merge", response={200: MergeOut, **REFUSALS}, operation_id=f"merge_{record_type.name}")
    def merge(request: HttpRequest, body: MergeIn) -> Any:
        """Make several records one. What pointed at the others points at the kept one; they go to the bin."""
        wish = Wish(keep=body.keep, take=body.take, values=body.values)
        return merge_records(record_type=record_type, ids=body.ids, by=context.actor(), wish=wish)

    return router


merges = Router(tags=["Merges"])


@merges.get("/{uuid:merge_id}", response={200: MergeOut, **REFUSALS}, operation_id="get_merge")
def get_merge(request: HttpRequest, merge_id: UUID) -> Any:
    return merge_for(context.actor(), merge_id)


@merges.post("/{uuid:merge_id}/undo", response={200: UndoneOut, **REFUSALS}, operation_id="undo_merge")
def undo(request: HttpRequest, merge_id: UUID) -> Any:
    """Part the records again: every column and pointer as it was, unless changed since."""
    actor = context.actor()
    return undo_merge(merge=merge_for(actor, merge_id), by=actor)
