"""Making and changing a record."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.web import wants_part
from tenants.records import actions
from tenants.records.duplicates.doors import warnings
from tenants.records.editing.forms import RecordForm
from tenants.records.editing.stale import sort_out
from tenants.records.pages.answers import done
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    actor = context.actor()
    require(actor, "create", record_type.name)
    start = record_type.initial(actor) | {k: v for k, v in request.GET.items() if k in record_type.writable}
    form = RecordForm(record_type, request.POST or None, initial=start)
    form.matches = warnings(request, record_type, start_hidden(form, start), actor) if form.is_bound else []
    if request.method == "POST" and not form.matches:
        try:
            made = actions.create_record(record_type=record_type, values=start_hidden(form, start), by=actor)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": made})
            board_url = reverse("records:board", args=[record_type]) if "back" in request.GET else ""
            return done(request, board_url or record_type.url_of(made))
    return _form(request, record_type, form, _("New %(type)s") % {"type": record_type.singular})


def start_hidden(form: RecordForm, start: dict[str, Any]) -> dict[str, Any]:
    """What was sent; what the form does not ask starts as the type says."""
    return {name: value for name, value in start.items() if name not in form.names} | form.values


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """Only what the person changed is written; where somebody else changed the same meanwhile, both are shown."""
    actor = context.actor()
    require(actor, "edit", record_type.name)
    found = record_for(actor, record_type, record_id)
    form = RecordForm(record_type, request.POST or None, record=found)
    if request.method == "POST" and _is_saved(form, found):
        messages.success(request, _("Saved."))
        return done(request, record_type.url_of(found))
    return _form(request, record_type, form, _("Edit %(name)s") % {"name": found})


def _is_saved(form: RecordForm, found: Any) -> bool:
    """Write the changes of a form; on refusal the form says why."""
    mine, form.clashes = sort_out(found, form.values, form.was_sent)
    if form.clashes:
        return False
    try:
        actions.update_record(record=found, values=mine, by=context.actor(), version=found.version)
    except Invalid as error:
        form.refuse(error)
        return False
    except Conflict:  # between our reading and our writing
        return _is_saved(form, record_for(context.actor(), form.record_type, found.pk))
    return True


def _form(request: HttpRequest, record_type: RecordType, form: RecordForm, title: str) -> HttpResponse:
    """In a dialog for htmx, as a page of its own otherwise; 422 when refused, 409 when somebody was quicker."""
    template = "records/form.html#dialog" if wants_part(request) else "records/form.html"
    status = 409 if form.clashes or form.matches else 422 if form.errors else 200
    return render(
        request,
        template,
        {"type": record_type, "form": form, "title": title, "action_url": request.get_full_path()},
        status=status,
    )
