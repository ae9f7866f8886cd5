"""The REST resource `sharing-rules`."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from tenants.identity.enums import SETTINGS
from tenants.identity.models import Role, Team
from tenants.identity.people import role_named
from tenants.identity.sharing import actions, queries
from tenants.identity.sharing.actions import Terms, terms_of
from tenants.kernel import context
from tenants.kernel.errors import Denied, Invalid
from tenants.records.models import Rule
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Sharing rules"])


class RuleIn(Strict):
    """Without `role` and `team` it is for everybody."""

    name: str = Field(max_length=80)
    record_type: str = Field(max_length=40)
    filter: dict[str, Any] = Field(description="Filter tree, as lists take it")
    role: str | None = Field(None, max_length=40, description="Slug of the role it is for")
    team: UUID | None = Field(None, description="The team it is for")
    may_edit: bool = False
    is_active: bool = True


class RulePatch(Strict):
    name: str | None = Field(None, max_length=80)
    record_type: str | None = Field(None, max_length=40)
    filter: dict[str, Any] | None = None
    role: str | None = Field(None, max_length=40)
    team: UUID | None = None
    may_edit: bool | None = None
    is_active: bool | None = None


class RuleOut(Schema):
    id: UUID
    name: str
    record_type: str
    filter: dict[str, Any]
    role: str | None
    team: UUID | None
    may_edit: bool
    is_active: bool
    opens: int | None = Field(description="How many records it opens now; null where its filter no longer fits")


class SharingRulesOut(Schema):
    items: list[RuleOut]


def _require() -> None:
    if not context.actor().may("edit", SETTINGS):
        raise Denied("Only owners and administrators may see the sharing rules.")


def _shown(found: list[Rule]) -> list[dict[str, Any]]:
    numbers = queries.counts(found, context.actor())
    names = ("id", "name", "record_type", "filter", "may_edit", "is_active")
    return [
        {name: getattr(one, name) for name in names}
        | {"role": one.role.slug if one.role else None, "team": one.team_id, "opens": numbers[one.pk]}
        for one in found
    ]


def _one(rule: Rule) -> dict[str, Any]:
    return _shown([queries.rule_by_id(rule.pk)])[0]


def _role(slug: str | None) -> Role | None:
    return role_named(slug) if slug else None


def _team(team_id: UUID | None) -> Team | None:
    found = Team.objects.filter(pk=team_id).first() if team_id else None
    if team_id and not found:
        raise Invalid({"team": ["There is no such team."]})
    return found


@router.get("", response={200: SharingRulesOut, **REFUSALS}, operation_id="list_sharing_rules")
def list_rules(request: HttpRequest) -> Any:
    _require()
    return {"items": _shown(list(queries.rules()))}


@router.post("", response={201: RuleOut, **REFUSALS}, operation_id="create_sharing_rule")
def create_rule(request: HttpRequest, body: RuleIn) -> Any:
    """Records that meet the filter are open to a role, a team or everybody, whoever owns them."""
    _require()
    values = body.model_dump() | {"role": _role(body.role), "team": _team(body.team)}
    return Status(201, _one(actions.create_rule(terms=Terms(**values), by=context.actor())))


@router.get("/{rule_id}", response={200: RuleOut, **REFUSALS}, operation_id="get_sharing_rule")
def get_rule(request: HttpRequest, rule_id: UUID) -> Any:
    _require()
    return _one(queries.rule_by_id(rule_id))


@router.patch("/{rule_id}", response={200: RuleOut, **REFUSALS}, operation_id="update_sharing_rule")
def update_rule(request: HttpRequest, rule_id: UUID, body: RulePatch) -> Any:
    """`role` and `team` may be null: then it is for everybody. `is_active` switches it."""
    _require()
    found, sent = queries.rule_by_id(rule_id), body.model_dump(exclude_unset=True)
    whom = {name: make(sent.pop(name)) for name, make in (("role", _role), ("team", _team)) if name in sent}
    given = {name: value for name, value in sent.items() if value is not None}
    if given == {"is_active": False} and not whom:
        return _one(actions.switch_rule(rule=found, is_active=False, by=context.actor()))
    return _one(actions.update_rule(rule=found, terms=terms_of(found, **given, **whom), by=context.actor()))


@router.delete("/{rule_id}", response={204: None, **REFUSALS}, operation_id="delete_sharing_rule")
def delete_rule(request: HttpRequest, rule_id: UUID) -> Any:
    _require()
    actions.delete_rule(rule=queries.rule_by_id(rule_id), by=context.actor())
    return Status(204, None)
