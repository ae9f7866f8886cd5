"""The pages of every record type: list, board, record, forms. Thin; actions do the work."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.kernel.modules import modules
from tenants.kernel.web import dialog_done, toast, wants_part
from tenants.records import actions
from tenants.records.boards import Column, board_of, path_of
from tenants.records.cells import cell, title_cell
from tenants.records.fields import Field, Relation, Select
from tenants.records.filters import compile_filter
from tenants.records.forms import RecordForm
from tenants.records.listing import WORDS, Listing
from tenants.records.locale import company_currency, money
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType
from tenants.records.timeline import by_day, timeline_of


@require_GET
def rows(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The list; htmx asks for the rows alone."""
    listing = Listing(record_type, context.actor(), request.GET)
    drawn = [(row, _cells(record_type, row)) for row in listing.page.items]
    template = "records/list.html#rows" if wants_part(request, of="rows") else "records/list.html"
    return render(request, template, {"type": record_type, "listing": listing, "rows": drawn, "layout": "list"})


def _cells(record_type: RecordType, row: Any) -> list[tuple[Field, Any]]:
    drawn = [(field, cell(field, row)) for name in record_type.columns if (field := record_type.fields[name])]
    title = record_type.fields[record_type.title]
    second = record_type.subtitle_of(row)
    return [(field, title_cell(record_type, row, second) if field is title else found) for field, found in drawn]


@require_GET
def board(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    if not record_type.board:
        raise NotFound
    listing = Listing(record_type, context.actor(), request.GET)
    columns, groups, group = board_of(listing, record_type.board, chosen=request.GET.get("of", ""))
    return render(
        request,
        "records/board.html",
        {
            "type": record_type,
            "listing": listing,
            "columns": columns,
            "groups": groups,
            "group": group,
            "layout": "board",
            "figures": _figures(columns) if record_type.board.sums else "",
        },
    )


def _figures(columns: list[Column]) -> str:
    total = money(sum((column.total for column in columns), Decimal()), company_currency())
    weighted = money(sum((column.weighted for column in columns), Decimal()), company_currency())
    return _("Total %(total)s · weighted %(weighted)s") % {"total": total, "weighted": weighted}


@require_GET
def record(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    return render(
        request,
        "records/record.html",
        {
            "type": record_type,
            "record": found,
            "subtitle": record_type.subtitle_of(found),
            "face": str(found) if record_type.has_face else record_type.subtitle_of(found) or str(found),
            "path": _path(record_type, found),
            "properties": [
                (record_type.fields[name], cell(record_type.fields[name], found)) for name in _shown(record_type)
            ],
            "entries": by_day(timeline_of(found)),
            "quick_actions": sorted((a for m in modules() for a in m.quick_actions(found)), key=lambda a: a.order),
            "panels": sorted((p for m in modules() for p in m.panels(found)), key=lambda p: p.order),
        },
    )


def _path(record_type: RecordType, found: Any) -> list[dict[str, Any]]:
    """The columns of the record's board as steps, each a button that moves it there."""
    if not record_type.board:
        return []
    steps = path_of(record_type.board, record_type, found)
    now = next((i for i, (value, _label, _kind) in enumerate(steps) if value == found_value(record_type, found)), -1)
    return [
        {"value": value, "label": label, "is_now": i == now, "css": _step_css(i, now, kind)}
        for i, (value, label, kind) in enumerate(steps)
    ]


def found_value(record_type: RecordType, found: Any) -> str:
    assert record_type.board
    return str(record_type.fields[record_type.board.by].to_api(found))


def _step_css(index: int, now: int, kind: str) -> str:
    if index == now:
        return {"won": "is-won", "lost": "is-lost"}.get(kind, "is-now")
    return "is-done" if index < now else ""


def _shown(record_type: RecordType) -> list[str]:
    return [
        name
        for name in dict.fromkeys([*record_type.form, "owner", *record_type.extra])
        if name != record_type.title and name in record_type.fields
    ]


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    actor = context.actor()
    require(actor, "create", record_type.name)
    start = record_type.initial(actor) | {k: v for k, v in request.GET.items() if k in record_type.writable}
    form = RecordForm(record_type, request.POST or None, initial=start)
    if request.method == "POST":
        try:
            made = actions.create_record(record_type=record_type, values=start_hidden(form, start), by=actor)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": made})
            board_url = reverse("records:board", args=[record_type]) if "back" in request.GET else ""
            return _done(request, board_url or record_type.url_of(made))
    return _form(request, record_type, form, _("New %(type)s") % {"type": record_type.singular})


def start_hidden(form: RecordForm, start: dict[str, Any]) -> dict[str, Any]:
    """What was sent; what the form does not ask starts as the type says."""
    return {name: value for name, value in start.items() if name not in form.names} | form.values


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    actor = context.actor()
    require(actor, "edit", record_type.name)
    found = record_for(actor, record_type, record_id)
    form = RecordForm(record_type, request.POST or None, record=found)
    if request.method == "POST":
        try:
            actions.update_record(record=found, values=form.values, by=actor)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return _done(request, record_type.url_of(found))
    return _form(request, record_type, form, _("Edit %(name)s") % {"name": found})


def _form(request: HttpRequest, record_type: RecordType, form: RecordForm, title: str) -> HttpResponse:
    """In a dialog for htmx, as a page of its own otherwise; 422 when something was refused."""
    template = "records/form.html#dialog" if wants_part(request) else "records/form.html"
    status = 422 if form.errors else 200
    return render(
        request,
        template,
        {"type": record_type, "form": form, "title": title, "action_url": request.get_full_path()},
        status=status,
    )


def _done(request: HttpRequest, url: str) -> HttpResponse:
    return dialog_done(url) if wants_part(request) else HttpResponseRedirect(url)


@require_POST
def move(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """A card dropped in another column: 204 and a toast with undo, or a problem that sends it back.

    `column` is the new value of the board's field; a place within a column is not kept.
    """
    if not record_type.board:
        raise NotFound
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    field = record_type.fields[record_type.board.by]
    before = field.to_api(found)
    wanted = request.POST.get("column") or request.GET.get("column", "")
    moved = actions.update_record(record=found, values={field.name: wanted}, by=actor)
    if field.to_api(moved) == before:
        return HttpResponse(status=204)
    text = _("%(name)s is now in %(column)s.") % {"name": moved, "column": _label(field, moved)}
    undo_url = "" if "column" in request.GET else f"{request.path}?{urlencode({'column': before})}"
    response = toast(HttpResponse(status=204), text, undo_url=undo_url)
    if not undo_url:
        response["HX-Refresh"] = "true"
    return response


def _label(field: Field, row: Any) -> str:
    value = field.value(row)
    return field.text(value) if isinstance(field, Select) else str(value)


@require_GET
def timeline(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    found = record_for(context.actor(), record_type, record_id)
    return _timeline(request, record_type, found)


def _timeline(request: HttpRequest, record_type: RecordType, found: Any, **more: Any) -> HttpResponse:
    values = {"type": record_type, "record": found, "entries": by_day(timeline_of(found))}
    return render(request, "records/record.html#story", values | more, status=422 if more else 200)


@require_POST
def add_note(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    body = request.POST.get("body", "")
    try:
        actions.add_note(record=found, body=body, by=actor)
    except Invalid as error:
        return _timeline(request, record_type, found, note_error=error.errors["body"][0], note_body=body)
    return _timeline(request, record_type, found) if wants_part(request) else redirect(record_type.url_of(found))


@require_POST
def delete(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    actions.delete_record(record=found, by=actor)
    undo = reverse("records:restore", args=[record_type, record_id])
    messages.success(request, _("%(name)s is in the bin.") % {"name": found}, extra_tags=undo)
    return _done(request, record_type.list_url)


@require_POST
def restore(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = actions.bin_record_for(actor, record_type, record_id)
    actions.restore_record(record=found, by=actor)
    messages.success(request, _("%(name)s is back.") % {"name": found})
    return _done(request, record_type.url_of(found))


@require_http_methods(["GET", "POST"])
def filter_form(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Choose a field, then how and what; a refused value comes back with its reason."""
    asked = request.POST if request.method == "POST" else request.GET
    error = ""
    if request.method == "POST":
        try:
            return dialog_done(_filtered(request, record_type))
        except Invalid as refusal:
            error = str(refusal.detail).partition(": ")[2]
    field = record_type.fields.get(asked.get("field", ""))
    values = {
        "type": record_type,
        "field": field,
        "operators": [(name, WORDS[name]) for name in field.operators if name in WORDS] if field else [],
        "chosen_op": asked.get("op", ""),
        "value": asked.get("value", ""),
        "options": _options(field),
        "query": _without_field(request),
        "error": error,
    }
    return render(request, "records/filter.html", values, status=422 if error else 200)


def _without_field(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("field", None)
    return query.urlencode()


def _filtered(request: HttpRequest, record_type: RecordType) -> str:
    """The URL of the list with the new condition. Raises Invalid when it makes no sense."""
    actor = context.actor()
    field = record_type.field(request.POST.get("field", ""))
    condition: dict[str, Any] = {"field": field.name, "op": request.POST.get("op", "is")}
    if condition["op"] not in ("empty", "not_empty", "me"):
        condition["value"] = request.POST.get("value", "")
    compile_filter({"all": [condition]}, record_type, actor)
    name = "records:board" if request.GET.get("layout") == "board" else "records:list"
    return reverse(name, args=[record_type]) + Listing(record_type, actor, request.GET).with_condition(condition)


def _options(field: Field | None) -> list[tuple[str, str]]:
    if isinstance(field, Select):
        return field.choices
    return [(str(row.pk), str(row)) for row in field.options()] if isinstance(field, Relation) else []
