"""Events over the API: what happened, the catalogue, how delivery stands, failed deliveries, replays."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.events import listener_keyed, listeners
from tenants.records.models import Event, Undelivered
from tenants.records.outbox import actions, queries
from tenants.records.outbox.catalogue import EventKind, kinds
from tenants.records.paging import MOST_ROWS, PAGE_SIZE
from tenants.records.queries import require
from tenants.records.schemas import Asked, Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
MOST_AT_ONCE = 500
events = Router(tags=["Events"])


class EventOut(Schema):
    """Something that happened. `delivered_at` empty: consumers have not had it yet."""

    id: UUID
    name: str
    record_type: str
    record_id: UUID
    happened_at: datetime
    actor_name: str
    user_id: UUID | None
    cause: dict[str, Any] | None
    payload: dict[str, Any]
    delivered_at: datetime | None


class EventPage(Schema):
    items: list[EventOut]
    next: str | None
    total: int | None = None


class EventsIn(Asked):
    name: str = Field("", max_length=60, description="Only events of this kind, like `deal.won`")
    record_id: UUID | None = Field(None, description="Only what happened to this record")
    since: datetime | None = None
    until: datetime | None = None
    cursor: str = Field("", max_length=120, description="`next` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)


class EventKindOut(Schema):
    name: str
    label: str
    about: str
    record_type: str
    payload: dict[str, str]


class StandingOut(Schema):
    """`lag_seconds`: how long the oldest waiting event has been waiting."""

    waiting: int
    lag_seconds: float
    last_hour: int
    failed: int
    held_back: int
    given_up: int


class ConsumerOut(Schema):
    key: str
    label: str


class FailureOut(Schema):
    """An event that one consumer could not take. `state` is waiting, behind or dead."""

    id: UUID
    event_id: UUID
    event: str
    record_id: UUID
    consumer: str
    state: str
    tries: int
    error: str
    next_try_at: datetime | None


class FailuresOut(Schema):
    items: list[FailureOut]


class ChosenIn(Strict):
    ids: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)


class EventCountOut(Schema):
    count: int


class ReplayIn(Strict):
    """One consumer, and from `since` until before `until`; with `name` only events of that kind."""

    consumer: str = Field(max_length=200, description="The key of a consumer")
    since: datetime
    until: datetime
    name: str = Field("", max_length=60)


class ReplayOut(Schema):
    job_id: UUID


@events.get("", response={200: EventPage, **REFUSALS}, operation_id="list_events")
def rows(request: HttpRequest, asked: Query[EventsIn]) -> Any:
    """What happened, newest first. For owners and administrators."""
    wanted = queries.Asked(name=asked.name, record_id=asked.record_id, since=asked.since, until=asked.until)
    found, more = queries.page_of(queries.events(wanted, by=context.actor()), after=asked.cursor, limit=asked.limit)
    return {"items": found, "next": more}


@events.get("/kinds", response={200: list[EventKindOut], **REFUSALS}, operation_id="list_event_kinds")
def catalogue(request: HttpRequest) -> Any:
    """Which events there are, and what each carries."""
    require(context.actor(), "edit", "settings")
    return [_kind_out(one) for one in kinds().values()]


def _kind_out(kind: EventKind) -> dict[str, Any]:
    payload = {name: str(told) for name, told in kind.payload.items()}
    words = {"label": str(kind.label), "about": str(kind.about)}
    return {"name": kind.name, "record_type": kind.record_type, "payload": payload, **words}


@events.get("/standing", response={200: StandingOut, **REFUSALS}, operation_id="get_event_standing")
def standing(request: HttpRequest) -> Any:
    """How many events wait, for how long, and how many could not be delivered."""
    return queries.standing(context.actor())


@events.get("/consumers", response={200: list[ConsumerOut], **REFUSALS}, operation_id="list_event_consumers")
def consumers(request: HttpRequest) -> Any:
    require(context.actor(), "edit", "settings")
    return [{"key": one.key, "label": str(one.label)} for one in listeners()]


@events.get("/failures", response={200: FailuresOut, **REFUSALS}, operation_id="list_event_failures")
def failed(request: HttpRequest) -> Any:
    """The first 500 deliveries that failed, those given up first."""
    found = queries.undelivered(by=context.actor())[:MOST_AT_ONCE]
    return {"items": [_failure_out(one) for one in found]}


def _failure_out(one: Undelivered) -> dict[str, Any]:
    event: Event = one.event
    known = listener_keyed(one.consumer)
    plain = {name: getattr(one, name) for name in ("id", "event_id", "state", "tries", "error", "next_try_at")}
    return plain | {"event": event.name, "record_id": event.record_id, "consumer": known.key if known else one.consumer}


@events.post("/failures/retry", response={200: EventCountOut, **REFUSALS}, operation_id="retry_event_failures")
def retry(request: HttpRequest, body: ChosenIn) -> Any:
    """Try failed deliveries at once, with all their tries before them."""
    return {"count": actions.try_again(ids=body.ids, by=context.actor())}


@events.post("/failures/drop", response={200: EventCountOut, **REFUSALS}, operation_id="drop_event_failures")
def drop(request: HttpRequest, body: ChosenIn) -> Any:
    """Let the consumer go without these events; later ones of the same record go on."""
    return {"count": actions.drop(ids=body.ids, by=context.actor())}


@events.post("/replays", response={202: ReplayOut, **REFUSALS}, operation_id="replay_events")
def replay(request: HttpRequest, body: ReplayIn) -> Any:
    """Tell one consumer a stretch of time once more, as a job."""
    return Status(202, {"job_id": actions.replay(**body.dict(), by=context.actor()).pk})


@events.get("/{uuid:event_id}", response={200: EventOut, **REFUSALS}, operation_id="get_event")
def one(request: HttpRequest, event_id: UUID) -> Any:
    return queries.event_for(event_id, by=context.actor())
