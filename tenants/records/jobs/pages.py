"""The pages of jobs: what runs, how far it is, what became of each row, stop and undo."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound
from tenants.kernel.web import wants_part
from tenants.records.enums import JobState, Outcome
from tenants.records.jobs import actions, queries
from tenants.records.jobs.kinds import kind_named
from tenants.records.jobs.words import done_text, figures, tone
from tenants.records.models import Job

LINES = 50
JOBS = 30
SMALL = 200
STOP_POLLING = 286


def _person() -> Actor:
    actor = context.actor()
    if actor.kind == "visitor":
        raise Denied(_("Sign in first."))
    return actor


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """My jobs; all of them for whoever may change the settings."""
    actor = _person()
    is_mine = not queries.sees_all(actor) or "all" not in request.GET
    rows, following = queries.page_of_jobs(
        queries.jobs_for(actor, is_mine=is_mine), after=request.GET.get("after", ""), limit=JOBS
    )
    values = {
        "rows": [(job, figures(job), tone(job)) for job in rows], "is_mine": is_mine, "next": following,
        "sees_all": queries.sees_all(actor), "is_later": "after" in request.GET,
    }  # fmt: skip
    return render(request, "jobs/list.html", values)


@require_GET
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One job; while it runs the page asks again for its part that moves."""
    found = queries.job_for(_person(), job_id)
    template = "jobs/job.html#work" if wants_part(request, of="job") else "jobs/job.html"
    return render(request, template, _shown(request, found))


def _shown(request: HttpRequest, found: Job) -> dict[str, Any]:
    kind = kind_named(found.kind)
    undo = queries.undo_of(found)
    return {
        "job": found, "kind": kind, "figures": figures(found), "tone": tone(found), "undo": undo,
        "can_stop": not found.is_over and not found.stop_asked_at,
        "can_undo": found.is_over and kind.can_undo and not found.undo_of_id and bool(found.done)
        and (undo is None or undo.state in (JobState.FAILED, JobState.STOPPED)),
        **_lines(request, found),
    }  # fmt: skip


def _lines(request: HttpRequest, found: Job) -> dict[str, Any]:
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in Outcome.values else ""
    rows = queries.lines_of(found, outcome=outcome, after=request.GET.get("after", ""))
    lines, following = queries.page_of_lines(rows, LINES)
    return {"job": found, "lines": lines, "next": following, "outcome": outcome}


@require_GET
def lines(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """More of the lines table."""
    found = queries.job_for(_person(), job_id)
    return render(request, "jobs/_lines.html", _lines(request, found))


@require_GET
def pulse(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """The small line at the corner of every page; once the job is over, a toast in its place."""
    try:
        found = queries.job_for(_person(), job_id)
    except NotFound:
        return _over(HttpResponse(status=STOP_POLLING), job_id)
    if not found.is_over:
        return render(request, "jobs/_pulse.html", {"job": found})
    url = reverse("records:job", args=[job_id])
    can_undo = kind_named(found.kind).can_undo and not found.undo_of_id and found.done
    given = {
        "text": done_text(found), "tone": tone(found), "link_url": url, "link_label": _("See what happened"),
        "undo_url": reverse("records:job-undo", args=[job_id]) if can_undo else "",
    }  # fmt: skip
    return _over(HttpResponse(), job_id, toast=given)


def _over(response: HttpResponse, job_id: UUID, **more: Any) -> HttpResponse:
    response["HX-Trigger"] = json.dumps({"job:over": {"id": str(job_id)}, **more})
    return response


@require_POST
def stop(request: HttpRequest, job_id: UUID) -> HttpResponse:
    actor = _person()
    actions.stop_job(job=queries.job_for(actor, job_id), by=actor)
    return _to_job(job_id)


@require_POST
def undo(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Take a job back: a small one at once, a long one in the background with a page of its own."""
    actor = _person()
    found = queries.job_for(actor, job_id)
    is_small = found.done <= SMALL
    taken = actions.undo_job(job=found, by=actor, is_small=is_small)
    if not is_small:
        return _to_job(taken.pk, started=True)
    taken = actions.run_now(taken)
    level = messages.success if tone(taken) == "good" else messages.warning
    level(request, done_text(taken))
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response if wants_part(request) else _to_job(taken.pk)


def _to_job(job_id: UUID, *, started: bool = False) -> HttpResponse:
    url = reverse("records:job", args=[job_id])
    response: HttpResponse = HttpResponseRedirect(url) if not started else HttpResponse(status=204)
    if started:
        response["HX-Redirect"] = url
    return response


def started(job: Job) -> HttpResponse:
    """The answer of a dialog that has started a long job: it closes, and the line at the corner begins."""
    text = _("%(what)s has begun. You can go on working.") % {"what": job.label}
    given = {
        "dialog:close": True, "job:started": {"id": str(job.pk)},
        "toast": {"text": text, "link_url": reverse("records:job", args=[job.pk]), "link_label": _("Watch")},
    }  # fmt: skip
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(given)})
