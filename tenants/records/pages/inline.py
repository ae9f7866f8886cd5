"""One field changed where it stands: in a list, or among the properties of a record."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid, NotFound
from tenants.records import actions
from tenants.records.cells import cell, title_cell
from tenants.records.editing.forms import RecordForm
from tenants.records.editing.stale import print_of, sort_out
from tenants.records.fields import Field
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType


@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, record_type: RecordType, record_id: UUID, name: str) -> HttpResponse:
    """GET: the field's own input; with `shown`, the value as it stands. POST: the value as it now is.

    422 brings the input back with what is wrong; 409 when somebody changed this very field
    meanwhile, with both values. `in` tells where it stands: "list" draws a bare cell.
    """
    actor = context.actor()
    known = record_type.fields.get(name)
    if known is None:
        raise NotFound
    found = record_for(actor, record_type, record_id)
    if "shown" in request.GET:
        return _shown(request, record_type, known, found)
    require(actor, "edit", record_type.name)
    if name not in record_type.writable:
        raise NotFound
    if request.method == "GET":
        return _input(request, record_type, known, found)
    return _save(request, record_type, known, found)


def _save(request: HttpRequest, record_type: RecordType, known: Field, found: Any) -> HttpResponse:
    form = _form(record_type, known, found, request.POST)
    was = {known.name: request.POST["was"]} if "was" in request.POST else {}
    mine, clashes = sort_out(found, form.values, was)
    if clashes:
        return _input(request, record_type, known, found, form=form, clash=clashes[known.name], status=409)
    try:
        actions.update_record(record=found, values=mine, by=context.actor(), version=found.version)
    except Conflict:  # somebody wrote between our reading and our writing: look again
        return _save(request, record_type, known, record_for(context.actor(), record_type, found.pk))
    except Invalid as error:
        form.refuse(error)
        errors = [message for name, found in error.errors.items() if name != known.name for message in found]
        return _input(request, record_type, known, found, form=form, errors=errors, status=422)
    now = record_for(context.actor(), record_type, found.pk)
    response = _shown(request, record_type, known, now)
    told = {"type": record_type.name, "id": str(now.pk), "version": now.version, "field": known.name}
    response["HX-Trigger"] = json.dumps({"record:changed": told})
    return response


def _form(record_type: RecordType, known: Field, found: Any, data: Any = None) -> RecordForm:
    return RecordForm(record_type, data, record=found, names=(known.name,), auto_id=f"in-{found.pk}-%s")


def _input(
    request: HttpRequest, record_type: RecordType, known: Field, found: Any, *, form: RecordForm | None = None,
    status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    form = form or _form(record_type, known, found)
    values = {
        "type": record_type, "record": found, "known": known, "place": _place(request), "bound": form[known.name],
        "was": print_of(known, known.value(found)),
    }  # fmt: skip
    return render(request, "records/_cell.html#input", values | more, status=status)


def _shown(request: HttpRequest, record_type: RecordType, known: Field, found: Any) -> HttpResponse:
    is_title = _place(request) == "list" and known.name == record_type.title
    shown = title_cell(record_type, found, record_type.subtitle_of(found)) if is_title else cell(known, found)
    values = {
        "type": record_type, "record": found, "known": known, "place": _place(request), "shown": shown,
        "is_writable": known.name in record_type.writable and context.actor().may("edit", record_type.name),
        "may": {"reveal": context.actor().may("reveal", record_type.name)},
    }  # fmt: skip
    return render(request, "records/_cell.html", values)


def _place(request: HttpRequest) -> str:
    return "list" if request.GET.get("in") == "list" else ""
