"""REST: who follows a record, and following it oneself. Mounted at /follows/{type}/{id}."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from tenants.kernel import context
from tenants.records.follows import actions
from tenants.records.follows.queries import followers_of
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.records.schemas import Problem, Ref

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422), Problem)
router = Router(tags=["Followers"])


class FollowersOut(Schema):
    items: list[Ref]
    next: str | None = None
    total: int | None = None


@router.get("/{record_type}/{record_id}", response={200: FollowersOut, **REFUSALS}, operation_id="list_followers")
def list_followers(request: HttpRequest, record_type: str, record_id: UUID) -> Any:
    """Who hears of a record: its owner, whoever was mentioned, whoever asked to."""
    found = record_for(context.actor(), type_named(record_type), record_id)
    people = [{"id": user.pk, "name": str(user)} for user in followers_of(found)]
    return {"items": people, "next": None, "total": len(people)}


@router.put("/{record_type}/{record_id}", response={204: None, **REFUSALS}, operation_id="follow_record")
def follow(request: HttpRequest, record_type: str, record_id: UUID) -> Any:
    """Follow a record oneself."""
    actor = context.actor()
    actions.follow(record=record_for(actor, type_named(record_type), record_id), by=actor)
    return Status(204, None)


@router.delete("/{record_type}/{record_id}", response={204: None, **REFUSALS}, operation_id="unfollow_record")
def unfollow(request: HttpRequest, record_type: str, record_id: UUID) -> Any:
    actor = context.actor()
    actions.unfollow(record=record_for(actor, type_named(record_type), record_id), by=actor)
    return Status(204, None)
