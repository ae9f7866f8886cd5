"""Products, team, way and closing of deals."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from tenants.crm import actions
from tenants.crm.actions.lines import MOST_LINES
from tenants.crm.actions.teams import MOST_SEATS, seats_from
from tenants.crm.enums import DealStatus, SeatRole
from tenants.crm.models import Deal, LostReason, Seat
from tenants.crm.queries import team_of
from tenants.crm.visits import visits_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.actions import update_record
from tenants.records.api import REFUSALS
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.records.schemas import Ref, Strict

Id = Path[UUID]
router = Router(tags=["Deals"])


class DealLineIn(Strict):
    name: str = Field(max_length=200)
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal(0)
    discount: Decimal = Field(Decimal(0), description="Percent")


class DealLineOut(Schema):
    name: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    total: Decimal


class DealLinesIn(Strict):
    lines: list[DealLineIn] = Field(max_length=MOST_LINES)


class LinesOut(Schema):
    items: list[DealLineOut]


class SeatIn(Strict):
    user_id: UUID
    role: Literal[tuple(SeatRole.values)] = SeatRole.SALES.value  # type: ignore[valid-type]


class RecordTeamIn(Strict):
    team: list[SeatIn] = Field(max_length=MOST_SEATS)


class SeatOut(Schema):
    user: Ref
    role: str


class RecordTeamOut(Schema):
    items: list[SeatOut]


class StageVisitOut(Schema):
    """A stay in a stage; `left_at` is null while the deal is there."""

    stage: Ref
    entered_at: datetime
    left_at: datetime | None
    days: int
    entered_by: str


class StageVisitsOut(Schema):
    items: list[StageVisitOut]


class ClosureIn(Strict):
    status: Literal["won", "lost", "abandoned"]
    lost_reason_id: UUID | None = None
    lost_note: str = Field("", max_length=200)


class ClosureOut(Schema):
    id: UUID
    status: str
    stage: Ref
    closed_on: Any
    lost_reason: Ref | None


def _deal(deal_id: UUID) -> Deal:
    return record_for(context.actor(), type_named("deals"), deal_id)  # type: ignore[no-any-return]


@router.get("/lines", response={200: LinesOut, **REFUSALS}, operation_id="list_deal_lines")
def lines(request: HttpRequest, deal_id: Id) -> Any:
    """The products of a deal."""
    return {"items": list(_deal(deal_id).lines.all())}


@router.put("/lines", response={200: LinesOut, **REFUSALS}, operation_id="set_deal_lines")
def set_lines(request: HttpRequest, deal_id: Id, body: DealLinesIn) -> Any:
    """Give a deal exactly these products. Its amount becomes their sum."""
    rows = [line.model_dump() for line in body.lines]
    return {"items": actions.set_lines(deal=_deal(deal_id), rows=rows, by=context.actor())}


@router.get("/team", response={200: RecordTeamOut, **REFUSALS}, operation_id="get_deal_team")
def team(request: HttpRequest, deal_id: Id) -> Any:
    return team_out(team_of(_deal(deal_id)))


@router.put("/team", response={200: RecordTeamOut, **REFUSALS}, operation_id="set_deal_team")
def set_team(request: HttpRequest, deal_id: Id, body: RecordTeamIn) -> Any:
    """Give a deal exactly this team."""
    seats = seats_from([(seat.user_id, seat.role) for seat in body.team])
    return team_out(actions.set_team(record=_deal(deal_id), seats=seats, by=context.actor()))


def team_out(seats: Any) -> dict[str, Any]:
    return {"items": [_seat(seat) for seat in seats]}


def _seat(seat: Seat) -> dict[str, Any]:
    return {"user": {"id": seat.user_id, "name": str(seat.user)}, "role": seat.role}


@router.get("/stage-history", response={200: StageVisitsOut, **REFUSALS}, operation_id="get_deal_stage_history")
def stage_history(request: HttpRequest, deal_id: Id) -> Any:
    """Where the deal stood, from when to when and for how many days."""
    return {
        "items": [
            {
                "stage": {"id": visit.stage_id, "name": visit.stage.name}, "entered_at": visit.entered_at,
                "left_at": visit.left_at, "days": visit.days, "entered_by": visit.entered_by_name,
            }
            for visit in visits_of(_deal(deal_id))
        ]
    }  # fmt: skip


@router.post("/closure", response={201: ClosureOut, **REFUSALS}, operation_id="close_deal")
def close(request: HttpRequest, deal_id: Id, body: ClosureIn) -> Any:
    """Win, lose or abandon a deal. It moves to the stage of that kind; closing it again changes nothing."""
    values: dict[str, Any] = {"status": body.status}
    if body.status != "won":
        values |= {"lost_reason": _reason(body.lost_reason_id), "lost_note": body.lost_note}
    return Status(201, _closure(update_record(record=_deal(deal_id), values=values, by=context.actor())))


def _reason(reason_id: UUID | None) -> UUID | None:
    if reason_id and not LostReason.objects.filter(pk=reason_id).exists():
        raise Invalid({"lost_reason_id": ["There is none with this id."]})
    return reason_id


@router.delete("/closure", response={200: ClosureOut, **REFUSALS}, operation_id="reopen_deal")
def reopen(request: HttpRequest, deal_id: Id) -> Any:
    """Open a closed deal again, in the stage where it last stood."""
    values = {"status": DealStatus.OPEN.value}
    return _closure(update_record(record=_deal(deal_id), values=values, by=context.actor()))


def _closure(deal: Deal) -> dict[str, Any]:
    reason = {"id": deal.lost_reason.pk, "name": str(deal.lost_reason)} if deal.lost_reason else None
    stage = {"id": deal.stage_id, "name": deal.stage.name}
    return {
        "id": deal.pk, "status": deal.status, "stage": stage, "closed_on": deal.closed_on, "lost_reason": reason
    }  # fmt: skip
