"""API shapes of workflows."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from tenants.automation.enums import EnrolmentState, WorkflowState
from tenants.records.paging import MOST_ROWS, PAGE_SIZE
from tenants.records.schemas import Strict


class WorkflowIn(Strict):
    name: str = Field(max_length=120)
    about: str = Field("", max_length=10_000)
    folder: str = Field("", max_length=80)
    definition: dict[str, Any] | None = Field(None, description="The first draft; see `get_workflow_catalogue`")
    recipe: str = Field("", max_length=60, description="Instead of a definition: begin with this recipe")


class WorkflowPatch(Strict):
    name: str | None = Field(None, max_length=120)
    about: str | None = Field(None, max_length=10_000)
    folder: str | None = Field(None, max_length=80)


class WorkflowOut(Schema):
    id: UUID
    name: str
    about: str
    folder: str
    state: str = Field(description=", ".join(WorkflowState.values))
    record_type: str
    owner: UUID | None = Field(None, alias="owner_id")
    off_kind: str = Field(description="Why it is off: person, circle, storm")
    off_because: str = Field(description="In words, where it was turned off by itself")
    warning: str = Field(description="Something to look after, like a publisher who has left")
    published_number: int | None
    draft_number: int | None
    due_at: datetime | None = Field(description="When its clock strikes next")
    created_at: datetime
    updated_at: datetime


class WorkflowsIn(Schema):
    state: Literal[("", *WorkflowState.values)] = ""  # type: ignore[valid-type]
    folder: str = Field("", max_length=80)
    q: str = Field("", max_length=200)
    cursor: str = Field("", max_length=200)
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)


class WorkflowPage(Schema):
    items: list[WorkflowOut]
    next: str | None


class VersionOut(Schema):
    id: UUID
    number: int
    state: str = Field(description="draft, published, retired")
    made_by_name: str
    publisher_name: str
    published_at: datetime | None
    updated_at: datetime


class VersionsOut(Schema):
    items: list[VersionOut]


class WarningOut(Schema):
    path: str
    message: str


class DefinitionOut(VersionOut):
    """A version with what it says and what is wrong with it."""

    definition: dict[str, Any]
    errors: dict[str, list[str]] = Field(description="Faults by place, like steps[2].params.to; they stop publishing")
    warnings: list[WarningOut]


class WorkflowDraftIn(Strict):
    definition: dict[str, Any]


class EnrolIn(Strict):
    record_id: UUID | None = Field(None, description="None for a workflow without records")


class EnrolManyIn(Strict):
    record_ids: list[UUID] = Field(max_length=1_000)


class EnteredOut(Schema):
    entered: int


class EnrolmentOut(Schema):
    """One run of a workflow, for a record or an occasion."""

    id: UUID
    workflow: UUID = Field(alias="workflow_id")
    workflow_name: str
    version: int
    record_type: str
    record_id: UUID | None
    record_name: str
    state: str = Field(description=", ".join(EnrolmentState.values))
    entered_at: datetime
    ended_at: datetime | None
    ended_because: str
    error: str
    wake_at: datetime | None = Field(description="When it goes on")
    waits_for: list[str]
    at_step: str = Field(description="The step it stands at; empty at the end")
    steps_done: int


class EnrolmentsIn(Schema):
    state: Literal[("", *EnrolmentState.values)] = ""  # type: ignore[valid-type]
    step: str = Field("", max_length=40, description="Only those that stand at this step now")
    cursor: str = Field("", max_length=200)
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)


class EnrolmentPage(Schema):
    items: list[EnrolmentOut]
    next: str | None


class StepRunOut(Schema):
    step: str = Field(alias="step_id")
    key: str = Field(description="The step, and in loops which turn")
    kind: str
    action: str
    state: str = Field(description="running, done, failed, skipped")
    input: Any
    output: Any
    error: str
    tries: int
    started_at: datetime
    finished_at: datetime | None


class EnrolmentDetail(EnrolmentOut):
    variables: dict[str, Any]
    steps: list[StepRunOut]


class StepFigures(Schema):
    entered: int
    at: int
    done: int
    failed: int
    skipped: int
    median_seconds: float | None


class WorkflowFiguresOut(Schema):
    entered: int
    running: int
    waiting: int
    done: int
    stopped: int
    failed: int
    steps: dict[str, StepFigures]


class ParamOut(Schema):
    name: str
    label: str
    kind: str
    is_required: bool
    default: Any
    choices: list[tuple[str, str]]
    hint: str
    of: str
    allows_variables: bool


class TriggerOut(Schema):
    name: str
    label: str
    about: str
    icon: str
    group: str
    wake: str
    record_type: str = Field(description="Fixed type of its records; empty where `record_type` is a setting, or none")
    params: list[ParamOut]


class ActionOut(Schema):
    name: str
    label: str
    about: str
    icon: str
    group: str
    params: list[ParamOut]
    outputs: dict[str, str]
    is_outward: bool
    is_message: bool
    needs_record: bool
    record_types: list[str]


class StepKindOut(Schema):
    name: str
    label: str
    about: str
    icon: str


class CatalogueOut(Schema):
    """All that a builder needs: what there is, and the schema of definitions."""

    triggers: list[TriggerOut]
    actions: list[ActionOut]
    step_kinds: list[StepKindOut]
    filters: list[str]
    functions: list[str]
    variables: list[str]
    definition_schema: dict[str, Any]


class RecipeOut(Schema):
    name: str
    label: str
    about: str
    icon: str
    definition: dict[str, Any]


class RecipesOut(Schema):
    items: list[RecipeOut]


class DryRunIn(Strict):
    record_id: UUID | None = None
    definition: dict[str, Any] | None = Field(None, description="Instead of the draft, or the published version")
    trigger: dict[str, Any] = Field(default_factory=dict, description="What the trigger would have told")
    waits: Literal["met", "timed_out"] = Field("met", description="Which way to go where it waits for something")


class DryStepOut(StepRunOut):
    at: datetime = Field(description="When it would happen")


class DryRunOut(Schema):
    state: str
    ended_because: str
    error: str
    would_enter: bool = Field(description="Whether the record meets the trigger's filter now")
    steps: list[DryStepOut]
    variables: dict[str, Any]


class BacktestIn(Strict):
    definition: dict[str, Any] | None = Field(None, description="Instead of the draft, or the published version")
    days: int = Field(30, ge=1, le=35)


class WorkflowSecretIn(Strict):
    name: str = Field(max_length=40)
    value: str = Field(max_length=10_000)


class WorkflowSecretOut(Schema):
    """Its name; the value is never given out."""

    id: UUID
    name: str
    made_by_name: str
    updated_at: datetime


class WorkflowSecretsOut(Schema):
    items: list[WorkflowSecretOut]
