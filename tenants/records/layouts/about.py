"""Pages of what belongs to one record, like its notes or files, newest first."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja import Schema
from pydantic import Field

from tenants.kernel.errors import Invalid
from tenants.records.paging import MOST_ROWS, PAGE_SIZE


class AboutIn(Schema):
    """Which record, and which page of what belongs to it."""

    record_type: str = Field(max_length=40)
    record_id: UUID
    cursor: str = Field("", description="`next` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)
    with_total: bool = Field(False, description="Count all rows too")


def page_about(rows: "QuerySet[Any]", asked: AboutIn) -> dict[str, Any]:
    """The envelope of every list: items, the next cursor, the total where it is asked for."""
    rows = rows.order_by("-created_at", "-id")
    total = rows.count() if asked.with_total else None
    found = list(rows.filter(beyond(asked.cursor))[: asked.limit + 1])
    has_more, found = len(found) > asked.limit, found[: asked.limit]
    return {"items": found, "next": cursor_of(found[-1]) if has_more else None, "total": total}


def cursor_of(row: Any) -> str:
    return urlsafe_b64encode(f"{row.created_at.isoformat()} {row.pk}".encode()).decode().rstrip("=")


def beyond(cursor: str) -> Q:
    """Rows older than the one a cursor names. Raises Invalid for one that is not ours."""
    if not cursor:
        return Q()
    try:
        at, _space, row_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        moment, last = datetime.fromisoformat(at), UUID(row_id)
    except (ValueError, UnicodeError) as error:
        raise Invalid({"cursor": ["Send the `next` of the page before as you got it."]}) from error
    if moment.tzinfo is None:
        raise Invalid({"cursor": ["Send the `next` of the page before as you got it."]})
    return Q(created_at__lt=moment) | Q(created_at=moment, id__lt=last)
