"""Publishing, versions, on and off."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.automation import actions
from tenants.automation.enums import OPEN, VersionState, WorkflowState
from tenants.automation.models import Version, Workflow
from tenants.automation.pages.builder import data_of, frame
from tenants.automation.pages.comparing import changes_between
from tenants.automation.queries import draft_of, published_of, version_for, workflow_for
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.pages.answers import done


def _builder_url(workflow: Workflow) -> str:
    return reverse("automation:builder", args=[workflow.pk])


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    """In a dialog: what is wrong, what is odd, what changes; then the draft lets in."""
    actor = context.actor()
    workflow = workflow_for(actor, workflow_id)
    if request.method == "POST":
        try:
            version = actions.publish(workflow=workflow, by=actor)
        except Invalid:
            return _ask(request, workflow, status=422)
        messages.success(request, _("Version %(number)d is on.") % {"number": version.number})
        return done(request, _builder_url(workflow))
    return _ask(request, workflow)


def _ask(request: HttpRequest, workflow: Workflow, status: int = 200) -> HttpResponse:
    draft, before = draft_of(workflow), published_of(workflow)
    if draft is None:
        raise NotFound(_("There is no draft to publish."))
    report = actions.report_on(version=draft, by=context.actor())
    values = {
        "workflow": workflow, "report": report, "before": before,
        "errors": [line for lines in report.errors.values() for line in lines],
        "changes": changes_between(before.definition, draft.definition) if before else [],
        "inside": workflow.enrolments.filter(state__in=OPEN).count(),
    }  # fmt: skip
    return render(request, "automation/_publish.html", values, status=status)


@require_POST
def state(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    """On, off, into the archive, out of it."""
    actor = context.actor()
    workflow = workflow_for(actor, workflow_id)
    wanted = request.POST.get("state", "")
    if wanted == WorkflowState.ACTIVE:
        actions.turn_on(workflow=workflow, by=actor)
    elif wanted == WorkflowState.ARCHIVED:
        actions.archive(workflow=workflow, by=actor)
    elif wanted == WorkflowState.OFF and workflow.state == WorkflowState.ARCHIVED:
        actions.unarchive(workflow=workflow, by=actor)
    elif wanted == WorkflowState.OFF:
        actions.turn_off(workflow=workflow, by=actor)
    else:
        raise Invalid({"state": [_("Choose one of: active, off, archived.")]})
    return done(request, _builder_url(workflow))


@require_GET
def versions(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    workflow = workflow_for(context.actor(), workflow_id)
    rows = list(workflow.versions.all())
    inside = _inside(workflow)
    lines = [{"version": one, "inside": inside.get(one.pk, 0), "tone": _tone(one)} for one in rows]
    return render(request, "automation/versions.html", {**frame(workflow, "versions"), "rows": lines})


def _inside(workflow: Workflow) -> dict[UUID, int]:
    """How many are under way, by version."""
    found: dict[UUID, int] = {}
    for version_id in workflow.enrolments.filter(state__in=OPEN).order_by().values_list("version_id", flat=True):
        found[version_id] = found.get(version_id, 0) + 1
    return found


def _tone(version: Version) -> str:
    return {VersionState.PUBLISHED: "good", VersionState.DRAFT: "brand"}.get(VersionState(version.state), "")


@require_GET
def version(request: HttpRequest, workflow_id: UUID, version_id: UUID) -> HttpResponse:
    """An earlier version on the canvas, to look at."""
    workflow = workflow_for(context.actor(), workflow_id)
    found = version_for(workflow, version_id)
    data: dict[str, Any] = data_of(workflow, found) | {"can_edit": False}
    values = {**frame(workflow, "versions"), "data": data, "version": found, "has_draft": False}
    return render(request, "automation/version.html", values)


@require_POST
def use_version(request: HttpRequest, workflow_id: UUID, version_id: UUID) -> HttpResponse:
    """It is the draft from now on."""
    actor = context.actor()
    workflow = workflow_for(actor, workflow_id)
    found = version_for(workflow, version_id)
    actions.use_version(version=found, by=actor)
    messages.success(
        request, _("Version %(number)d is the draft now. Publish it to go back.") % {"number": found.number}
    )
    return done(request, _builder_url(workflow))


@require_POST
def discard(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    """Throw the draft away: what is published stands."""
    actor = context.actor()
    workflow = workflow_for(actor, workflow_id)
    actions.discard_draft(workflow=workflow, by=actor)
    messages.success(request, _("The draft is gone. What is published stays as it is."))
    return done(request, _builder_url(workflow))
