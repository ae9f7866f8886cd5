"""Rows to choose from while somebody types into a picker, and a new one made on the way."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.records import actions
from tenants.records.fields import Relation
from tenants.records.queries import options_for, require
from tenants.records.registry import RecordType, type_of
from tenants.records.search.query import matching

MOST_OPTIONS = 20


@require_http_methods(["GET", "POST"])
def records(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """GET `q`: records of a type. POST `name`: a new one by its name alone; its id and name, or why not."""
    if request.method == "POST":
        return _create(request, record_type)
    return _options(request, options_for(record_type.model), record_type)


@require_GET
def of_field(request: HttpRequest, record_type: RecordType, name: str) -> HttpResponse:
    """What a relation field may point at: records, users, teams."""
    require(context.actor(), "view", record_type.name)
    field = record_type.field(name)
    if not isinstance(field, Relation):
        raise NotFound("This field points at nothing.")
    return _options(request, field.options(), type_of(field.target))


def _options(request: HttpRequest, rows: Any, target: RecordType | None) -> HttpResponse:
    text = request.GET.get("q", "")[:200].replace("\x00", "").strip()
    if text and target:
        rows = rows.filter(matching(context.actor(), target, text))
    elif text:
        rows = rows.filter(name__icontains=text)
    found = list(rows[: MOST_OPTIONS + 1])
    shown = [(row, target.subtitle_of(row) if target else getattr(row, "email", "")) for row in found[:MOST_OPTIONS]]
    values = {"options": shown, "target": target, "has_more": len(found) > MOST_OPTIONS, "text": text}
    return render(request, "records/_options.html", values)


def _create(request: HttpRequest, record_type: RecordType) -> JsonResponse:
    actor = context.actor()
    name = request.POST.get("name", "")[:200].strip()
    try:
        values = record_type.initial(actor) | record_type.named(name)
        made = actions.create_record(record_type=record_type, values=values, by=actor)
    except Invalid as refusal:
        return JsonResponse({"error": _reason(record_type, refusal)}, status=422)
    return JsonResponse({"id": str(made.pk), "name": str(made)}, status=201)


def _reason(record_type: RecordType, refusal: Invalid) -> str:
    """The refusal with the fields as people know them."""
    fields = record_type.fields
    return "; ".join(
        f"{fields[name].label}: {words[0]}" if name in fields else words[0] for name, words in refusal.errors.items()
    )
