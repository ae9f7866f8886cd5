"""How many records each view has and what the list comes to: asked for once the page already stands."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenants.kernel import context
from tenants.records.layouts.boards import board_field
from tenants.records.layouts.grouping import Figures, figures_of
from tenants.records.layouts.listing import PLAIN, Listing
from tenants.records.locale import number
from tenants.records.models import SavedView
from tenants.records.registry import RecordType
from tenants.records.views.opening import Opened, opened

MOST_COUNTED = 10_000
COUNT_SECONDS = 20


@require_GET
def figures(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Swapped in beside the names of the tabs, and at the foot of the list."""
    query = request.GET.copy()
    layout = query.pop("layout", ["list"])[0]
    found = opened(record_type, context.actor(), query, layout)
    views = [tab["view"] for tab in found.tabs]
    counts = [("all", _count(found, None)), *((str(view.pk), _count(found, view)) for view in views)]
    values = {"counts": counts, "sum": _sum(found.listing) if layout == "list" and not found.listing.group else ""}
    return render(request, "records/_figures.html", values)


def _count(found: Opened, view: SavedView | None) -> str:
    """How many rows a view has, to ten thousand; one query, remembered for a moment."""
    listing = found.listing
    stamp = f"{view.pk}:{view.updated_at.timestamp()}" if view else PLAIN
    key = f"view-count:{listing.record_type.name}:{listing.actor.user_id}:{stamp}"
    count = cache.get(key)
    if count is None:
        own = Listing(listing.record_type, listing.actor, QueryDict(), view=view)
        count = own.rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
        cache.set(key, count, COUNT_SECONDS)
    return f"{number(MOST_COUNTED)}+" if count > MOST_COUNTED else str(number(count))


def _sum(listing: Listing) -> str:
    """The sum of the amount that the type's board adds up; empty for types without one."""
    board = listing.record_type.board
    if not board or not board.sums:
        return ""
    total = Figures()
    by = board_field(listing.record_type, board.by)
    for part in figures_of(listing.rows, listing.record_type, by, board.sums).values():
        for currency, (amount, weighted) in part.sums.items():
            total.add(0, currency, amount, weighted)
    return total.total_text
