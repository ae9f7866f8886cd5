"""The builder of one workflow and what its scripts ask for."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tenants.automation.enums import OffKind, VersionState, WorkflowState
from tenants.automation.models import Version, Workflow
from tenants.automation.pages.answers import as_json
from tenants.automation.pages.conditions import Formula
from tenants.automation.pages.drafts import ChangedMeanwhile, save_seen, stamp_of
from tenants.automation.pages.figures import on_canvas
from tenants.automation.pages.listing import TONES
from tenants.automation.pages.parts import parts as all_parts
from tenants.automation.pages.sent import definition_in, sent
from tenants.automation.pages.telling import told
from tenants.automation.queries import current_of, require_keeper, workflow_for
from tenants.kernel import context

ASKED = ("draft", "check", "figures", "test", "backtest")
BLANK: dict[str, Any] = {"trigger": {"kind": "", "params": {}}, "steps": []}


def frame(workflow: Workflow, tab: str) -> dict[str, Any]:
    """What every page of a workflow shows: tabs, state, what people should know of it."""
    pages = (("builder", _("Builder")), ("runs", _("Runs")), ("versions", _("Versions")))
    return {
        "workflow": workflow, "state_tone": TONES[WorkflowState(workflow.state)],
        "stopped": _stopped(workflow),
        "publisher_gone": _publisher_gone(workflow),
        "tabs": [
            {"label": label, "url": reverse(f"automation:{name}", args=[workflow.pk]), "is_active": name == tab}
            for name, label in pages
        ],
    }  # fmt: skip


ADVICE = {
    OffKind.CIRCLE: gettext_lazy(
        "Change the step that writes what the trigger listens to, or add a condition to the trigger that no longer "
        "holds once the step is done. Then turn it on again."
    ),
    OffKind.STORM: gettext_lazy(
        "If so many were meant, as after an import, allow more entries a minute in its settings; if not, add a "
        "condition to the trigger. Then turn it on again."
    ),
}


def _stopped(workflow: Workflow) -> dict[str, Any] | None:
    """Of a workflow that the engine turned off: what happened, why, what to do."""
    advice = ADVICE.get(OffKind(workflow.off_kind)) if workflow.off_kind else None
    if advice is None or workflow.state != WorkflowState.OFF:
        return None
    return {"title": workflow.get_off_kind_display(), "because": workflow.off_because, "advice": advice}


def _publisher_gone(workflow: Workflow) -> str:
    current: list[Version] = getattr(workflow, "current", [])
    found = next((one for one in current if one.state == VersionState.PUBLISHED), None)
    publisher = found.publisher if found else None
    return publisher.name if publisher is not None and not publisher.is_active else ""


@require_GET
def builder(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    workflow = workflow_for(context.actor(), workflow_id)
    version = current_of(workflow)
    values = {
        **frame(workflow, "builder"), "data": data_of(workflow, version),
        "has_draft": version.state == VersionState.DRAFT,
    }  # fmt: skip
    return render(request, "automation/builder.html", values)


def data_of(workflow: Workflow, version: Version) -> dict[str, Any]:
    """What the scripts begin with."""
    definition = {**BLANK, **version.definition}
    return {
        "definition": definition, "seen": stamp_of(version), "can_edit": workflow.state != WorkflowState.ARCHIVED,
        "check": told(definition, context.actor()),
        "urls": {name: reverse(f"automation:{name}", args=[workflow.pk]) for name in ASKED}
        | {"conditions": reverse("automation:conditions")},
    }  # fmt: skip


@require_GET
def parts(request: HttpRequest) -> HttpResponse:
    require_keeper(context.actor())
    return JsonResponse(all_parts(), headers={"Cache-Control": "private, no-cache"})


@require_POST
@as_json
def check(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    """Faults, warnings, words of conditions for a definition that is not saved yet."""
    actor = context.actor()
    workflow_for(actor, workflow_id)
    return JsonResponse(told(definition_in(request), actor))


@require_POST
@as_json
def draft(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    """Keep the draft; 409 with theirs where somebody else has saved since `seen`."""
    actor = context.actor()
    workflow = workflow_for(actor, workflow_id)
    seen = str(sent(request).get("seen") or "")
    try:
        saved = save_seen(workflow=workflow, definition=definition_in(request), seen=seen, by=actor)
    except ChangedMeanwhile as error:
        theirs = {"by": error.theirs.made_by_name, "definition": error.theirs.definition}
        return JsonResponse({**theirs, "seen": stamp_of(error.theirs)}, status=409)
    return JsonResponse({"seen": stamp_of(saved)})


@require_GET
@as_json
def figures(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    return JsonResponse({"figures": on_canvas(workflow_for(context.actor(), workflow_id))})


@require_GET
def formula(request: HttpRequest) -> HttpResponse:
    """An empty row for a formula in a group of conditions."""
    require_keeper(context.actor())
    return render(request, "automation/_formula.html", {"part": Formula("")})
