"""The REST resource `roles`."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from tenants.identity.enums import SETTINGS
from tenants.identity.models import Role
from tenants.identity.roles import actions, queries
from tenants.identity.roles.matrix import Access, access_of
from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Roles"])
Far = Literal["none", "own", "team", "all"]
Verb = Literal["view", "create", "edit", "delete", "export", "reveal"]
Records = dict[str, dict[Verb, Far]]
Fields = dict[str, dict[str, Literal["hidden", "read_only"]]]
RECORDS = (
    'Record type (or "*" for every type without a row of its own) to verbs and how far each goes: '
    '{"*": {"view": "all", "edit": "team"}}. What a row does not say is not granted'
)
FIELDS = 'Record type to fields that are limited: {"deals": {"amount": "hidden"}}'


class RoleOut(Schema):
    id: UUID
    slug: str
    name: str
    is_built_in: bool
    people: int = Field(description="How many people have it")
    records: Records = Field(description=RECORDS)
    fields: Fields = Field(description=FIELDS)
    settings: bool = Field(description="Whether it may change the company's settings")
    shares_views: bool = Field(description="Whether it may shape saved views for others")


class RolesOut(Schema):
    items: list[RoleOut]


class RoleIn(Strict):
    name: str = Field(max_length=60)
    records: Records = Field(default_factory=dict, description=RECORDS)
    fields: Fields = Field(default_factory=dict, description=FIELDS)
    settings: bool = False
    shares_views: bool = False


class RolePatch(Strict):
    name: str | None = Field(None, max_length=60)
    records: Records | None = Field(None, description=f"Replaces the whole table. {RECORDS}")
    fields: Fields | None = Field(None, description=f"Replaces all rules. {FIELDS}")
    settings: bool | None = None
    shares_views: bool | None = None


class CopyIn(Strict):
    name: str = Field(max_length=60)


def _require() -> None:
    if not context.actor().may("edit", SETTINGS):
        raise Denied("Only owners and administrators may see the roles.")


def _shown(role: Any) -> dict[str, Any]:
    access = access_of(role)
    return {
        "id": role.pk, "slug": role.slug, "name": role.name, "is_built_in": queries.is_built_in(role),
        "people": role.size, "records": access.records, "fields": access.fields, "settings": access.settings,
        "shares_views": access.shares_views,
    }  # fmt: skip


def _again(role: Role) -> dict[str, Any]:
    return _shown(queries.role_by_id(role.pk))


@router.get("", response={200: RolesOut, **REFUSALS}, operation_id="list_roles")
def list_roles(request: HttpRequest) -> Any:
    _require()
    return {"items": [_shown(one) for one in queries.roles()]}


@router.post("", response={201: RoleOut, **REFUSALS}, operation_id="create_role")
def create_role(request: HttpRequest, body: RoleIn) -> Any:
    """A role may be given no more than whoever makes it holds."""
    sent = body.model_dump()
    role = actions.create_role(name=sent.pop("name"), access=Access(**sent), by=context.actor())
    return Status(201, _again(role))


@router.get("/{role_id}", response={200: RoleOut, **REFUSALS}, operation_id="get_role")
def get_role(request: HttpRequest, role_id: UUID) -> Any:
    _require()
    return _shown(queries.role_by_id(role_id))


@router.patch("/{role_id}", response={200: RoleOut, **REFUSALS}, operation_id="update_role")
def update_role(request: HttpRequest, role_id: UUID, body: RolePatch) -> Any:
    """Counts at once for everybody who has it."""
    _require()
    sent, found = body.model_dump(exclude_unset=True), queries.role_by_id(role_id)
    name = sent.pop("name", None)
    access = actions.access_from(sent, access_of(found))
    return _again(actions.update_role(role=found, name=name, access=access, by=context.actor()))


@router.post("/{role_id}/copy", response={201: RoleOut, **REFUSALS}, operation_id="copy_role")
def copy_role(request: HttpRequest, role_id: UUID, body: CopyIn) -> Any:
    _require()
    made = actions.copy_role(role=queries.role_by_id(role_id), name=body.name, by=context.actor())
    return Status(201, _again(made))


@router.delete("/{role_id}", response={204: None, **REFUSALS}, operation_id="delete_role")
def delete_role(request: HttpRequest, role_id: UUID, to: UUID | None = None) -> Any:
    """`to` is the role that its people get; needed where somebody has it. Sharing rules for the role go with it."""
    _require()
    other = queries.role_by_id(to) if to else None
    actions.delete_role(role=queries.role_by_id(role_id), to=other, by=context.actor())
    return Status(204, None)
