"""Narrowing a list: one condition in a popover, the whole filter in a dialog, a cell's value at a click."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.fields import Relation
from tenants.records.filters import compile_filter, parse_filter, resolve
from tenants.records.layouts.asking import (
    Group,
    Question,
    choosable,
    condition_from,
    condition_of,
    group_of,
    related_choices,
)
from tenants.records.layouts.listing import Listing
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType
from tenants.records.views.opening import layout_url, opened


def goes_to(url: str) -> HttpResponse:
    """The list again, its content swapped in place."""
    where = {"path": url, "target": "#listing", "select": "#listing", "swap": "outerHTML"}
    return HttpResponse(status=200, headers={"HX-Location": json.dumps(where), "HX-Trigger": "dialog:close"})


def _listing(request: HttpRequest, record_type: RecordType) -> Listing:
    layout = request.GET.get("layout", "list")
    query = request.GET.copy()
    for name in ("layout", "at", "field", "op"):
        query.pop(name, None)
    return opened(record_type, context.actor(), query, layout).listing


def _at(request: HttpRequest, listing: Listing) -> int | None:
    text = request.GET.get("at", "")
    return int(text) if text.isascii() and text.isdecimal() and int(text) < len(listing.conditions) else None


def _list_url(listing: Listing, query: str) -> str:
    return layout_url(listing.record_type, listing.layout) + query


@require_http_methods(["GET", "POST"])
def filter_form(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """One condition: first its field, then how and what. `at` edits the chip of that place."""
    listing = _listing(request, record_type)
    at = _at(request, listing)
    if request.method == "POST":
        return _apply(request, listing, at)
    known = listing.conditions[at] if at is not None else {}
    name = request.GET.get("field", str(known.get("field", "")))
    is_same = name == known.get("field")
    question = Question(
        record_type, name, request.GET.get("op", str(known.get("op", "")) if is_same else ""),
        known.get("value") if is_same else None,
    )  # fmt: skip
    return _form(request, listing, question if question.field else None, at)


def _apply(request: HttpRequest, listing: Listing, at: int | None) -> HttpResponse:
    record_type = listing.record_type
    try:
        condition = condition_from(record_type, request.POST)
        compile_filter(condition, record_type, listing.actor)
    except Invalid as error:
        question = Question(record_type, request.POST.get("field", ""), request.POST.get("op", ""),
                            request.POST.getlist("value") + request.POST.getlist("value_to"),
                            next(iter(error.errors.values()))[0])  # fmt: skip
        return _form(request, listing, question if question.field else None, at, status=422)
    return goes_to(_list_url(listing, listing.with_condition(condition, at=at)))


def _form(
    request: HttpRequest, listing: Listing, question: Question | None, at: int | None, *, status: int = 200
) -> HttpResponse:
    values = {
        "type": listing.record_type, "listing": listing, "question": question, "at": at, "layout": listing.layout,
        "sections": list(choosable(listing.record_type)) if question is None else [],
        "state": f"layout={listing.layout}&{listing.own_query}",
    }  # fmt: skip
    return render(request, "records/filter.html", values, status=status)


@require_GET
def inputs(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Operator and value inputs for a field, in the popover and in rows of the builder."""
    require(context.actor(), "view", record_type.name)
    data = request.GET
    value: Any = data.getlist("value") + data.getlist("value_to")
    question = Question(record_type, data.get("field", ""), data.get("op", ""), value if data.get("op") else None)
    part = "row" if data.get("part") == "row" else "inputs"
    return render(request, f"records/_question.html#{part}", {"type": record_type, "question": question,
                                                             "sections": list(choosable(record_type))})  # fmt: skip


@require_GET
def choices(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Rows that a relation's condition may name, as the person types."""
    require(context.actor(), "view", record_type.name)
    field, _prefix = resolve(record_type, request.GET.get("field", ""))
    if not isinstance(field, Relation):
        raise Invalid({"field": [_("This field does not point at records.")]})
    chosen = [one for one in request.GET.getlist("value") if one]
    found = related_choices(field, chosen, request.GET.get("q", "")[:100])
    shape = "many" if request.GET.get("shape") == "many" else "one"
    values = {"choices": found, "chosen": chosen, "shape": shape}
    return render(request, "records/_question.html#choices", values)


@require_http_methods(["GET", "POST"])
def builder(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The whole filter as a tree of groups. The form sends it as JSON in `tree`."""
    listing = _listing(request, record_type)
    if request.method == "GET":
        return _builder(request, listing, group_of(record_type, listing.tree))
    try:
        tree = parse_filter(request.POST.get("tree", ""))
        compile_filter(tree, record_type, listing.actor)
    except Invalid as error:
        drawn = group_of(record_type, _readable(request.POST.get("tree", "")), error.errors)
        return _builder(request, listing, drawn, error)
    return goes_to(_list_url(listing, listing.url(filter=json.dumps(tree) if tree else "")))


def _readable(text: str) -> dict[str, Any]:
    try:
        return parse_filter(text)
    except Invalid:
        return {}


def _builder(request: HttpRequest, listing: Listing, group: Group, error: Invalid | None = None) -> HttpResponse:
    values = {
        "type": listing.record_type, "group": group, "state": f"layout={listing.layout}&{listing.own_query}",
        "sections": list(choosable(listing.record_type)), "wrong": bool(error),
        "error": _("Some conditions need another look.") if error else "",
    }  # fmt: skip
    return render(request, "records/filter_builder.html", values, status=422 if error else 200)


@require_POST
def by_cell(request: HttpRequest, record_type: RecordType, record_id: UUID, name: str) -> HttpResponse:
    """Filter by the value a cell shows, or keep it out (`not=1`)."""
    listing = _listing(request, record_type)
    found = record_for(listing.actor, record_type, record_id)
    condition = condition_of(record_type, record_type.field(name), found, is_not=bool(request.POST.get("not")))
    return goes_to(_list_url(listing, listing.with_condition(condition)))
