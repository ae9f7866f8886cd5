"""REST: who works here, and who is asking."""

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from tenants.identity import people
from tenants.identity.access import require_oneself
from tenants.identity.enums import SETTINGS
from tenants.identity.models import User
from tenants.identity.queries import everybody, user_by_id
from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
users = Router(tags=["Users"])
me = Router(tags=["Me"])


class UserOut(Schema):
    id: UUID
    email: str
    name: str
    role: str = Field(description="Slug of the role")
    state: Literal["invited", "active", "deactivated"]
    last_login: datetime | None

    @staticmethod
    def resolve_role(user: User) -> str:
        return user.role.slug if user.role else ""

    @staticmethod
    def resolve_state(user: User) -> str:
        return user.state


class UsersOut(Schema):
    items: list[UserOut]


class InviteIn(Strict):
    email: str = Field(max_length=254)
    name: str = Field("", max_length=120)
    role: str = Field("sales-rep", description="Slug of the role")


class UserRoleIn(Strict):
    role: str


class MeOut(UserOut):
    time_zone: str
    language: str


class MeIn(Strict):
    name: str | None = None
    time_zone: str | None = Field(None, description="IANA name; empty: as the company")
    language: str | None = Field(None, description="Code; empty: as the company")


def _require() -> None:
    if not context.actor().may("edit", SETTINGS):
        raise Denied("Only owners and administrators may see who works here.")


@users.get("", response={200: UsersOut, **REFUSALS}, operation_id="list_users")
def list_users(request: HttpRequest) -> Any:
    _require()
    return {"items": everybody()}


@users.post("", response={201: UserOut, **REFUSALS}, operation_id="invite_user")
def invite(request: HttpRequest, body: InviteIn) -> Any:
    """Invite a person by e-mail."""
    return Status(201, people.invite_user(**body.dict(), by=context.actor()))


@users.get("/{user_id}", response={200: UserOut, **REFUSALS}, operation_id="get_user")
def get_user(request: HttpRequest, user_id: UUID) -> Any:
    _require()
    return user_by_id(user_id)


@users.patch("/{user_id}", response={200: UserOut, **REFUSALS}, operation_id="update_user")
def change_role(request: HttpRequest, user_id: UUID, body: UserRoleIn) -> Any:
    _require()
    return people.change_role(user=user_by_id(user_id), role=body.role, by=context.actor())


@users.post("/{user_id}/deactivation", response={204: None, **REFUSALS}, operation_id="deactivate_user")
def deactivate(request: HttpRequest, user_id: UUID) -> Any:
    """Sign a person out for good; sessions and keys end."""
    _require()
    people.deactivate_user(user=user_by_id(user_id), by=context.actor())
    return Status(204, None)


@users.delete("/{user_id}/deactivation", response={204: None, **REFUSALS}, operation_id="reactivate_user")
def reactivate(request: HttpRequest, user_id: UUID) -> Any:
    _require()
    people.reactivate_user(user=user_by_id(user_id), by=context.actor())
    return Status(204, None)


@me.get("", response={200: MeOut, **REFUSALS}, operation_id="get_me")
def get_me(request: HttpRequest) -> Any:
    return request.user


@me.patch("", response={200: MeOut, **REFUSALS}, operation_id="update_me")
def update_me(request: HttpRequest, body: MeIn) -> Any:
    require_oneself(request)
    user = cast(User, request.user)
    values = {name: getattr(user, name) for name in ("name", "time_zone", "language")}
    return people.update_profile(user=user, **values | body.dict(exclude_none=True))
