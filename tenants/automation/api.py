"""Workflows over the API: drafts, versions, publishing, runs, the catalogue, dry runs, backtests."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from tenants.automation import actions, enrolling, queries
from tenants.automation.backtesting.starting import start_backtest
from tenants.automation.describing import catalogue, run_shown, shown
from tenants.automation.engine.dry import dry_run
from tenants.automation.models import Version, Workflow
from tenants.automation.pages_of import page_by
from tenants.automation.recipes import recipe_named, recipes
from tenants.automation.schemas import (
    BacktestIn,
    CatalogueOut,
    DefinitionOut,
    DryRunIn,
    DryRunOut,
    EnrolIn,
    EnrolManyIn,
    EnrolmentOut,
    EnrolmentPage,
    EnrolmentsIn,
    EnteredOut,
    RecipesOut,
    VersionsOut,
    WorkflowDraftIn,
    WorkflowFiguresOut,
    WorkflowIn,
    WorkflowOut,
    WorkflowPage,
    WorkflowPatch,
    WorkflowsIn,
)
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.records.api import REFUSALS
from tenants.records.jobs.api import JobOut
from tenants.records.queries import record_for
from tenants.records.registry import type_named

router = Router(tags=["Workflows"])


def _workflow(workflow_id: UUID) -> Workflow:
    return queries.workflow_for(context.actor(), workflow_id)


def _shown(workflow: Workflow) -> dict[str, Any]:
    return shown(_workflow(workflow.pk))


@router.get("", response={200: WorkflowPage, **REFUSALS}, operation_id="list_workflows", by_alias=False)
def list_workflows(request: HttpRequest, asked: Query[WorkflowsIn]) -> Any:
    """By name. Without `state` all but those in the archive."""
    rows = queries.workflows_for(context.actor(), state=asked.state, folder=asked.folder, text=asked.q)
    items, following = page_by(rows, "name", after=asked.cursor, limit=asked.limit)
    return {"items": [shown(one) for one in items], "next": following}


@router.post("", response={201: WorkflowOut, **REFUSALS}, operation_id="create_workflow", by_alias=False)
def create(request: HttpRequest, body: WorkflowIn) -> Any:
    """A workflow with a first draft, which may still have faults; `save_workflow_draft` tells them."""
    definition = recipe_named(body.recipe).definition() if body.recipe else body.definition
    made = actions.create_workflow(
        name=body.name, about=body.about, folder=body.folder, definition=definition, by=context.actor()
    )
    return Status(201, _shown(made))


@router.get("/catalogue", response={200: CatalogueOut, **REFUSALS}, operation_id="get_workflow_catalogue")
def get_catalogue(request: HttpRequest) -> Any:
    """Triggers, actions, kinds of steps, and the schema of definitions."""
    queries.require_keeper(context.actor())
    return catalogue()


@router.get("/recipes", response={200: RecipesOut, **REFUSALS}, operation_id="list_workflow_recipes")
def list_recipes(request: HttpRequest) -> Any:
    queries.require_keeper(context.actor())
    items = [
        {"name": one.name, "label": str(one.label), "about": str(one.about), "icon": one.icon,
         "definition": one.definition()}
        for one in recipes().values()
    ]  # fmt: skip
    return {"items": items}


@router.get("/{uuid:workflow_id}", response={200: WorkflowOut, **REFUSALS}, operation_id="get_workflow", by_alias=False)
def get(request: HttpRequest, workflow_id: UUID) -> Any:
    return shown(_workflow(workflow_id))


@router.patch(
    "/{uuid:workflow_id}", response={200: WorkflowOut, **REFUSALS}, operation_id="update_workflow", by_alias=False
)
def update(request: HttpRequest, workflow_id: UUID, body: WorkflowPatch) -> Any:
    """Its words; what it does is changed by its draft."""
    values = body.model_dump(exclude_unset=True)
    return _shown(actions.update_workflow(workflow=_workflow(workflow_id), by=context.actor(), **values))


# Versions


def _defined(version: Version) -> dict[str, Any]:
    report = actions.report_on(version=version, by=context.actor())
    names = ("id", "number", "made_by_name", "publisher_name", "published_at", "updated_at", "definition")
    return {name: getattr(version, name) for name in names} | {
        "state": str(version.state), "errors": report.errors, "warnings": report.warnings,
    }  # fmt: skip


@router.get(
    "/{uuid:workflow_id}/versions", response={200: VersionsOut, **REFUSALS}, operation_id="list_workflow_versions"
)
def versions(request: HttpRequest, workflow_id: UUID) -> Any:
    """Newest first, without what they say."""
    return {"items": list(_workflow(workflow_id).versions.defer("definition"))}


@router.get(
    "/{uuid:workflow_id}/versions/{uuid:version_id}", response={200: DefinitionOut, **REFUSALS},
    operation_id="get_workflow_version",
)  # fmt: skip
def version(request: HttpRequest, workflow_id: UUID, version_id: UUID) -> Any:
    return _defined(queries.version_for(_workflow(workflow_id), version_id))


@router.get("/{uuid:workflow_id}/draft", response={200: DefinitionOut, **REFUSALS}, operation_id="get_workflow_draft")
def draft(request: HttpRequest, workflow_id: UUID) -> Any:
    """The draft; where there is none, what is published."""
    return _defined(queries.current_of(_workflow(workflow_id)))


@router.put("/{uuid:workflow_id}/draft", response={200: DefinitionOut, **REFUSALS}, operation_id="save_workflow_draft")
def save_draft(request: HttpRequest, workflow_id: UUID, body: WorkflowDraftIn) -> Any:
    """Saved even with faults, which are told with their places; one draft at a time."""
    found = _workflow(workflow_id)
    return _defined(actions.save_draft(workflow=found, definition=body.definition, by=context.actor()))


@router.delete("/{uuid:workflow_id}/draft", response={204: None, **REFUSALS}, operation_id="discard_workflow_draft")
def discard_draft(request: HttpRequest, workflow_id: UUID) -> HttpResponse:
    actions.discard_draft(workflow=_workflow(workflow_id), by=context.actor())
    return HttpResponse(status=204)


@router.post(
    "/{uuid:workflow_id}/versions/{uuid:version_id}/use", response={200: DefinitionOut, **REFUSALS},
    operation_id="use_workflow_version",
)  # fmt: skip
def use_version(request: HttpRequest, workflow_id: UUID, version_id: UUID) -> Any:
    """An earlier version becomes the draft: publish it to go back."""
    found = queries.version_for(_workflow(workflow_id), version_id)
    return _defined(actions.use_version(version=found, by=context.actor()))


@router.post(
    "/{uuid:workflow_id}/publication", response={200: DefinitionOut, **REFUSALS}, operation_id="publish_workflow"
)
def publish(request: HttpRequest, workflow_id: UUID) -> Any:
    """The draft lets in from now on; who is inside ends on their version. 422 names every fault."""
    return _defined(actions.publish(workflow=_workflow(workflow_id), by=context.actor()))


# On and off


@router.post(
    "/{uuid:workflow_id}/activation", response={200: WorkflowOut, **REFUSALS}, operation_id="turn_on_workflow",
    by_alias=False,
)  # fmt: skip
def turn_on(request: HttpRequest, workflow_id: UUID) -> Any:
    return _shown(actions.turn_on(workflow=_workflow(workflow_id), by=context.actor()))


@router.delete(
    "/{uuid:workflow_id}/activation", response={200: WorkflowOut, **REFUSALS}, operation_id="turn_off_workflow",
    by_alias=False,
)  # fmt: skip
def turn_off(request: HttpRequest, workflow_id: UUID) -> Any:
    """Nobody enters any more; who is inside goes on."""
    return _shown(actions.turn_off(workflow=_workflow(workflow_id), by=context.actor()))


@router.post(
    "/{uuid:workflow_id}/archive", response={200: WorkflowOut, **REFUSALS}, operation_id="archive_workflow",
    by_alias=False,
)  # fmt: skip
def archive(request: HttpRequest, workflow_id: UUID) -> Any:
    return _shown(actions.archive(workflow=_workflow(workflow_id), by=context.actor()))


@router.delete(
    "/{uuid:workflow_id}/archive", response={200: WorkflowOut, **REFUSALS}, operation_id="unarchive_workflow",
    by_alias=False,
)  # fmt: skip
def unarchive(request: HttpRequest, workflow_id: UUID) -> Any:
    return _shown(actions.unarchive(workflow=_workflow(workflow_id), by=context.actor()))


# Runs


@router.get(
    "/{uuid:workflow_id}/enrolments", response={200: EnrolmentPage, **REFUSALS},
    operation_id="list_workflow_enrolments", by_alias=False,
)  # fmt: skip
def enrolments(request: HttpRequest, workflow_id: UUID, asked: Query[EnrolmentsIn]) -> Any:
    """Newest first."""
    workflow = _workflow(workflow_id)
    rows = queries.enrolments_at(workflow, asked.step) if asked.step else queries.enrolments_of(workflow)
    rows = rows.filter(state=asked.state) if asked.state else rows
    rows = rows.select_related("workflow", "version")
    items, following = page_by(rows, "-entered_at", after=asked.cursor, limit=asked.limit)
    return {"items": [run_shown(one) for one in items], "next": following}


@router.post(
    "/{uuid:workflow_id}/enrolments", response={201: EnrolmentOut, **REFUSALS}, operation_id="enrol_in_workflow",
    by_alias=False,
)  # fmt: skip
def enrol(request: HttpRequest, workflow_id: UUID, body: EnrolIn) -> Any:
    """By hand: for who may edit the settings, or the record where the trigger is the button."""
    actor = context.actor()
    workflow = Workflow.objects.filter(pk=workflow_id).first()
    if not workflow:
        raise NotFound("There is no such workflow.")
    record = record_for(actor, type_named(workflow.record_type), body.record_id) if body.record_id else None
    made = enrolling.enrol(workflow=workflow, record=record, by=actor, key=request.headers.get("Idempotency-Key", ""))
    return Status(201, run_shown(made))


@router.post(
    "/{uuid:workflow_id}/enrolments/many", response={200: EnteredOut, **REFUSALS},
    operation_id="enrol_many_in_workflow",
)  # fmt: skip
def enrol_many(request: HttpRequest, workflow_id: UUID, body: EnrolManyIn) -> Any:
    """At most 1,000 records; those inside already are left out."""
    actor = context.actor()
    count = enrolling.enrol_many(workflow=_workflow(workflow_id), record_ids=body.record_ids, by=actor)
    return {"entered": count}


@router.get(
    "/{uuid:workflow_id}/figures", response={200: WorkflowFiguresOut, **REFUSALS}, operation_id="get_workflow_figures"
)
def figures(request: HttpRequest, workflow_id: UUID, version_id: UUID | None = None) -> Any:
    """Of all versions, or of one: who entered, is inside, is through, failed; the same of each step."""
    workflow = _workflow(workflow_id)
    found = queries.version_for(workflow, version_id) if version_id else None
    return queries.figures_of(workflow, found)


# Trying out


@router.post("/{uuid:workflow_id}/dry-runs", response={200: DryRunOut, **REFUSALS}, operation_id="dry_run_workflow")
def try_out(request: HttpRequest, workflow_id: UUID, body: DryRunIn) -> Any:
    """What would happen to one record: the same engine, all taken back, nothing sent, delays skipped."""
    return dry_run(
        workflow=_workflow(workflow_id), definition=body.definition, record_id=body.record_id, trigger=body.trigger,
        waits=body.waits, by=context.actor(),
    )  # fmt: skip


@router.post(
    "/{uuid:workflow_id}/backtests", response={202: JobOut, **REFUSALS}, operation_id="backtest_workflow",
    by_alias=False,
)  # fmt: skip
def backtest(request: HttpRequest, workflow_id: UUID, body: BacktestIn) -> Any:
    """What it would have done on the events of the last days: a job; `get_workflow_backtest` has the outcome."""
    job = start_backtest(
        workflow=_workflow(workflow_id), definition=body.definition, days=body.days, by=context.actor()
    )
    return Status(202, job)
