"""Trying a workflow out from the builder: on one record, and on what happened in the last days."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.automation.backtesting.starting import BACKTEST, start_backtest
from tenants.automation.definition.oddities import walked
from tenants.automation.definition.scopes import plain
from tenants.automation.engine.dry import dry_run
from tenants.automation.enums import EnrolmentState, StepState
from tenants.automation.models import StepRun
from tenants.automation.pages.answers import as_json
from tenants.automation.pages.comparing import name_of
from tenants.automation.pages.sent import definition_in, sent
from tenants.automation.queries import workflow_for
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.enums import JobState
from tenants.records.jobs.queries import job_for
from tenants.records.models import Job

WAYS = ("met", "timed_out")
TELLING = ("to", "method", "url", "subject", "title")
"""Of what would have gone out, what a person knows it by."""


@require_POST
@as_json
def test(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    """What each step would do for one record; nothing stays, nothing is sent."""
    actor = context.actor()
    asked = sent(request)
    found = dry_run(
        workflow=workflow_for(actor, workflow_id), definition=definition_in(request), by=actor,
        record_id=_id(asked.get("record_id")), waits=asked["waits"] if asked.get("waits") in WAYS else "met",
    )  # fmt: skip
    steps: list[StepRun] = found["steps"]
    begins = steps[0].started_at if steps else None
    return JsonResponse({
        "state": found["state"], "words": _verdict(found), "would_enter": found["would_enter"],
        "steps": [_step(one, begins) for one in steps],
    })  # fmt: skip


def _id(raw: Any) -> UUID | None:
    """Raises Invalid."""
    try:
        return UUID(str(raw)) if raw else None
    except ValueError as error:
        raise Invalid({"record_id": [_("Choose a record.")]}) from error


def _verdict(found: dict[str, Any]) -> str:
    if found["state"] == EnrolmentState.FAILED:
        return str(found["error"])
    words = str(found["ended_because"] or EnrolmentState(found["state"]).label)
    return words if found["would_enter"] else f"{words} {_('But its trigger would not let this record in.')}"


def _step(one: StepRun, begins: datetime | None) -> dict[str, Any]:
    output = plain(one.output) or {}
    return {
        "step_id": one.step_id, "key": one.key, "state": str(one.state), "words": str(StepState(one.state).label),
        "about": _about(output), "error": one.error,
        "input": plain(one.input), "output": output,
        "after_seconds": (one.started_at - begins).total_seconds() if begins else 0,
    }  # fmt: skip


def _about(output: dict[str, Any]) -> str:
    """What it came to in a line; of what would have gone out, to whom and what."""
    if output.get("would"):
        sent_out = [str(output[name]) for name in TELLING if output.get(name)]
        return " · ".join(sent_out) or str(output["would"])
    return str(output.get("name") or output.get("because") or "")


# On the past


@require_POST
@as_json
def backtest(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    """Begins a job; its address tells how far it is."""
    actor = context.actor()
    workflow = workflow_for(actor, workflow_id)
    days = sent(request).get("days")
    if not isinstance(days, int) or isinstance(days, bool):
        raise Invalid({"days": [_("Give a number of days.")]})
    job = start_backtest(workflow=workflow, by=actor, days=days)
    return JsonResponse(_told(workflow_id, job), status=202)


@require_GET
@as_json
def backtested(request: HttpRequest, workflow_id: UUID, job_id: UUID) -> HttpResponse:
    """How far it is; at its end the figures for the canvas and the table."""
    actor = context.actor()
    workflow_for(actor, workflow_id)
    job = job_for(actor, job_id)
    if job.kind != BACKTEST or str(job.params.get("workflow")) != str(workflow_id):
        raise NotFound("There is no such backtest.")
    return JsonResponse(_told(workflow_id, job))


def _told(workflow_id: UUID, job: Job) -> dict[str, Any]:
    url = reverse("automation:backtested", args=[workflow_id, job.pk])
    found: dict[str, Any] = {"is_over": job.is_over, "percent": job.percent, "url": url}
    if not job.is_over:
        return found
    if job.state != JobState.DONE:
        return found | {"error": job.error or str(JobState(job.state).label)}
    result = dict(job.result or {})
    return found | {
        "figures": _figures(result),
        "html": render_to_string("automation/_tried.html", _table(result, job)),
    }


def _figures(result: dict[str, Any]) -> dict[str, Any]:
    """As the canvas shows them: by step, with who entered at the trigger."""
    steps = {
        step: {"entered": sum(counts.values()), "done": counts.get("done", 0), "failed": counts.get("failed", 0)}
        for step, counts in (result.get("steps") or {}).items()
    }
    return {"trigger": {"entered": result.get("entered", 0)}, **steps}


def _table(result: dict[str, Any], job: Job) -> dict[str, Any]:
    names = _names(job.params.get("definition") or {})
    rows = [_row(one, names) for one in result.get("shown") or []]
    faults = Counter((one["step"], one["error"]) for one in result.get("errors") or [])
    errors = [{"name": names.get(step, step), "error": error, "n": n} for (step, error), n in faults.most_common()]
    more = max(0, int(result.get("entered", 0)) - len(rows))
    return {
        "result": result, "rows": rows, "more": more, "errors": errors, "days": job.params.get("days"),
        "job_url": reverse("records:job", args=[job.pk]),
    }  # fmt: skip


def _names(definition: dict[str, Any]) -> dict[str, str]:
    """Of steps, by id, as their cards name them."""
    return {str(step["id"]): name_of(step) for _at, step in walked(definition.get("steps") or (), "steps")}


def _row(one: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """One run that would have been: its steps by name, and which of them told somebody outside the hours."""
    late = one.get("outside_hours") or ()
    steps = [_step_row(step, names, late) for step in one.get("steps") or ()]
    label = EnrolmentState(one["state"]).label
    return {
        **one,
        "entered_at": parse_datetime(one["entered_at"]),
        "label": label,
        "steps": steps,
        "is_late": bool(late),
    }


def _step_row(step: dict[str, Any], names: dict[str, str], late: Collection[str]) -> dict[str, Any]:
    step_id, _sign, turn = str(step["key"]).partition("#")
    return {
        "name": names.get(step_id, step_id), "turn": turn, "state": step["state"], "at": parse_datetime(step["at"]),
        "label": StepState(step["state"]).label, "is_late": step_id in late,
    }  # fmt: skip
