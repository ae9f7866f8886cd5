"""The REST resource `tags`."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.models import Tag
from tenants.records.queries import require
from tenants.records.schemas import Problem, Strict
from tenants.records.tagging import actions
from tenants.records.tagging.queries import tag_for, tags_like, usage

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Tags"])
Tone = Literal["", "good", "warn", "bad", "info", "brand"]
MOST_TAGS = 1000


class TagIn(Strict):
    name: str = Field(max_length=60)
    tone: Tone = ""


class TagPatch(Strict):
    name: str | None = Field(None, max_length=60)
    tone: Tone | None = None


class TagMergeIn(Strict):
    merged: list[UUID] = Field(min_length=1, max_length=50, description="Tags that become this one")


class TagOut(Schema):
    id: UUID
    name: str
    tone: str


class TagRow(TagOut):
    count: int = Field(description="Records that carry it")


class TagPage(Schema):
    items: list[TagRow]
    next: str | None = None
    total: int | None = None


@router.get("", response={200: TagPage, **REFUSALS}, operation_id="list_tags")
def list_tags(request: HttpRequest, q: str = "") -> Any:
    """The vocabulary, with how often each is used."""
    require(context.actor(), "view", "tags")
    counts = usage()
    found = list(tags_like(q[:200])[:MOST_TAGS])
    rows = [{"id": tag.pk, "name": tag.name, "tone": tag.tone, "count": counts[tag.name]} for tag in found]
    return {"items": rows, "next": None, "total": len(rows)}


@router.post("", response={201: TagOut, **REFUSALS}, operation_id="create_tag")
def create_tag(request: HttpRequest, body: TagIn) -> Any:
    return Status(201, actions.create_tag(name=body.name, tone=body.tone, by=context.actor()))


@router.get("/{tag_id}", response={200: TagOut, **REFUSALS}, operation_id="get_tag")
def get_tag(request: HttpRequest, tag_id: UUID) -> Tag:
    require(context.actor(), "view", "tags")
    return tag_for(tag_id)


@router.patch("/{tag_id}", response={200: TagOut, **REFUSALS}, operation_id="update_tag")
def update_tag(request: HttpRequest, tag_id: UUID, body: TagPatch) -> Tag:
    """Rename or recolour; a new name is written into every record."""
    return actions.update_tag(tag=tag_for(tag_id), name=body.name, tone=body.tone, by=context.actor())


@router.post("/{tag_id}/merge", response={200: TagOut, **REFUSALS}, operation_id="merge_tags")
def merge_tags(request: HttpRequest, tag_id: UUID, body: TagMergeIn) -> Tag:
    """Make other tags this one, on every record."""
    merged = [tag_for(other) for other in body.merged]
    return actions.merge_tags(kept=tag_for(tag_id), merged=merged, by=context.actor())


@router.delete("/{tag_id}", response={204: None, **REFUSALS}, operation_id="delete_tag")
def delete_tag(request: HttpRequest, tag_id: UUID) -> Any:
    actions.delete_tag(tag=tag_for(tag_id), by=context.actor())
    return Status(204, None)
