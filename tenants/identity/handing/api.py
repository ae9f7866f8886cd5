"""REST: what a person owns, and giving it to others. Stands below `users`."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from tenants.identity.enums import SETTINGS
from tenants.identity.handing import actions
from tenants.identity.handing.queries import owned_by
from tenants.identity.queries import user_by_id
from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.jobs.api import JobOut
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Users"])


class OwnedOut(Schema):
    type: str
    total: int = Field(description="How many they own, without those in the bin")
    movable: int = Field(description="How many of them you may hand over")


class OwnedListOut(Schema):
    items: list[OwnedOut]


class HandoverIn(Strict):
    to: list[UUID] = Field(
        default_factory=list,
        max_length=actions.MOST_PEOPLE,
        description="One person gets all; several take turns. Empty only with `deactivate`",
    )
    types: list[str] | None = Field(None, max_length=100, description="Record types; null: all of them")
    deactivate: bool = Field(False, description="Sign the person out for good as well, all or nothing")


class HandoverOut(Schema):
    job: JobOut | None = Field(description="Null where there was nothing to give")


def _require() -> None:
    if not context.actor().may("edit", SETTINGS):
        raise Denied("Only owners and administrators may see what others own.")


@router.get("/{uuid:user_id}/records", response={200: OwnedListOut, **REFUSALS}, operation_id="list_owned")
def list_owned(request: HttpRequest, user_id: UUID) -> Any:
    """How many records of each type a person owns."""
    _require()
    found = owned_by(user_by_id(user_id).pk, context.actor())
    return {"items": [{"type": one.name, "total": one.total, "movable": one.mine} for one in found]}


@router.post(
    "/{uuid:user_id}/handover", response={200: HandoverOut, 202: HandoverOut, **REFUSALS}, operation_id="hand_over"
)
def hand_over(request: HttpRequest, user_id: UUID, body: HandoverIn) -> Any:
    """Give what a person owns to others: at once up to 200 records (200), else in the background (202).

    It can be undone, as every job of its kind.
    """
    _require()
    job = actions.hand_over(user=user_by_id(user_id), **body.model_dump(), by=context.actor())
    return Status(200 if job is None or job.is_over else 202, {"job": job})
