"""Reads of workflows: for who may edit the settings; of a record's runs for whoever sees the record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, DurationField, F, Prefetch, Q, QuerySet

from tenants.automation.definition.plans import lanes_of
from tenants.automation.enums import OPEN, EnrolmentState, VersionState, WorkflowState
from tenants.automation.models import AutomationSecret, Enrolment, StepRun, Version, Workflow
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound
from tenants.records.models import Record
from tenants.records.queries import may_touch
from tenants.records.registry import type_of

EDIT, SETTINGS = "edit", "settings"


class Median(Aggregate):
    """Of durations; what is not over does not count."""

    template = "percentile_disc(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


LATEST = Prefetch(
    "versions",
    Version.objects.filter(state__in=(VersionState.DRAFT, VersionState.PUBLISHED)).select_related("publisher"),
    to_attr="current",
)  # fmt: skip


def require_keeper(actor: Actor) -> None:
    """Workflows are the company's settings. Raises Denied."""
    if not actor.may(EDIT, SETTINGS):
        raise Denied


def workflows_for(actor: Actor, *, state: str = "", folder: str = "", text: str = "") -> "QuerySet[Workflow]":
    """With their draft and published versions at hand (`current`), by folder and name; without the archive."""
    require_keeper(actor)
    rows = Workflow.objects.select_related("owner").prefetch_related(LATEST)
    rows = rows.filter(state=state) if state else rows.exclude(state=WorkflowState.ARCHIVED)
    rows = rows.filter(folder=folder) if folder else rows
    return rows.filter(Q(name__icontains=text) | Q(about__icontains=text)) if text.strip() else rows


def workflow_for(actor: Actor, workflow_id: UUID) -> Workflow:
    """One, or NotFound. Raises Denied."""
    require_keeper(actor)
    found = Workflow.objects.select_related("owner").prefetch_related(LATEST).filter(pk=workflow_id).first()
    if not found:
        raise NotFound("There is no such workflow.")
    return found


def version_of(workflow: Workflow, state: VersionState) -> Version | None:
    return Version.objects.filter(workflow=workflow, state=state).first()


def draft_of(workflow: Workflow) -> Version | None:
    return version_of(workflow, VersionState.DRAFT)


def published_of(workflow: Workflow) -> Version | None:
    return version_of(workflow, VersionState.PUBLISHED)


def current_of(workflow: Workflow) -> Version:
    """What an editor shows: the draft, else the published version, else the newest. Raises NotFound."""
    found = draft_of(workflow) or published_of(workflow) or workflow.versions.first()
    if not found:
        raise NotFound("This workflow has no version.")
    return found


def version_for(workflow: Workflow, version_id: UUID) -> Version:
    found = workflow.versions.filter(pk=version_id).first()
    if not found:
        raise NotFound("There is no such version.")
    return found


# Runs


def enrolments_of(workflow: Workflow, *, state: str = "", version_id: UUID | None = None) -> "QuerySet[Enrolment]":
    """Newest first."""
    rows = workflow.enrolments.select_related("version")
    rows = rows.filter(state=state) if state else rows
    return rows.filter(version_id=version_id) if version_id else rows


def enrolments_at(workflow: Workflow, step_id: str) -> "QuerySet[Enrolment]":
    """Those that stand at a step now."""
    return workflow.enrolments.filter(step_runs__step_id=step_id, step_runs__state="running", state__in=OPEN)


def enrolment_for(actor: Actor, enrolment_id: UUID) -> Enrolment:
    """One, for who may edit the settings. Raises Denied, NotFound."""
    require_keeper(actor)
    found = Enrolment.objects.select_related("workflow", "version").filter(pk=enrolment_id).first()
    if not found:
        raise NotFound("There is no such run.")
    return found


def runs_of_record(record: Record) -> "QuerySet[Enrolment]":
    """In which workflows a record is or was, newest first. Who calls has looked whether it may be seen."""
    return Enrolment.objects.select_related("workflow", "version").filter(record_id=record.pk)


def steps_of(enrolment: Enrolment) -> "QuerySet[StepRun]":
    """In the order in which they began."""
    return enrolment.step_runs.order_by("started_at", "id")


def by_hand_for(actor: Actor, record: Record) -> "QuerySet[Workflow]":
    """Those that the record may be put into by whoever may edit it."""
    record_type = type_of(record)
    if not record_type or not may_touch(actor, EDIT, record):
        return Workflow.objects.none()
    rows = Workflow.objects.filter(state=WorkflowState.ACTIVE, record_type=record_type.name)
    return rows.filter(versions__state=VersionState.PUBLISHED, versions__definition__trigger__kind="manual")


# Figures


def figures_of(workflow: Workflow, version: Version | None = None) -> dict[str, Any]:
    """How many entered, are inside, are through, failed; and of each step how many it had and how long it took.

    `median_seconds` is from the beginning of a step to its end, waiting included.
    """
    rows = workflow.enrolments.filter(version=version) if version else workflow.enrolments.all()
    states = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {
        "entered": sum(states.values()), **{state.value: states.get(state, 0) for state in EnrolmentState},
        "steps": _step_figures(rows, (version or current_of(workflow)).definition),
    }  # fmt: skip


def _step_figures(rows: "QuerySet[Enrolment]", definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = StepRun.objects.filter(enrolment__in=rows).order_by().values("step_id")
    counted = found.annotate(
        entered=Count("pk"), at=Count("pk", filter=Q(state="running")), done=Count("pk", filter=Q(state="done")),
        failed=Count("pk", filter=Q(state="failed")), skipped=Count("pk", filter=Q(state="skipped")),
        median=Median(F("finished_at") - F("started_at")),
    )  # fmt: skip
    by_id = {str(row["step_id"]): _told(dict(row)) for row in counted}
    ids = [step["id"] for _lane, steps in lanes_of(definition.get("steps") or []) for step in steps]
    empty = {"entered": 0, "at": 0, "done": 0, "failed": 0, "skipped": 0, "median_seconds": None}
    return {step_id: by_id.get(step_id, dict(empty)) for step_id in ids}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    median, _step_id = row.pop("median"), row.pop("step_id")
    return row | {"median_seconds": median.total_seconds() if median is not None else None}


def secrets() -> "QuerySet[AutomationSecret]":
    return AutomationSecret.objects.all()


def secret_names() -> frozenset[str]:
    return frozenset(AutomationSecret.objects.values_list("name", flat=True))
