"""REST: the rules of signing in, the record of tries, and signed-in browsers."""

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from tenants.identity.access import require_oneself
from tenants.identity.enums import SETTINGS
from tenants.identity.models import SignIn, User
from tenants.identity.queries import user_by_id
from tenants.identity.signin.browsers import browsers_of, end_all_sessions, end_session
from tenants.identity.signin.history import sign_ins
from tenants.identity.signin.policy import update_policy
from tenants.identity.signin.rules import policy_now
from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422), Problem)
rules = Router(tags=["Sign-in"])
tries = Router(tags=["Sign-in"])
sessions = Router(tags=["Sign-in"])


class SignInPolicyOut(Schema):
    password_length: int
    password_classes: int = Field(description="Of small letters, capitals, digits, signs: how many kinds")
    password_reuse: int = Field(description="How many former passwords may not return")
    password_days: int = Field(description="A new password is due after so many days; 0: never")
    idle_minutes: int
    absolute_hours: int
    second_factor: Literal["nobody", "roles", "everybody"]
    second_factor_roles: list[str]
    allows_links: bool
    allows_passkeys: bool
    is_sso_only: bool
    networks: list[str] = Field(description="In CIDR form; empty: from everywhere")


class RulesIn(Strict):
    password_length: int | None = None
    password_classes: int | None = None
    password_reuse: int | None = None
    password_days: int | None = None
    idle_minutes: int | None = None
    absolute_hours: int | None = None
    second_factor: Literal["nobody", "roles", "everybody"] | None = None
    second_factor_roles: list[str] | None = Field(None, max_length=100)
    allows_links: bool | None = None
    allows_passkeys: bool | None = None
    networks: list[str] | None = Field(None, max_length=200)


class TriesAsked(Schema):
    model_config = ConfigDict(extra="forbid")
    outcome: Literal["", "done", "refused"] = ""
    email: str = Field("", max_length=254)
    before: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class TryOut(Schema):
    id: UUID
    created_at: datetime
    email: str
    user_id: UUID | None
    method: str
    outcome: Literal["done", "refused", "braked"]
    reason: str
    ip: str
    agent: str


class TriesOut(Schema):
    items: list[TryOut]
    next: UUID | None = Field(description="Give it as `before` for older ones")


class SessionOut(Schema):
    id: str
    name: str = Field(description="Browser and system, as the browser says")
    ip: str
    method: str
    opened_at: datetime | None
    seen_at: datetime
    is_this: bool


class SessionsOut(Schema):
    items: list[SessionOut]


def _require() -> None:
    if not context.actor().may("edit", SETTINGS):
        raise Denied("Only owners and administrators may see how people sign in.")


@rules.get("", response={200: SignInPolicyOut, **REFUSALS}, operation_id="get_sign_in_policy")
def get_rules(request: HttpRequest) -> Any:
    _require()
    return policy_now()


@rules.patch("", response={200: SignInPolicyOut, **REFUSALS}, operation_id="update_sign_in_policy")
def update_rules(request: HttpRequest, body: RulesIn) -> Any:
    """Change some of the rules. Single sign-on only is switched by an owner, on the page."""
    return update_policy(values=body.dict(exclude_none=True), by=context.actor())


@tries.get("", response={200: TriesOut, **REFUSALS}, operation_id="list_sign_ins")
def list_tries(request: HttpRequest, asked: Query[TriesAsked]) -> Any:
    """Tries to come in, newest first; `refused` gives all that failed."""
    _require()
    rows, limit = sign_ins(outcome=asked.outcome, email=asked.email.replace("\x00", "")), asked.limit
    found: list[SignIn] = list((rows.filter(pk__lt=asked.before) if asked.before else rows)[: limit + 1])
    return {"items": found[:limit], "next": found[limit - 1].pk if len(found) > limit else None}


@sessions.get("/me/sessions", response={200: SessionsOut, **REFUSALS}, operation_id="list_my_sessions")
def list_my_sessions(request: HttpRequest) -> Any:
    require_oneself(request)
    return {"items": browsers_of(cast(User, request.user), this=request.session.session_key or "")}


@sessions.delete("/me/sessions/{session}", response={204: None, **REFUSALS}, operation_id="end_my_session")
def end_my_session(request: HttpRequest, session: str) -> Any:
    require_oneself(request)
    end_session(user=cast(User, request.user), session=session, by=context.actor())
    return Status(204, None)


@sessions.get("/users/{user_id}/sessions", response={200: SessionsOut, **REFUSALS}, operation_id="list_user_sessions")
def list_sessions(request: HttpRequest, user_id: UUID) -> Any:
    _require()
    return {"items": browsers_of(user_by_id(user_id))}


@sessions.delete("/users/{user_id}/sessions", response={204: None, **REFUSALS}, operation_id="end_user_sessions")
def end_sessions(request: HttpRequest, user_id: UUID) -> Any:
    """Sign a person out everywhere."""
    _require()
    end_all_sessions(user=user_by_id(user_id), by=context.actor())
    return Status(204, None)
