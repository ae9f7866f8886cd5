"""Duplicates over the API: pairs to review, a scan, and what is not the same."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.duplicates.actions import decide, start_scan
from tenants.records.duplicates.queries import couples, pair_for
from tenants.records.enums import PairState
from tenants.records.jobs.api import JobOut
from tenants.records.paging import MOST_ROWS, PAGE_SIZE
from tenants.records.queries import require
from tenants.records.registry import type_named
from tenants.records.schemas import Problem, Ref, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
duplicates = Router(tags=["Duplicates"])


class PairOut(Schema):
    """Two records that look like one. Merge them at `POST /api/v1/<type>/merge`."""

    id: UUID
    record_type: str
    left: Ref
    right: Ref
    score: int
    reasons: list[str] = Field(description="email, email~ (nearly), phone, domain, name, company")


class PairPage(Schema):
    items: list[PairOut]
    next: str | None
    total: int | None = None


class PairsIn(Schema):
    type: str = Field(max_length=40, description="A record type, like contacts")
    cursor: str = Field("", max_length=80, description="`next` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)


class ScanIn(Strict):
    type: str = Field(max_length=40)


class DecidedOut(Schema):
    id: UUID
    state: str = Field(description="open, merged or dismissed")


@duplicates.get("", response={200: PairPage, **REFUSALS}, operation_id="list_duplicates")
def list_pairs(request: HttpRequest, asked: Query[PairsIn]) -> Any:
    """Pairs that nobody has decided about, the likeliest first."""
    record_type = type_named(asked.type)
    found, more = couples(context.actor(), record_type, after=asked.cursor, limit=asked.limit)
    items = [
        {
            "id": one.pair.pk, "record_type": record_type.name, "score": one.pair.score, "reasons": one.pair.reasons,
            "left": {"id": one.left.pk, "name": str(one.left)}, "right": {"id": one.right.pk, "name": str(one.right)},
        }
        for one in found
    ]  # fmt: skip
    return {"items": items, "next": more}


@duplicates.post("/scan", response={202: JobOut, **REFUSALS}, operation_id="scan_duplicates", by_alias=False)
def scan(request: HttpRequest, body: ScanIn) -> Any:
    """Compare all records of a type in the background."""
    actor = context.actor()
    require(actor, "view", body.type)
    return Status(202, start_scan(record_type=type_named(body.type), by=actor))


@duplicates.post("/{uuid:pair_id}/dismissal", response={200: DecidedOut, **REFUSALS}, operation_id="dismiss_duplicate")
def dismiss(request: HttpRequest, pair_id: UUID) -> Any:
    """Not the same: no scan brings the pair back."""
    actor = context.actor()
    return decide(pair=pair_for(actor, pair_id), state=PairState.DISMISSED, by=actor)


@duplicates.delete("/{uuid:pair_id}/dismissal", response={200: DecidedOut, **REFUSALS}, operation_id="reopen_duplicate")
def reopen(request: HttpRequest, pair_id: UUID) -> Any:
    actor = context.actor()
    return decide(pair=pair_for(actor, pair_id), state=PairState.OPEN, by=actor)
