"""Pipelines and stages beyond their fields, lost reasons, the deal card, figures."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from tenants.crm import actions, figures
from tenants.crm.models import LostReason, Pipeline, Stage
from tenants.crm.queries import sales_settings
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.api import REFUSALS
from tenants.records.queries import record_for, require
from tenants.records.registry import type_named
from tenants.records.schemas import Ref, Strict

Id = Path[UUID]
pipelines = Router(tags=["Pipelines"])
stages = Router(tags=["Stages"])
reasons = Router(tags=["Lost reasons"])
card = Router(tags=["Deals"])
sources = Router(tags=["Figures"])


class RemovalIn(Strict):
    move_to: UUID | None = Field(None, description="The stage that takes the deals")


class PlaceIn(Strict):
    position: int = Field(ge=1, le=1000)


class PlaceOut(Schema):
    id: UUID
    position: int


class DefaultOut(Schema):
    id: UUID
    name: str
    is_default: bool


class SumsOut(Schema):
    currency: str
    open_total: Decimal
    open_weighted: Decimal
    won_total: Decimal
    won_average: Decimal
    velocity_a_day: Decimal | None


class StageFiguresOut(Schema):
    stage: Ref
    open_count: int
    entered: int
    left: int
    advanced: int
    conversion: Decimal | None
    average_days: Decimal | None


class FiguresOut(Schema):
    """`sums` is by currency, the company's own first: different moneys are never added."""

    pipeline: Ref
    days: int
    open_count: int
    won_count: int
    lost_count: int
    abandoned_count: int
    win_rate: Decimal | None
    average_cycle_days: Decimal | None
    bottleneck: Ref | None
    sums: list[SumsOut]
    stages: list[StageFiguresOut]


class SourceOut(Schema):
    source: str
    leads: int
    converted: int
    deals: int
    won: int
    lost: int
    win_rate: Decimal | None
    won_sums: dict[str, Decimal]


class SourcesOut(Schema):
    items: list[SourceOut]


class PeriodIn(Schema):
    days: int = Field(figures.PERIOD_DAYS, ge=1, le=3650)


def _pipeline(pipeline_id: UUID) -> Pipeline:
    return record_for(context.actor(), type_named("pipelines"), pipeline_id)  # type: ignore[no-any-return]


def _stage(stage_id: UUID) -> Stage:
    return record_for(context.actor(), type_named("stages"), stage_id)  # type: ignore[no-any-return]


def _ref(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": str(row)}


def _taker(move_to: UUID | None) -> Stage | None:
    if move_to is None:
        return None
    try:
        return _stage(move_to)
    except NotFound as error:
        raise Invalid({"move_to": ["There is no stage with this id."]}) from error


@pipelines.post("/default", response={200: DefaultOut, **REFUSALS}, operation_id="make_pipeline_default")
def make_default(request: HttpRequest, pipeline_id: Id) -> Any:
    """New deals start in this pipeline from now on."""
    return actions.make_default(pipeline=_pipeline(pipeline_id), by=context.actor())


@pipelines.post("/removal", response={204: None, **REFUSALS}, operation_id="remove_pipeline")
def remove_pipeline(request: HttpRequest, pipeline_id: Id, body: RemovalIn) -> Any:
    """Delete a pipeline; its deals go to a stage of another one."""
    actions.remove_pipeline(pipeline=_pipeline(pipeline_id), move_to=_taker(body.move_to), by=context.actor())
    return Status(204, None)


@pipelines.get("/figures", response={200: FiguresOut, **REFUSALS}, operation_id="get_pipeline_figures")
def pipeline_figures(request: HttpRequest, pipeline_id: Id, asked: Query[PeriodIn]) -> Any:
    """Total, weighted, average size, velocity, win rate, conversion by stage and the bottleneck."""
    found = figures.pipeline_figures(actor=context.actor(), pipeline=_pipeline(pipeline_id), days=asked.days)
    return {
        "pipeline": _ref(found.pipeline), "days": found.days, "open_count": found.open_count,
        "won_count": found.won_count, "lost_count": found.lost_count, "abandoned_count": found.abandoned_count,
        "win_rate": found.win_rate, "average_cycle_days": found.average_cycle_days,
        "bottleneck": _ref(found.bottleneck.stage) if found.bottleneck else None,
        "sums": found.sums, "stages": [_stage_out(one) for one in found.stages],
    }  # fmt: skip


def _stage_out(one: figures.StageFigures) -> dict[str, Any]:
    return {
        "stage": _ref(one.stage), "open_count": one.open_count, "entered": one.entered, "left": one.left,
        "advanced": one.advanced, "conversion": one.conversion, "average_days": one.average_days,
    }  # fmt: skip


@stages.post("/removal", response={204: None, **REFUSALS}, operation_id="remove_stage")
def remove_stage(request: HttpRequest, stage_id: Id, body: RemovalIn) -> Any:
    """Delete a stage; its deals go to another one."""
    actions.remove_stage(stage=_stage(stage_id), move_to=_taker(body.move_to), by=context.actor())
    return Status(204, None)


@stages.put("/place", response={200: PlaceOut, **REFUSALS}, operation_id="move_stage")
def move_stage(request: HttpRequest, stage_id: Id, body: PlaceIn) -> Any:
    """Put a stage at a place among those of its pipeline; 1 is the first."""
    return actions.move_stage(stage=_stage(stage_id), position=body.position, by=context.actor())


class ReasonIn(Strict):
    name: str = Field(max_length=120)


class ReasonsOut(Schema):
    items: list[Ref]


def _reason(reason_id: UUID) -> LostReason:
    found = LostReason.objects.filter(pk=reason_id).first()
    if not found:
        raise NotFound("There is no such reason.")
    return found


@reasons.get("", response={200: ReasonsOut, **REFUSALS}, operation_id="list_lost_reasons")
def list_reasons(request: HttpRequest) -> Any:
    require(context.actor(), "view", "deals")
    return {"items": [_ref(row) for row in LostReason.objects.all()]}


@reasons.post("", response={201: Ref, **REFUSALS}, operation_id="create_lost_reason")
def add_reason(request: HttpRequest, body: ReasonIn) -> Any:
    return Status(201, _ref(actions.add_reason(name=body.name, by=context.actor())))


@reasons.patch("/{reason_id}", response={200: Ref, **REFUSALS}, operation_id="update_lost_reason")
def rename_reason(request: HttpRequest, reason_id: UUID, body: ReasonIn) -> Any:
    return _ref(actions.rename_reason(reason=_reason(reason_id), name=body.name, by=context.actor()))


class MoveIn(Schema):
    move_to: UUID | None = Field(None, description="The reason that deals lost for this one get")


@reasons.delete("/{reason_id}", response={204: None, **REFUSALS}, operation_id="delete_lost_reason")
def remove_reason(request: HttpRequest, reason_id: UUID, asked: Query[MoveIn]) -> Any:
    """Delete a reason. Deals that were lost for it need another one."""
    taker = _reason(asked.move_to) if asked.move_to else None
    actions.remove_reason(reason=_reason(reason_id), move_to=taker, by=context.actor())
    return Status(204, None)


class CardIn(Strict):
    fields: list[str] = Field(max_length=11)


class CardOut(Schema):
    fields: list[str]


@card.get("", response={200: CardOut, **REFUSALS}, operation_id="get_deal_card")
def get_card(request: HttpRequest) -> Any:
    """What cards of deals show."""
    require(context.actor(), "view", "deals")
    return {"fields": sales_settings().card_fields}


@card.put("", response={200: CardOut, **REFUSALS}, operation_id="set_deal_card")
def set_card(request: HttpRequest, body: CardIn) -> Any:
    return {"fields": actions.set_card_fields(names=body.fields, by=context.actor()).card_fields}


@sources.get("", response={200: SourcesOut, **REFUSALS}, operation_id="get_source_figures")
def source_figures(request: HttpRequest, asked: Query[PeriodIn]) -> Any:
    """Leads and deals by where they came from."""
    return {"items": figures.source_figures(actor=context.actor(), days=asked.days)}
