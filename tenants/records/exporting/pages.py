"""Asking for an export of a list, watching it, fetching the file; the history."""

import json
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.web import wants_part
from tenants.records.exporting import actions, queries
from tenants.records.exporting.rows import rows_for
from tenants.records.exporting.writers import ENDINGS
from tenants.records.filters import parse_filter
from tenants.records.jobs.queries import page_of_jobs
from tenants.records.jobs.words import tone
from tenants.records.models import Job
from tenants.records.queries import require
from tenants.records.registry import RecordType, record_types, type_named
from tenants.records.views.queries import view_for

ROWS = 30
NOTES = {
    "csv": _("For spreadsheets and other systems"), "xlsx": _("For Excel, with numbers and dates as such"),
    "json": _("For programs; keeps everything"), "pdf": _("For paper, at most 2,000 rows"),
}  # fmt: skip


def _person() -> Actor:
    actor = context.actor()
    if actor.kind == "visitor" or not queries.exportable(actor):
        raise Denied(_("Your role may not export records."))
    return actor


@require_GET
def history(request: HttpRequest) -> HttpResponse:
    rows, following = page_of_jobs(queries.exports_for(_person()), after=request.GET.get("after", ""), limit=ROWS)
    return render(request, "exporting/list.html", {"rows": [(job, tone(job)) for job in rows], "next": following})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A form for a list as its URL describes it; a short one comes at once, a long one when it is ready."""
    actor, errors = _person(), dict[str, list[str]]()
    given = request.POST if request.method == "POST" else request.GET
    if given.get("type", "all") == "all":
        return _whole(request, actor)
    record_type = type_named(given["type"])
    require(actor, "export", record_type.name)
    asked = asked_in(record_type, given, actor)
    if request.method == "POST":
        try:
            file_format = given.get("format", "csv")
            job = actions.export_list(record_type=record_type, file_format=file_format, asked=asked, by=actor)
            return _begun(job)
        except Invalid as error:
            errors = error.errors
    return _form(request, record_type, asked, errors, actor)


def asked_in(record_type: RecordType, given: QueryDict, actor: Actor) -> dict[str, Any]:
    """What a list's URL says, on top of the saved view it names."""
    view_id = given.get("view", "")
    view = view_for(actor, UUID(view_id), record_type) if len(view_id) == 36 else None
    names = given.getlist("column") or [name for name in given.get("columns", "").split(",") if name]
    ids = [one for one in given.getlist("ids") or given.get("pick", "").split(",") if one]
    return {
        "filter": parse_filter(str(given["filter"])) if given.get("filter") else (view.filter if view else {}),
        "q": given.get("q", "")[:200], "sort": given.get("sort") or (view.sort if view else "") or record_type.sort,
        "columns": names or (view.columns if view else []), "ids": [str(one) for one in map(_uuid, ids)],
    }  # fmt: skip


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid({"ids": [str(_("These are no ids of records."))]}) from error


def _begun(job: Job) -> HttpResponse:
    """To the page of the export: it offers the file, at once or when it is there."""
    return HttpResponseRedirect(reverse("records:export", args=[job.pk]))


def _form(
    request: HttpRequest, record_type: RecordType, asked: dict[str, Any], errors: dict[str, list[str]], actor: Actor
) -> HttpResponse:
    known = record_type.open_fields
    chosen = [name for name in asked["columns"] if name in known]
    fields = sorted(known.values(), key=lambda one: chosen.index(one.name) if one.name in chosen else 999)
    values = {
        "type": record_type, "errors": errors, "total": rows_for(record_type, asked, actor).order_by().count(),
        "asked": asked | {"filter_json": json.dumps(asked["filter"]) if asked["filter"] else ""},
        "fields": [(one, one.name in chosen or not chosen) for one in fields], "formats": NOTES.items(),
        "chosen": request.POST.get("format", "csv"), "query": request.GET.urlencode() or request.POST.get("query", ""),
    }  # fmt: skip
    return render(request, "exporting/new.html", values, status=422 if errors else 200)


def _whole(request: HttpRequest, actor: Actor) -> HttpResponse:
    types, errors = queries.exportable(actor), dict[str, list[str]]()
    if request.method == "POST":
        wanted = request.POST.getlist("types")
        chosen = [one for one in record_types() if one.name in wanted]
        try:
            return _begun(actions.export_whole(types=chosen, file_format=request.POST.get("format", "json"), by=actor))
        except Invalid as error:
            errors = error.errors
    return render(request, "exporting/whole.html", {"types": types, "errors": errors}, status=422 if errors else 200)


@require_GET
def show(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = queries.export_for(_person(), job_id)
    part = "exporting/export.html#work" if wants_part(request, of="export") else "exporting/export.html"
    return render(request, part, {"job": job, "tone": tone(job)})


@require_GET
def file(request: HttpRequest, job_id: UUID) -> FileResponse:
    """The file itself, for its owner alone."""
    return download(queries.export_for(_person(), job_id))


def download(job: Job) -> FileResponse:
    name = job.params["name"]
    kind = ENDINGS.get(name.rpartition(".")[2], "application/octet-stream")
    return FileResponse(queries.file_of(job), as_attachment=True, filename=name, content_type=kind)
