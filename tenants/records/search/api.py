"""Search over the API: `/search`, its suggestions and its figures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.api import REFUSALS
from tenants.records.enums import SearchDoor
from tenants.records.registry import record_types, type_named
from tenants.records.search import figures
from tenants.records.search.answers import search
from tenants.records.search.finding import Hit
from tenants.records.search.suggesting import suggestions

router = Router(tags=["Search"])
MATCHES = ("exact", "title", "words", "beginnings", "part")


class SearchIn(Schema):
    q: str = Field(..., min_length=1, max_length=200, description="Words, or `type:deals stage:won amount>10000`.")
    types: str = Field("", max_length=400, description="Types to look through, parted by commas; empty for all.")
    limit: int = Field(20, ge=1, le=100, description="At most so many of each type, and of all.")


class HitOut(Schema):
    type: str
    id: UUID
    title: str
    subtitle: str
    url: str
    match: str = Field(..., description=f"How it fits: {', '.join(MATCHES)}.")


class SearchOut(Schema):
    items: list[HitOut]
    next: str | None = None
    total: int | None = None
    corrected: str = Field("", description="What was looked for instead, when the words were found nowhere.")


class SuggestionsIn(Schema):
    q: str = Field("", max_length=200)


class SuggestionOut(Schema):
    text: str
    kind: str = Field(..., description="recent or title.")


class SuggestionsOut(Schema):
    items: list[SuggestionOut]
    next: str | None = None
    total: int | None = None


class FiguresIn(Schema):
    days: int = Field(30, ge=1, le=figures.MOST_DAYS)
    only_nothing: bool = Field(False, description="Only what nobody found anything for.")


class TermOut(Schema):
    text: str
    searches: int
    typical: float = Field(..., description="Results on average.")
    picked: int
    last_at: datetime


class SearchFiguresOut(Schema):
    items: list[TermOut]
    next: str | None = None
    total: int | None = None
    searches: int
    nothing: int
    picked: int
    people: int


@router.get("", response={200: SearchOut, **REFUSALS}, operation_id="search", url_name="search")
def find_records(request: HttpRequest, asked: Query[SearchIn]) -> Any:
    """Records of every type that the caller may see, best first."""
    actor = context.actor()
    answer = search(actor, asked.q, types=_types(asked.types), limit=asked.limit)
    hits = answer.hits[: asked.limit]
    figures.note_search(text=asked.q, found=len(hits), door=SearchDoor.API, by=actor)
    return {"items": [_out(hit) for hit in hits], "total": len(hits), "corrected": answer.found.corrected}


def _types(text: str) -> list[str]:
    """Raises Invalid for a type that does not exist."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {found.name for found in record_types() if found.search}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Invalid({"types": [f"There is no type {unknown[0]}. Known: {', '.join(sorted(known))}."]})
    return names


def _out(hit: Hit) -> dict[str, Any]:
    return {
        "type": hit.record_type, "id": hit.record_id, "title": hit.title, "subtitle": hit.subtitle,
        "url": f"{type_named(hit.record_type).list_url}{hit.record_id}/", "match": MATCHES[hit.rank],
    }  # fmt: skip


@router.get("/suggestions", response={200: SuggestionsOut, **REFUSALS}, operation_id="search_suggestions")
def suggest(request: HttpRequest, asked: Query[SuggestionsIn]) -> Any:
    """How the text may go on: the caller's recent searches, then titles."""
    return {"items": [{"text": text, "kind": kind} for text, kind in suggestions(context.actor(), asked.q)]}


@router.get("/figures", response={200: SearchFiguresOut, **REFUSALS}, operation_id="search_figures")
def search_figures(request: HttpRequest, asked: Query[FiguresIn]) -> Any:
    """What people look for and what finds nothing. For those who may change the settings."""
    figures.require_figures(context.actor())
    rows = list(figures.terms(asked.days, only_nothing=asked.only_nothing, most=200))
    return {"items": rows, "total": len(rows), **figures.totals(asked.days)}
