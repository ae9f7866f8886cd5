"""The import wizard: upload, columns, details, look ahead, import; and the history."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.kernel.web import wants_part
from tenants.records.importing import actions, queries
from tenants.records.importing.error_file import error_file
from tenants.records.importing.formats.encodings import CHOICES as ENCODINGS
from tenants.records.importing.formats.tables import DELIMITERS
from tenants.records.importing.forms import (
    NEW_KINDS,
    date_choices,
    detailed_plan,
    key_choices,
    mapped_plan,
    shown,
)
from tenants.records.importing.limits import most_bytes
from tenants.records.importing.plan import Plan
from tenants.records.jobs import actions as jobs
from tenants.records.jobs.queries import lines_of, page_of_jobs, page_of_lines
from tenants.records.jobs.words import figures, tone
from tenants.records.models import Job

LINES = 50
ROWS = 30
ACCEPT = ".csv,.tsv,.txt,.xlsx,.vcf,.json,.xml,.zip"


def _person() -> Actor:
    actor = context.actor()
    if actor.kind == "visitor" or not queries.importable(actor):
        raise Denied(_("Your role may not import records."))
    return actor


def _steps() -> list[str]:
    return [_("Upload"), _("Columns"), _("Details"), _("Look ahead"), _("Import")]


@require_GET
def history(request: HttpRequest) -> HttpResponse:
    actor = _person()
    rows, following = page_of_jobs(queries.imports_for(actor), after=request.GET.get("after", ""), limit=ROWS)
    values = {"rows": [(job, figures(job), tone(job)) for job in rows], "next": following}
    return render(request, "importing/list.html", values)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What is to be imported, and from where."""
    actor, errors = _person(), dict[str, list[str]]()
    type_name = request.POST.get("type", "") or request.GET.get("type", "")
    if request.method == "POST":
        try:
            return _to("import-columns", _uploaded(request, "" if type_name == "all" else type_name, actor))
        except Invalid as error:
            errors = error.errors
    values = {
        "types": queries.importable(actor), "type_name": type_name or "contacts", "errors": errors, "steps": _steps(),
        "url": request.POST.get("url", ""), "most": most_bytes() // 1024**2, "accept": ACCEPT,
        "may_all": actor.may("edit", "settings"),
    }  # fmt: skip
    return render(request, "importing/new.html", values, status=422 if errors else 200)


def _uploaded(request: HttpRequest, type_name: str, actor: Actor) -> Job:
    sent = request.FILES.get("file")
    if sent:
        return actions.upload(
            file=sent.file,
            name=sent.name or "",
            type_name=type_name,
            by=actor,
            size=sent.size or 0,
        )
    if url := request.POST.get("url", "").strip():
        return actions.upload_sheet(url=url, type_name=type_name, by=actor)
    raise Invalid({"file": [_("Choose a file, or give the link of a published Google Sheet.")]})


def _to(name: str, job: Job) -> HttpResponseRedirect:
    if name == "import-columns" and job.params.get("is_whole"):
        name = "import-preview"
    return HttpResponseRedirect(reverse(f"records:{name}", args=[job.pk]))


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Which column is which field. Choosing shows at once what the first rows say to it."""
    actor = _person()
    draft = queries.draft_for(actor, job_id)
    if draft.params.get("is_whole"):
        return _to("import-preview", draft)
    errors: Mapping[str, list[str]] = {}
    plan, rows = Plan.loaded(draft.params["plans"][0]), queries.head_of(draft)
    if request.method == "POST":
        is_check = wants_part(request, of="map")
        try:
            with transaction.atomic():  # new fields are made with the plan, or not at all
                plan = mapped_plan(plan, request.POST.dict(), rows, actor, creates=not is_check)
                actions.set_plan(draft=draft, plan=actions.rekeyed(plan), by=actor, is_final=not is_check)
            if not is_check:
                return _to("import-details", draft)
        except Invalid as error:
            errors = error.errors
    return _columns(request, draft, plan, rows, actor, errors)


def _columns(
    request: HttpRequest, draft: Job, plan: Plan, rows: Any, actor: Actor, errors: Mapping[str, list[str]]
) -> HttpResponse:
    headers = {column.header for column in plan.columns}
    values = {
        "draft": draft, "plan": plan, "lines": shown(plan, rows, actor, errors), "targets": plan.targets.values(),
        "new_kinds": NEW_KINDS.items() if actor.may("edit", "settings") else (), "date_choices": date_choices(),
        "errors": {name: words for name, words in errors.items() if name not in headers}, "steps": _steps(),
        "encodings": ENCODINGS, "delimiters": DELIMITERS.values(), "type": plan.record_type,
    }  # fmt: skip
    is_part = wants_part(request, of="map")
    return render(
        request, "importing/columns.html#map" if is_part else "importing/columns.html", values,
        status=422 if errors and not is_part else 200,
    )  # fmt: skip


@require_POST
def reading(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Read the file with another encoding, delimiter or sheet."""
    actor = _person()
    draft = queries.draft_for(actor, job_id)
    options = {name: request.POST.get(name, "") for name in ("encoding", "delimiter", "sheet")}
    return _to("import-columns", actions.change_draft(draft=draft, options=options, by=actor))


@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How known records are found, and what is written."""
    actor = _person()
    draft = queries.draft_for(actor, job_id)
    plan, errors = Plan.loaded(draft.params["plans"][0]), dict[str, list[str]]()
    if request.method == "POST":
        plan = detailed_plan(plan, request.POST)
        try:
            actions.set_plan(draft=draft, plan=plan, by=actor, is_final=True)
            actions.start_preview(draft=draft, by=actor)
            return _to("import-preview", draft)
        except Invalid as error:
            errors = error.errors
    values = {
        "draft": draft, "plan": plan, "keys": key_choices(plan), "errors": errors, "steps": _steps(),
        "tags": ", ".join(plan.tags), "type": plan.record_type,
    }  # fmt: skip
    return render(request, "importing/details.html", values, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """What the import would do, counted over the whole file; then the button that does it."""
    actor = _person()
    draft = queries.draft_for(actor, job_id)
    if request.method == "POST":
        return _to("import", actions.start_import(draft=draft, by=actor))
    if "counts" not in draft.result and draft.is_over and draft.state == "done":
        draft = actions.start_preview(draft=draft, by=actor)
    lines, _following = page_of_lines(lines_of(draft, outcome="failed"), LINES)
    values = {"draft": draft, "lines": lines, "steps": _steps(), "counts": _counts(draft)}
    part = "importing/preview.html#work" if wants_part(request, of="preview") else "importing/preview.html"
    return render(request, part, values)


def _counts(draft: Job) -> list[dict[str, Any]]:
    """For each type: how many rows become what."""
    words = (
        ("created", _("will be created"), "good"), ("updated", _("will be updated"), "good"),
        ("unchanged", _("are there already, unchanged"), ""), ("duplicates", _("are skipped as duplicates"), "warn"),
        ("absent", _("are skipped: not known here"), "warn"), ("failed", _("have errors"), "bad"),
        ("related", _("related records will be made"), "good"),
    )  # fmt: skip
    return [
        {"label": one["label"], "rows": one["rows"], "parts": [(w, one[n], t) for n, w, t in words if one.get(n)]}
        for one in draft.result.get("counts", ())
    ]


@require_GET
def show(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far an import is, then what became of it."""
    job = queries.import_for(_person(), job_id)
    rows = lines_of(job, outcome=request.GET.get("outcome", ""), after=request.GET.get("after", ""))
    lines, following = page_of_lines(rows, LINES)
    undo = getattr(job, "undo", None)
    values = {
        "job": job, "figures": figures(job), "tone": tone(job), "lines": lines, "next": following, "undo": undo,
        "steps": _steps(), "step": 6 if job.is_over else 5, "can_stop": not job.is_over and not job.stop_asked_at,
        "can_undo": job.is_over and bool(job.done) and undo is None,
    }  # fmt: skip
    part = "importing/import.html#work" if wants_part(request, of="import") else "importing/import.html"
    return render(request, part, values)


@require_GET
def errors(request: HttpRequest, job_id: UUID) -> FileResponse:
    """The rows that failed, to be mended and imported again."""
    job = queries.import_for(_person(), job_id)
    if not job.is_over:
        raise Conflict(_("Wait until the import has ended."))
    if job.params.get("is_whole"):
        raise Conflict(_("A whole company has many tables: see its faults on the page of the import."))
    name = job.params["name"].rpartition(".")[0] or job.params["name"]
    return FileResponse(error_file(job), as_attachment=True, filename=f"{name}-errors.csv", content_type="text/csv")


@require_POST
def cancellation(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Stop looking ahead or importing. What was imported stays, and can be undone."""
    actor = _person()
    job = queries.any_import_for(actor, job_id)
    jobs.stop_job(job=job, by=actor)
    return _to("import" if job.kind == "import" else "import-columns", job)
