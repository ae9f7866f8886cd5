"""Keeping, changing and dropping saved views."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.forms.models import model_to_dict

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid, NotFound
from tenants.records.enums import ViewAudience
from tenants.records.filters import compile_filter
from tenants.records.models import SavedView
from tenants.records.queries import require
from tenants.records.registry import RecordType, type_named
from tenants.records.views.queries import may_change, may_share, teams_of, views_for

LAYOUTS = ("list", "board", "calendar", "map")
SHAPE = ("filter", "sort", "columns", "group", "layout", "settings")
WRITABLE = ("name", "icon", "audience", "team", *SHAPE, "is_pinned", "is_default", "position")
MOST_VIEWS = 200
UNDO_SECONDS = 900


@transaction.atomic
def create_view(*, record_type: RecordType, values: Mapping[str, Any], by: Actor) -> SavedView:
    """Keep a view. Raises Invalid, Denied."""
    require(by, "view", record_type.name)
    mine = views_for(by, record_type)
    if mine.count() >= MOST_VIEWS:
        raise Invalid({"name": [f"Keep at most {MOST_VIEWS} views; delete some first."]})
    last = mine.order_by("-position").values_list("position", flat=True).first()
    view = SavedView(record_type=record_type.name, owner_id=by.user_id, position=min((last or 0) + 1, 32_000))
    return _write(view, {"is_pinned": True, **values}, by)


@transaction.atomic
def update_view(*, view: SavedView, values: Mapping[str, Any], by: Actor) -> SavedView:
    """Change a view of one's own, or a shared one when one may share. Raises Invalid, Denied."""
    if not may_change(by, view):
        raise Denied("Only its owner, or who may share views, can change this view. Save a copy instead.")
    return _write(SavedView.objects.select_for_update().get(pk=view.pk), values, by)


@transaction.atomic
def delete_view(*, view: SavedView, by: Actor) -> None:
    """Drop a view; `restore_view` brings it back for a quarter of an hour."""
    if not may_change(by, view):
        raise Denied("Only its owner, or who may share views, can delete this view.")
    kept = model_to_dict(view) | {"id": view.pk, "owner": view.owner_id, "team": view.team_id}
    cache.set(_undo_key(view.pk), kept, UNDO_SECONDS)
    view.delete()


@transaction.atomic
def restore_view(*, view_id: UUID, by: Actor) -> SavedView:
    """Undo `delete_view`. Raises NotFound when it was too long ago."""
    kept = cache.get(_undo_key(view_id))
    if not kept:
        raise NotFound("This view was deleted too long ago to bring it back.")
    owner, team = kept.pop("owner"), kept.pop("team")
    view = SavedView(**kept, owner_id=owner, team_id=team)
    view.is_default = False  # another may have become it meanwhile
    if not may_change(by, view):
        raise Denied
    view.save(force_insert=True)
    cache.delete(_undo_key(view_id))
    return view


@transaction.atomic
def order_views(*, record_type: RecordType, ids: Sequence[UUID], by: Actor) -> None:
    """Put views into an order; those the actor may not change keep their place."""
    place = {view_id: index for index, view_id in enumerate(ids)}
    for view in views_for(by, record_type):
        position = place.get(view.pk)
        if position is not None and position != view.position and may_change(by, view):
            SavedView.objects.filter(pk=view.pk).update(position=position)


def _undo_key(view_id: UUID) -> str:
    return f"view-undo:{view_id}"


def _write(view: SavedView, values: Mapping[str, Any], by: Actor) -> SavedView:
    unknown = [name for name in values if name not in WRITABLE]
    if unknown:
        raise Invalid({name: [f"A view has: {', '.join(WRITABLE)}."] for name in unknown})
    _share(view, values, by)
    for name, value in values.items():
        if name not in ("audience", "team"):
            setattr(view, name, value)
    check_view(view, values, by)
    if view.is_default:
        others = SavedView.objects.filter(record_type=view.record_type, is_default=True)
        others.exclude(pk=view.pk).update(is_default=False)
    view.save()
    return view


def _share(view: SavedView, values: Mapping[str, Any], by: Actor) -> None:
    """Who sees it. A view for everybody needs the right to share; one for a team, to be in it."""
    view.audience = str(values.get("audience", view.audience))
    if view.audience not in ViewAudience.values:
        raise Invalid({"audience": [f"Choose one of: {', '.join(ViewAudience.values)}."]})
    if view.audience == ViewAudience.PUBLIC and "audience" in values and not may_share(by):
        raise Denied("You may not make views for everybody.")
    if view.audience != ViewAudience.TEAM:
        view.team = None
    elif "team" in values or not view.team_id:
        wanted = str(values.get("team") or "")
        found = next((team for team in teams_of(by) if str(team.pk) == wanted), None)
        if not found:
            raise Invalid({"team": ["Choose one of your teams."]})
        view.team = found


def check_view(view: SavedView, values: Mapping[str, Any], by: Actor) -> None:
    record_type = type_named(view.record_type)
    errors: dict[str, list[str]] = {}
    view.name = str(view.name or "").replace("\x00", "").strip()
    if not view.name or len(view.name) > 80:
        errors["name"] = ["Give it a name of at most 80 characters."]
    if view.layout not in LAYOUTS:
        errors["layout"] = [f"Choose one of: {', '.join(LAYOUTS)}."]
    if not isinstance(view.columns, list) or len(view.columns) > 60:
        errors["columns"] = ["Give a list of at most 60 field names."]
    elif "columns" in values and (unknown := [str(n) for n in view.columns if n not in record_type.open_fields]):
        errors["columns"] = [f"There is no field {', '.join(unknown)}."]
    if "sort" in values and view.sort and view.sort.removeprefix("-") not in record_type.open_fields:
        errors["sort"] = ["Sort by a field, with - in front for falling."]
    if "group" in values and view.group and view.group not in record_type.open_fields:
        errors["group"] = ["Group by a field."]
    if view.is_default and view.audience != ViewAudience.PUBLIC:
        errors["is_default"] = ["Only a view for everybody can be the one everybody starts with."]
    if errors:
        raise Invalid(errors)
    if "filter" in values:
        compile_filter(view.filter or {}, record_type, by)
