"""The REST resource `api-keys`: made and revoked by people; a key makes no keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from tenants.identity import actions, queries
from tenants.identity.enums import SETTINGS
from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422), Problem)
router = Router(tags=["API keys"])


class KeyIn(Strict):
    name: str = Field(max_length=80)
    scopes: dict[str, list[str]] | None = Field(
        None, description='Record type (or "*") to verbs: {"contacts": ["view"]}. None: whatever its maker may'
    )
    days: int | None = Field(None, ge=1, le=actions.MOST_KEY_DAYS, description="Ends after so many days; None: never")


class KeyOut(Schema):
    id: UUID
    name: str
    prefix: str
    user_id: UUID = Field(description="Whom it works as")
    is_personal: bool = Field(description="Made by a person for itself")
    scopes: dict[str, list[str]] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_machine: str = Field(description="The IP address of the last use")


class KeyMade(KeyOut):
    secret: str = Field(description="The key itself: shown this once, and kept as a hash alone")


class KeysOut(Schema):
    items: list[KeyOut]


def _require(request: HttpRequest, *, person: bool = False) -> None:
    if not context.actor().may("edit", SETTINGS):
        raise Denied("Only owners and administrators may see the keys.")
    if person and getattr(request, "api_key", None):
        raise Denied("A key makes no keys: a person does, signed in.")


@router.get("", response={200: KeysOut, **REFUSALS}, operation_id="list_api_keys")
def listing(request: HttpRequest) -> Any:
    _require(request)
    return {"items": queries.keys()}


@router.post("", response={201: KeyMade, **REFUSALS}, operation_id="create_api_key")
def create(request: HttpRequest, body: KeyIn) -> Any:
    """A key that works as whoever asks."""
    _require(request, person=True)
    user: Any = request.user
    key, secret = actions.create_api_key(user=user, by=context.actor(), **body.dict())
    return Status(201, {"secret": secret, **{name: getattr(key, name) for name in KeyOut.model_fields}})


@router.post("/{uuid:key_id}/revocation", response={204: None, **REFUSALS}, operation_id="revoke_api_key")
def revoke(request: HttpRequest, key_id: UUID) -> Any:
    """Programs that use it are refused from now on."""
    _require(request)
    actions.revoke_api_key(key=queries.key_by_id(key_id), by=context.actor())
    return Status(204, None)
