"""The REST resource `support`: who may come in, who asks, who was here."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from tenants.identity.support import queries, visits
from tenants.kernel import context
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Support visits"])


class AccessIO(Strict):
    access: Literal["open", "approval", "off"]


class VisitOut(Schema):
    id: UUID
    visitor_name: str
    visitor_email: str
    house: str
    user_id: UUID
    user_name: str
    reason: str
    minutes: int
    state: str
    answered_by: str
    created_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None


class VisitsOut(Schema):
    items: list[VisitOut]


@router.get("/access", response={200: AccessIO, **REFUSALS}, operation_id="get_support_access")
def get_access(request: HttpRequest) -> Any:
    queries.visits(actor=context.actor())
    return {"access": queries.support_access()}


@router.put("/access", response={200: AccessIO, **REFUSALS}, operation_id="set_support_access")
def set_access(request: HttpRequest, body: AccessIO) -> Any:
    """Open, after consent, or off: then whoever is inside is out."""
    visits.set_support_access(access=body.access, by=context.actor())
    return {"access": body.access}


@router.get("/visits", response={200: VisitsOut, **REFUSALS}, operation_id="list_support_visits")
def listing(request: HttpRequest) -> Any:
    return {"items": queries.visits(actor=context.actor())}


@router.post("/visits/{uuid:visit_id}/consent", response={204: None, **REFUSALS}, operation_id="agree_to_visit")
def agree(request: HttpRequest, visit_id: UUID) -> Any:
    queries.visits(actor=context.actor())
    visits.answer_visit(visit=visits.visit_here(visit_id), agree=True, by=context.actor())
    return Status(204, None)


@router.post("/visits/{uuid:visit_id}/refusal", response={204: None, **REFUSALS}, operation_id="refuse_visit")
def refuse(request: HttpRequest, visit_id: UUID) -> Any:
    queries.visits(actor=context.actor())
    visits.answer_visit(visit=visits.visit_here(visit_id), agree=False, by=context.actor())
    return Status(204, None)


@router.post("/visits/{uuid:visit_id}/end", response={204: None, **REFUSALS}, operation_id="end_visit")
def end(request: HttpRequest, visit_id: UUID) -> Any:
    queries.visits(actor=context.actor())
    visits.end_visit(visit=visits.visit_here(visit_id), by=context.actor())
    return Status(204, None)
