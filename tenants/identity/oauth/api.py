"""REST: connected apps for administrators, and everybody's own apps and tokens."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from tenants.identity.access import require_oneself
from tenants.identity.enums import SETTINGS
from tenants.identity.models import OAuthAccess, OAuthClient, User
from tenants.identity.oauth import accesses, clients, personal
from tenants.identity.queries import user_by_id
from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422), Problem)
apps = Router(tags=["Connected apps"])
mine = Router(tags=["Me"])
SCOPES = 'Record type (or "*") to verbs: {"contacts": ["view"]}'


class AppIn(Strict):
    name: str = Field(max_length=80)
    about: str = Field("", max_length=200)
    website: str = Field("", max_length=300)
    is_public: bool = Field(False, description="Runs on people's own devices and keeps no secret")
    acts_alone: bool = Field(False, description="May use client credentials, with the rights of its maker")
    redirect_uris: list[str] = Field(default_factory=list, max_length=20)
    scopes: dict[str, list[str]] = Field(description=f"The most it may ask for. {SCOPES}")


class AppPatch(Strict):
    name: str | None = Field(None, max_length=80)
    about: str | None = Field(None, max_length=200)
    website: str | None = Field(None, max_length=300)
    acts_alone: bool | None = None
    redirect_uris: list[str] | None = Field(None, max_length=20)
    scopes: dict[str, list[str]] | None = None


class AppOut(Schema):
    id: UUID
    client_id: str
    name: str
    about: str
    website: str
    is_public: bool
    acts_alone: bool
    redirect_uris: list[str]
    scopes: dict[str, list[str]]
    maker_id: UUID
    created_at: datetime
    former_until: datetime | None = Field(description="Up to when the secret before the last one works as well")


class SecretOut(Schema):
    client_id: str
    client_secret: str = Field(description="Shown this once, and kept as a hash alone; empty for a public app")
    former_until: datetime | None


class AppMade(AppOut):
    client_secret: str = Field(description="Shown this once, and kept as a hash alone; empty for a public app")


class AppsOut(Schema):
    items: list[AppOut]


class PersonOut(Schema):
    id: UUID
    name: str
    email: str
    since: datetime
    last_used_at: datetime | None


class PeopleOut(Schema):
    items: list[PersonOut]


class MyAppOut(Schema):
    id: UUID = Field(description="Of the app")
    name: str
    about: str
    scopes: dict[str, list[str]]
    since: datetime
    last_used_at: datetime | None


class MyAppsOut(Schema):
    items: list[MyAppOut]


class TokenIn(Strict):
    name: str = Field(max_length=80)
    scopes: dict[str, list[str]] = Field(description=f"{SCOPES}. Never the settings")
    days: int = Field(30, ge=1, le=personal.MOST_DAYS)


class TokenOut(Schema):
    id: UUID
    name: str
    prefix: str
    scopes: dict[str, list[str]] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_machine: str


class TokenMade(TokenOut):
    secret: str = Field(description="The token itself: shown this once, and kept as a hash alone")


class TokensOut(Schema):
    items: list[TokenOut]


def _require(request: HttpRequest, *, person: bool = False) -> None:
    if not context.actor().may("edit", SETTINGS):
        raise Denied("Only owners and administrators may see which apps are connected.")
    if person:
        _in_person(request)


def _in_person(request: HttpRequest) -> None:
    if getattr(request, "api_key", None):
        raise Denied("A key or token lets nobody else in: a person does, signed in.")


def _made(schema: type[Schema], row: Any, **more: Any) -> Any:
    return Status(201, {**more, **{name: getattr(row, name) for name in schema.model_fields}})


@apps.get("", response={200: AppsOut, **REFUSALS}, operation_id="list_apps")
def list_apps(request: HttpRequest) -> Any:
    _require(request)
    return {"items": accesses.clients()}


@apps.post("", response={201: AppMade, **REFUSALS}, operation_id="create_app")
def create_app(request: HttpRequest, body: AppIn) -> Any:
    """An OAuth 2 client. Where it finds everything stands in /.well-known/oauth-authorization-server."""
    _require(request, person=True)
    client, secret = clients.create_client(**body.dict(), by=context.actor())
    return _made(AppOut, client, client_secret=secret)


@apps.get("/{uuid:app_id}", response={200: AppOut, **REFUSALS}, operation_id="get_app")
def get_app(request: HttpRequest, app_id: UUID) -> OAuthClient:
    _require(request)
    return clients.client_by_id(app_id)


@apps.patch("/{uuid:app_id}", response={200: AppOut, **REFUSALS}, operation_id="update_app")
def update_app(request: HttpRequest, app_id: UUID, body: AppPatch) -> OAuthClient:
    _require(request)
    values = body.dict(exclude_none=True)
    return clients.update_client(client=clients.client_by_id(app_id), values=values, by=context.actor())


@apps.delete("/{uuid:app_id}", response={204: None, **REFUSALS}, operation_id="delete_app")
def delete_app(request: HttpRequest, app_id: UUID) -> Any:
    """It is disconnected from everybody, at once."""
    _require(request)
    clients.delete_client(client=clients.client_by_id(app_id), by=context.actor())
    return Status(204, None)


@apps.post("/{uuid:app_id}/secret", response={201: SecretOut, **REFUSALS}, operation_id="rotate_app_secret")
def rotate_app_secret(request: HttpRequest, app_id: UUID) -> Any:
    """A new secret; the one before works for a day more."""
    _require(request)
    client = clients.client_by_id(app_id)
    _in_person(request)
    secret = clients.rotate_secret(client=client, by=context.actor())
    client.refresh_from_db(fields=["former_until"])
    told = {"client_id": client.client_id, "client_secret": secret, "former_until": client.former_until}
    return Status(201, told)


@apps.get("/{uuid:app_id}/people", response={200: PeopleOut, **REFUSALS}, operation_id="list_app_people")
def list_app_people(request: HttpRequest, app_id: UUID) -> Any:
    """Who has connected it."""
    _require(request)
    return {"items": accesses.people_of(clients.client_by_id(app_id))}


@apps.delete("/{uuid:app_id}/people/{uuid:user_id}", response={204: None, **REFUSALS}, operation_id="disconnect_app")
def disconnect_app(request: HttpRequest, app_id: UUID, user_id: UUID) -> Any:
    _require(request)
    accesses.disconnect(client_id=app_id, user=user_by_id(user_id), by=context.actor())
    return Status(204, None)


@mine.get("/apps", response={200: MyAppsOut, **REFUSALS}, operation_id="list_my_apps")
def list_my_apps(request: HttpRequest) -> Any:
    """The apps that may act in my name."""
    require_oneself(request)
    return {"items": [_my_app(one) for one in accesses.apps_of(cast(User, request.user))]}


def _my_app(access: OAuthAccess) -> dict[str, Any]:
    known: Any = access
    return {
        "id": access.client_id, "name": access.client.name, "about": access.client.about,
        "scopes": access.consented, "since": known.since, "last_used_at": known.used_at,
    }  # fmt: skip


@mine.delete("/apps/{uuid:app_id}", response={204: None, **REFUSALS}, operation_id="disconnect_my_app")
def disconnect_my_app(request: HttpRequest, app_id: UUID) -> Any:
    require_oneself(request)
    accesses.disconnect(client_id=app_id, user=cast(User, request.user), by=context.actor())
    return Status(204, None)


@mine.get("/tokens", response={200: TokensOut, **REFUSALS}, operation_id="list_my_tokens")
def list_my_tokens(request: HttpRequest) -> Any:
    require_oneself(request)
    return {"items": personal.tokens_of(cast(User, request.user))}


@mine.post("/tokens", response={201: TokenMade, **REFUSALS}, operation_id="create_my_token")
def create_my_token(request: HttpRequest, body: TokenIn) -> Any:
    """A token that works as me, with no more than its scopes."""
    _in_person(request)
    token, secret = personal.create_token(user=cast(User, request.user), **body.dict(), by=context.actor())
    return _made(TokenOut, token, secret=secret)


@mine.post("/tokens/{uuid:token_id}/revocation", response={204: None, **REFUSALS}, operation_id="revoke_my_token")
def revoke_my_token(request: HttpRequest, token_id: UUID) -> Any:
    require_oneself(request)
    token = personal.token_of(cast(User, request.user), token_id)
    personal.revoke_token(token=token, by=context.actor())
    return Status(204, None)
