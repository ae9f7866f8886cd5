"""The REST resource `teams`."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from tenants.identity import teams as acts
from tenants.identity.models import Team
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Teams"])


class TeamIn(Strict):
    name: str = Field(max_length=80)
    parent: UUID | None = None
    members: list[UUID] = Field(default_factory=list, max_length=2000)
    leaders: list[UUID] = Field(default_factory=list, max_length=2000)


class TeamPatch(Strict):
    name: str | None = Field(None, max_length=80)
    parent: UUID | None = None
    members: list[UUID] | None = Field(None, max_length=2000)
    leaders: list[UUID] | None = Field(None, max_length=2000)


class MemberOut(Schema):
    id: UUID
    name: str
    is_leader: bool


class TeamOut(Schema):
    id: UUID
    name: str
    parent: UUID | None
    people: list[MemberOut]

    @staticmethod
    def resolve_parent(team: Team) -> UUID | None:
        return team.parent_id

    @staticmethod
    def resolve_people(team: Any) -> list[dict[str, Any]]:
        return [{"id": one.user_id, "name": str(one.user), "is_leader": one.is_leader} for one in team.people]


class TeamsOut(Schema):
    items: list[TeamOut]
    next: str | None = None
    total: int | None = None


def _reader() -> Actor:
    actor = context.actor()
    if not actor.may("view", "teams"):
        raise Denied("You may not view teams.")
    return actor


@router.get("", response={200: TeamsOut, **REFUSALS}, operation_id="list_teams")
def list_teams(request: HttpRequest) -> Any:
    _reader()
    found = list(acts.teams())
    return {"items": found, "next": None, "total": len(found)}


@router.post("", response={201: TeamOut, **REFUSALS}, operation_id="create_team")
def create_team(request: HttpRequest, body: TeamIn) -> Any:
    parent = acts.team_by_id(body.parent) if body.parent else None
    made = acts.create_team(
        name=body.name, parent=parent, members=body.members, leaders=body.leaders, by=context.actor()
    )
    return Status(201, acts.team_by_id(made.pk))


@router.get("/{team_id}", response={200: TeamOut, **REFUSALS}, operation_id="get_team")
def get_team(request: HttpRequest, team_id: UUID) -> Team:
    _reader()
    return acts.team_by_id(team_id)


@router.patch("/{team_id}", response={200: TeamOut, **REFUSALS}, operation_id="update_team")
def update_team(request: HttpRequest, team_id: UUID, body: TeamPatch) -> Team:
    """Rename, move, or say who belongs to it; `members` and `leaders` replace those there are."""
    actor, found = context.actor(), acts.team_by_id(team_id)
    sent = body.model_dump(exclude_unset=True)
    if "name" in sent or "parent" in sent:
        parent_id = sent.get("parent", found.parent_id)
        parent = acts.team_by_id(parent_id) if parent_id else None
        acts.update_team(team=found, name=sent.get("name") or found.name, parent=parent, by=actor)
    if "members" in sent or "leaders" in sent:
        people: Any = found.people  # type: ignore[attr-defined]  # prefetched
        members = sent.get("members") or ([one.user_id for one in people] if "members" not in sent else [])
        leaders = sent.get("leaders") or (
            [one.user_id for one in people if one.is_leader] if "leaders" not in sent else []
        )
        acts.set_team_people(team=found, members=members, leaders=leaders, by=actor)
    return acts.team_by_id(team_id)


@router.delete("/{team_id}", response={204: None, **REFUSALS}, operation_id="delete_team")
def delete_team(request: HttpRequest, team_id: UUID) -> Any:
    acts.delete_team(team=acts.team_by_id(team_id), by=context.actor())
    return Status(204, None)
