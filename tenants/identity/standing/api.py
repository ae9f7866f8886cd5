"""The REST resource `stand-ins`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from tenants.identity.access import require_oneself
from tenants.identity.enums import EDIT, SETTINGS
from tenants.identity.models import Delegation, User
from tenants.identity.standing import actions, queries
from tenants.kernel import context
from tenants.kernel.errors import Denied, Invalid
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Stand-ins"])
MOST = 500


class StandInIn(Strict):
    lender: UUID | None = Field(None, description="Whose access; null: one's own")
    borrower: UUID = Field(description="Who gets it")
    until: datetime = Field(description=f"At most {actions.MOST_DAYS} days ahead")
    reason: str = Field("", max_length=200)


class StandInOut(Schema):
    id: UUID
    lender: UUID
    lender_name: str
    borrower: UUID
    borrower_name: str
    until: datetime
    reason: str
    ended_at: datetime | None
    is_on: bool
    created_at: datetime


class StandInsOut(Schema):
    items: list[StandInOut]


def _shown(one: Delegation) -> dict[str, Any]:
    return {
        "id": one.pk, "lender": one.lender_id, "lender_name": str(one.lender), "borrower": one.borrower_id,
        "borrower_name": str(one.borrower), "until": one.until, "reason": one.reason, "ended_at": one.ended_at,
        "is_on": not one.ended_at and one.until > timezone.now(), "created_at": one.created_at,
    }  # fmt: skip


def _person(user_id: UUID | None, name: str) -> User:
    found = User.objects.select_related("role").filter(pk=user_id).first() if user_id else None
    if not found:
        raise Invalid({name: ["There is no such person."]})
    return found


def _require_person(request: HttpRequest) -> None:
    """A key of few scopes lends nothing of its person's, nor ends what they lent."""
    if not context.actor().may(EDIT, SETTINGS):
        require_oneself(request)


@router.get("", response={200: StandInsOut, **REFUSALS}, operation_id="list_stand_ins")
def list_stand_ins(request: HttpRequest) -> Any:
    """One's own, or everybody's for who may change the settings; current ones first, at most 500."""
    _require_person(request)
    return {"items": [_shown(one) for one in queries.stand_ins(context.actor())[:MOST]]}


@router.post("", response={201: StandInOut, **REFUSALS}, operation_id="begin_stand_in")
def begin(request: HttpRequest, body: StandInIn) -> Any:
    """Let somebody do with records what another may, until then; never with the settings."""
    _require_person(request)
    actor = context.actor()
    lender_id = body.lender or actor.user_id
    if lender_id != actor.user_id and not actor.may("edit", "settings"):
        raise Denied("Only owners and administrators may arrange this for others.")
    made = actions.lend_access(
        lender=_person(lender_id, "lender"), borrower=_person(body.borrower, "borrower"), until=body.until,
        reason=body.reason, by=actor,
    )  # fmt: skip
    return Status(201, _shown(made))


@router.delete("/{stand_in_id}", response={200: StandInOut, **REFUSALS}, operation_id="end_stand_in")
def end(request: HttpRequest, stand_in_id: UUID) -> Any:
    """Over at once; the line of it stays."""
    _require_person(request)
    found = queries.stand_in_by_id(context.actor(), stand_in_id)
    return _shown(actions.end_stand_in(stand_in=found, by=context.actor()))
