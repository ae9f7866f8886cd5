"""The bin over the API. Restoring one record is `POST /api/v1/<type>/{id}/restore`, many is the bulk action."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.bin.actions import purge_record
from tenants.records.bin.queries import page_of_bin
from tenants.records.paging import MOST_ROWS, PAGE_SIZE
from tenants.records.registry import type_named
from tenants.records.schemas import Problem

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
deleted = Router(tags=["Recycle bin"])


class DeletedOut(Schema):
    """A record in the bin. `merge_id` when it was merged into another."""

    record_type: str
    id: UUID
    name: str
    deleted_at: datetime
    deleted_by: str
    merge_id: UUID | None


class DeletedPage(Schema):
    items: list[DeletedOut]
    next: str | None
    total: int | None = None


class DeletedIn(Schema):
    type: str = Field("", max_length=40, description="Only records of this type")
    q: str = Field("", max_length=200, description="Words of the name")
    cursor: str = Field("", max_length=120, description="`next` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)


@deleted.get("", response={200: DeletedPage, **REFUSALS}, operation_id="list_bin")
def list_bin(request: HttpRequest, asked: Query[DeletedIn]) -> Any:
    """What was deleted, of every type you may delete, newest first."""
    rows, more = page_of_bin(context.actor(), kind=asked.type, text=asked.q, after=asked.cursor, limit=asked.limit)
    items = [
        {
            "record_type": row.record_type.name, "id": row.id, "name": row.name, "deleted_at": row.deleted_at,
            "deleted_by": row.by, "merge_id": row.merge.pk if row.merge else None,
        }
        for row in rows
    ]  # fmt: skip
    return {"items": items, "next": more}


@deleted.delete("/{record_type}/{uuid:record_id}", response={204: None, **REFUSALS}, operation_id="purge_record")
def purge(request: HttpRequest, record_type: str, record_id: UUID) -> Any:
    """Delete a record in the bin for good, with its notes, files and history. For owners and administrators."""
    purge_record(record_type=type_named(record_type), record_id=record_id, by=context.actor())
    return Status(204, None)
