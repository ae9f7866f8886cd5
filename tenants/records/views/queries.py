"""Which saved views an actor sees, and may change."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.enums import ViewAudience
from tenants.records.models import SavedView
from tenants.records.queries import require
from tenants.records.registry import RecordType


def views_for(actor: Actor, record_type: RecordType | None = None) -> "QuerySet[SavedView]":
    """Own views, those of own teams and those for everybody, in their order."""
    mine = Q(owner=actor.user_id) if actor.user_id else Q(pk__in=[])
    shared = Q(audience=ViewAudience.PUBLIC)
    if actor.user_id:
        shared |= Q(audience=ViewAudience.TEAM, team__memberships__user=actor.user_id)
    rows = SavedView.objects.filter(mine | shared).distinct().order_by("position", "name", "pk")
    if record_type is None:
        return rows
    require(actor, "view", record_type.name)
    return rows.filter(record_type=record_type.name)


def view_for(actor: Actor, view_id: UUID, record_type: RecordType | None = None) -> SavedView:
    """One visible view, or NotFound; of a type the actor sees: a key may see less than its person."""
    found = views_for(actor, record_type).filter(pk=view_id).first()
    if not found or not actor.may("view", found.record_type):
        raise NotFound("There is no such view.")
    return found


def may_share(actor: Actor) -> bool:
    """Whether the actor may shape views for others: roles that may share views, and those that may do all."""
    return actor.may("share", "views")


def may_change(actor: Actor, view: SavedView) -> bool:
    """One's own view, or anybody's for who may share."""
    is_own = actor.user_id is not None and view.owner_id == actor.user_id
    return is_own or (view.audience != ViewAudience.PRIVATE and may_share(actor))


def teams_of(actor: Actor) -> "list[Any]":
    """The teams a view may be shared with by this actor."""
    team: Any = SavedView._meta.get_field("team").related_model
    rows = team._default_manager.order_by("name")
    return list(rows if may_share(actor) else rows.filter(memberships__user=actor.user_id))
