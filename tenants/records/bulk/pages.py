"""The dialog of a bulk action: how many rows exactly, what it needs, what became of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import wants_part
from tenants.records.bulk.actions import start_bulk, title
from tenants.records.bulk.protocol import BulkAction
from tenants.records.bulk.selection import Selection, selection_of
from tenants.records.bulk.verbs import Edit, action_named, editable
from tenants.records.editing.forms import RecordForm
from tenants.records.jobs.pages import started
from tenants.records.jobs.queries import lines_of
from tenants.records.jobs.words import done_text, figures, tone
from tenants.records.models import Job
from tenants.records.queries import require
from tenants.records.registry import RecordType

SHOWN_LINES = 50


@require_http_methods(["GET", "POST"])
def dialog(request: HttpRequest, record_type: RecordType, name: str) -> HttpResponse:
    """Ask, check, start. `add` in what is sent means: another field, please; `drop`: not this one."""
    actor = context.actor()
    action = action_named(record_type, name)
    require(actor, action.verb, record_type.name)
    selection = selection_of(record_type, actor, request.GET, from_bin=action.from_bin)
    if request.method != "POST" or request.POST.get("add") or request.POST.get("drop"):
        return _ask(request, record_type, action, selection, action.form(record_type, _asked(request)))
    form = action.form(record_type, request.POST)
    try:
        values = _values(form)
        job = start_bulk(record_type=record_type, action=action, selection=selection, values=values, by=actor)
    except Invalid as error:
        return _ask(request, record_type, action, selection, form, error)
    return _told(request, job) if job.is_over else started(job)


def _asked(request: HttpRequest) -> QueryDict | None:
    """Fields and values of the dialog so far, with the field that was just added and without the one dropped."""
    if request.method != "POST":
        return None
    asked = request.POST.copy()
    names = [*asked.getlist("field"), *asked.getlist("add")]
    asked.setlist("field", [name for name in names if name and name != asked.get("drop")])
    return asked


def _values(form: Any) -> dict[str, Any]:
    if form is None:
        return {}
    return form.values if isinstance(form, RecordForm) else form.data.dict()


def _ask(
    request: HttpRequest, record_type: RecordType, action: BulkAction, selection: Selection, form: Any,
    error: Invalid | None = None,
) -> HttpResponse:  # fmt: skip
    count = selection.rows(context.actor(), record_type).order_by().count()
    general: list[str] = []
    if error:
        general = _refuse(form, error)
    is_edit = isinstance(action, Edit)
    names = form.names if is_edit and form else ()
    values = {
        "type": record_type, "action": action, "form": form, "count": count, "errors": general, "names": names,
        "title": title(record_type, action, count), "action_url": request.get_full_path(),
        "more": [(name, label) for name, label in editable(record_type) if name not in names] if is_edit else [],
        "list_url": record_type.list_url,
    }  # fmt: skip
    template = "bulk/dialog.html#dialog" if wants_part(request) else "bulk/dialog.html"
    return render(request, template, values, status=422 if error else 200)


def _refuse(form: Any, error: Invalid) -> list[str]:
    """Messages at their fields; those of no field are given back."""
    if isinstance(form, RecordForm):
        form.refuse(error)
    elif form is not None:
        form.is_valid()
    known = set(form.fields) if form is not None else set()
    return [message for name, found in error.errors.items() if name not in known for message in found]


def _told(request: HttpRequest, job: Job) -> HttpResponse:
    """All went well: the list again with a toast. Something did not: a dialog says what."""
    lines = list(lines_of(job)[:SHOWN_LINES])
    if not lines and job.state == "done":
        undo = reverse("records:job-undo", args=[job.pk])
        messages.success(request, done_text(job), extra_tags=undo)
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    values = {"job": job, "lines": lines, "figures": figures(job), "tone": tone(job), "text": done_text(job)}
    return render(request, "bulk/result.html", values)
