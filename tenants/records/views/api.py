"""The REST resource `views`, and a person's preferences."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Body, Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.api import REFUSALS
from tenants.records.models import SavedView
from tenants.records.preferences import preferences_of, set_preferences
from tenants.records.registry import type_named
from tenants.records.schemas import Strict
from tenants.records.views import actions
from tenants.records.views.queries import view_for, views_for

router = Router(tags=["Views"])
me_router = Router(tags=["Me"])


class ViewPatch(Strict):
    """What may be changed of a view."""

    name: str | None = Field(None, max_length=80)
    icon: str | None = Field(None, max_length=40)
    audience: str | None = Field(None, description="private, team or public")
    team: UUID | None = None
    filter: dict[str, Any] | None = Field(None, description="Filter tree")
    sort: str | None = Field(None, max_length=80)
    columns: list[str] | None = Field(None, max_length=60)
    group: str | None = Field(None, max_length=80)
    layout: str | None = Field(None, description="list, board, calendar or map")
    settings: dict[str, Any] | None = None
    is_pinned: bool | None = None
    is_default: bool | None = None
    position: int | None = Field(None, ge=0, le=32_000)


class ViewIn(ViewPatch):
    record_type: str = Field(max_length=40)
    name: str = Field(max_length=80)


class ViewOut(Schema):
    id: UUID
    record_type: str
    name: str
    icon: str
    audience: str
    owner: UUID | None
    team: UUID | None
    filter: dict[str, Any]
    sort: str
    columns: list[str]
    group: str
    layout: str
    settings: dict[str, Any]
    is_pinned: bool
    is_default: bool
    position: int

    @staticmethod
    def resolve_owner(view: SavedView) -> UUID | None:
        return view.owner_id

    @staticmethod
    def resolve_team(view: SavedView) -> UUID | None:
        return view.team_id


class ViewPage(Schema):
    items: list[ViewOut]
    next: str | None = None
    total: int | None = None


def _values(body: ViewPatch) -> dict[str, Any]:
    given = body.model_dump(exclude_unset=True, exclude={"record_type"})
    empty = [name for name, value in given.items() if value is None and name != "team"]
    if empty:
        raise Invalid({name: ["Leave it out instead of sending null."] for name in empty})
    return given


@router.get("", response={200: ViewPage, **REFUSALS}, operation_id="list_views")
def list_views(request: HttpRequest, record_type: str = "") -> Any:
    """The views the caller sees, of one record type or of all."""
    found = views_for(context.actor(), type_named(record_type) if record_type else None)
    items = list(found[:1000])
    return {"items": items, "next": None, "total": len(items)}


@router.get("/{view_id}", response={200: ViewOut, **REFUSALS}, operation_id="get_view")
def get_view(request: HttpRequest, view_id: UUID) -> Any:
    return view_for(context.actor(), view_id)


@router.post("", response={201: ViewOut, **REFUSALS}, operation_id="create_view")
def create_view(request: HttpRequest, body: ViewIn) -> Any:
    made = actions.create_view(record_type=type_named(body.record_type), values=_values(body), by=context.actor())
    return Status(201, made)


@router.patch("/{view_id}", response={200: ViewOut, **REFUSALS}, operation_id="update_view")
def update_view(request: HttpRequest, view_id: UUID, body: ViewPatch) -> Any:
    actor = context.actor()
    return actions.update_view(view=view_for(actor, view_id), values=_values(body), by=actor)


@router.delete("/{view_id}", response={204: None, **REFUSALS}, operation_id="delete_view")
def delete_view(request: HttpRequest, view_id: UUID) -> Any:
    actor = context.actor()
    actions.delete_view(view=view_for(actor, view_id), by=actor)
    return Status(204, None)


@me_router.get("/preferences", response={200: dict[str, Any], **REFUSALS}, operation_id="get_preferences")
def get_preferences(request: HttpRequest) -> Any:
    """What the caller likes: columns, order, layout, default view, density, by key."""
    return preferences_of(context.actor())


@me_router.patch("/preferences", response={200: dict[str, Any], **REFUSALS}, operation_id="set_preferences")
def patch_preferences(request: HttpRequest, body: Body[dict[str, Any]]) -> Any:
    """Keep values by key; null forgets one. Answers with all of them."""
    return set_preferences(values=body, by=context.actor())
