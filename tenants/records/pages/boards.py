"""The board of a type, more of its cards, and moving them."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import toast
from tenants.records import actions
from tenants.records.editing.forms import RecordForm
from tenants.records.fields import Field, Relation
from tenants.records.layouts.boards import (
    BoardView,
    board_field,
    board_fields,
    board_of,
    column_figures,
    column_page,
    dress,
    targets_of,
)
from tenants.records.layouts.grouping import Slot, empty_slot, key_of, slots_of
from tenants.records.pages.lists import bar_values, framed
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType
from tenants.records.views.opening import opened


@require_GET
def board(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    found = opened(record_type, context.actor(), request.GET, "board")
    if found.lead_url:
        return HttpResponseRedirect(found.lead_url)
    listing = found.listing
    shown = board_of(listing, chosen=listing.of)
    values = bar_values(found) | {
        "board": shown, "columns": shown.columns, "groups": shown.groups, "group": shown.group,
        "board_fields": board_fields(record_type), "figures": _figures(shown) if shown.sums else "",
        "targets": targets_of(shown, record_type, listing.actor), "is_compact": listing.density == "compact",
    }  # fmt: skip
    dress(listing, shown.field, [card for column in shown.columns for card in column.cards])
    return framed(request, "records/board.html", values)


def _figures(shown: BoardView) -> str:
    total = shown.total
    return _("Total %(total)s · weighted %(weighted)s") % {
        "total": total.total_text, "weighted": total.weighted_text or total.total_text,
    }  # fmt: skip


@require_GET
def more_cards(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The next cards of one column: `column` names it, `after` is the last card that stands."""
    listing = opened(record_type, context.actor(), request.GET, "board").listing
    by = board_field(record_type, listing.by)
    value, after = request.GET.get("column", ""), request.GET.get("after", "")
    page = column_page(listing, by, value, after=_id(after))
    dress(listing, by, list(page.items))
    shown = int(request.GET["shown"]) if request.GET.get("shown", "").isdecimal() else 0
    all_count = int(request.GET["all"]) if request.GET.get("all", "").isdecimal() else 0
    values = {
        "type": record_type, "listing": listing, "cards": page.items, "value": value, "has_more": bool(page.next),
        "shown": shown + len(page.items), "all": all_count,
        "may": {"edit": listing.actor.may("edit", record_type.name)},
    }  # fmt: skip
    return render(request, "records/_more_cards.html", values)


def _id(text: str) -> str:
    try:
        return str(UUID(text)) if text else ""
    except ValueError as error:
        raise Invalid({"after": ["Give the id of a card."]}) from error


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """A card dropped in another column: figures of both columns and a toast with undo.

    `column` is the new value of the board's field, `by` its name; a place within a column is
    not kept. What the move lacks is asked for in a dialog (422), where the card waits. GET asks
    where to: the columns of every group.
    """
    actor = context.actor()
    require(actor, "edit", record_type.name)
    found = record_for(actor, record_type, record_id)
    by = board_field(record_type, request.POST.get("by") or request.GET.get("by", ""))
    if request.method == "GET":
        return _ask_where(request, record_type, found, by)
    before = key_of(by.to_api(found))
    column = request.POST.get("column", request.GET.get("column", ""))
    more = _carried(record_type, request.POST, found, by)
    try:
        moved = actions.update_record(record=found, values={**more, by.name: column}, by=actor)
    except Invalid as error:
        return _ask_more(request, record_type, found, by, column, error)
    if key_of(by.to_api(moved)) == before and not more:
        return HttpResponse(status=204)
    return _moved(request, record_type, moved, by, before)


def _moved(request: HttpRequest, record_type: RecordType, moved: Any, by: Field, before: str) -> HttpResponse:
    text = _("%(name)s is now in %(column)s.") % {"name": moved, "column": _label(by, moved)}
    is_undo = "column" in request.GET and "query" not in request.POST
    undo_url = "" if is_undo else f"{request.path}?{urlencode({'by': by.name, 'column': before})}"
    columns = [before, key_of(by.to_api(moved))]
    body = _heads(request, record_type, by, columns) if "query" in request.POST else ""
    response = toast(HttpResponse(body, status=200 if body else 204), text, undo_url=undo_url)
    told = json.loads(response["HX-Trigger"])
    if is_undo:
        told["listing:refresh"] = True
    if request.POST.get("asked"):
        told |= {"card:settled": True, "dialog:close": True}
    if request.POST.get("asked") == "-":
        told["listing:refresh"] = True
    response["HX-Trigger"] = json.dumps(told)
    if "query" not in request.POST and not is_undo:
        response["HX-Refresh"] = "true"  # from the path of a record page
    return response


def _heads(request: HttpRequest, record_type: RecordType, by: Field, values: list[str]) -> str:
    """The heads of the columns that a move changed, to be swapped in beside the answer."""
    query = QueryDict(request.POST.get("query", ""))
    listing = opened(record_type, context.actor(), query, "board").listing
    figures = column_figures(listing, by, values)
    has_sums = bool(record_type.board and record_type.board.sums)
    parts = [{"key": one or "none", "figures": figures[one], "has_sums": has_sums} for one in dict.fromkeys(values)]
    return "".join(render_to_string("records/_column_figures.html", part) for part in parts)


def _carried(record_type: RecordType, data: QueryDict, found: Any, by: Field) -> dict[str, Any]:
    """The fields that the dialog asked for and now carries."""
    asked = [name for name in data.get("asked", "").split(",") if name in record_type.writable and name != by.name]
    return RecordForm(record_type, data, record=found, names=tuple(asked)).values if asked else {}


def _ask_more(
    request: HttpRequest, record_type: RecordType, found: Any, by: Field, column: str, error: Invalid
) -> HttpResponse:
    """The fields a move lacks, in a small dialog. What no field can mend goes up as it is."""
    names = tuple(name for name in error.errors if name in record_type.writable and name != by.name)
    if not names:
        return toast(HttpResponse(status=422), str(error.detail), tone="bad")
    form = RecordForm(record_type, request.POST if request.POST.get("asked") else None, record=found, names=names)
    if request.POST.get("asked"):
        form.refuse(error)
    values = {
        "type": record_type, "record": found, "form": form, "by": by, "column": column, "names": ",".join(names),
        "label": next((slot.label for slot in _all_slots(by) if slot.value == column), ""),
        "query": request.POST.get("query", ""), "why": [m for one in error.errors.values() for m in one],
    }  # fmt: skip
    response = render(request, "records/_move_form.html", values, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def _ask_where(request: HttpRequest, record_type: RecordType, found: Any, by: Field) -> HttpResponse:
    groups: dict[str, list[Slot]] = {}
    of = record_type.board.of if record_type.board and record_type.board.by == by.name else ""
    for slot in _all_slots(by):
        name = str(getattr(slot.row, of)) if of and slot.row is not None else ""
        groups.setdefault(name, []).append(slot)
    values = {
        "type": record_type, "record": found, "by": by, "groups": groups.items(), "now": key_of(by.to_api(found)),
        "query": request.GET.get("query", ""),
    }  # fmt: skip
    return render(request, "records/_move_where.html", values)


def _all_slots(by: Field) -> list[Slot]:
    of = isinstance(by, Relation) and hasattr(by.target, "position")
    return slots_of(by) if not of else [Slot(str(row.pk), str(row), row) for row in _ordered(by)]


def _ordered(by: Any) -> Any:
    names = [
        field.name
        for field in by.target._meta.fields
        if field.is_relation and field.name not in ("owner", "created_by")
    ]
    return by.options().select_related(*names).order_by(*names[:1], "position")


def _label(by: Field, row: Any) -> str:
    value = key_of(by.to_api(row))
    if isinstance(by, Relation):
        return str(by.value(row) or empty_slot(by).label)
    return next((slot.label for slot in slots_of(by) if slot.value == value), empty_slot(by).label)
