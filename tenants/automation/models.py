"""Workflows, their versions, who is in them, what each step did."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.automation.enums import OPEN, EnrolmentState, OffKind, StepState, VersionState, WorkflowState
from tenants.kernel.models import Row
from tenants.kernel.secret_fields import SecretField

LONGEST_NAME = 120


class Workflow(Row):
    """What happens by itself. Its published version lets records in; a draft may lie beside it."""

    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    about = models.TextField(_("about"), blank=True)
    folder = models.CharField(_("folder"), max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=WorkflowState, default=WorkflowState.DRAFT)
    record_type = models.CharField(max_length=40, blank=True)
    """Of the published version, else of the draft; empty for a workflow without records."""
    owner = models.ForeignKey("identity.User", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    off_kind = models.CharField(max_length=6, choices=OffKind, blank=True)
    off_because = models.TextField(blank=True)
    """In words, where the engine turned it off."""
    due_at = models.DateTimeField(null=True, blank=True)
    """When its clock strikes next: a schedule, a date, a silence. Empty for what events wake."""
    swept_at = models.DateTimeField(null=True, blank=True)
    """Until when dates and silences have been looked for."""
    month = models.CharField(max_length=7, blank=True)
    month_steps = models.PositiveIntegerField(default=0)
    """Steps done in `month` (2026-11), for the plan's quota."""

    class Meta:
        ordering = ("folder", "name")
        verbose_name = _("workflow")
        verbose_name_plural = _("workflows")

    def __str__(self) -> str:
        return self.name

    @property
    def lets_in(self) -> bool:
        return self.state == WorkflowState.ACTIVE


class Version(Row):
    """One form of a workflow. Once published it never changes; who is inside ends on theirs."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=VersionState, default=VersionState.DRAFT)
    definition = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        "identity.User", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    made_by_name = models.CharField(max_length=120, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    publisher = models.ForeignKey(
        "identity.User", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    publisher_name = models.CharField(max_length=120, blank=True)
    grants = models.JSONField(default=dict)
    """What the publisher might do when they published: the workflow may never more."""

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=("workflow", "number"), name="version_number_once"),
            models.UniqueConstraint(
                fields=("workflow",), condition=models.Q(state=VersionState.DRAFT), name="version_one_draft"
            ),
            models.UniqueConstraint(
                fields=("workflow",), condition=models.Q(state=VersionState.PUBLISHED), name="version_one_published"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Version %(number)d") % {"number": self.number})

    @property
    def trigger(self) -> dict[str, Any]:
        found: dict[str, Any] = self.definition.get("trigger") or {}
        return found


class Enrolment(Row):
    """A record (or nothing but an occasion) on its way through a version.

    `entry_key` names the occasion: an event's id, a schedule's occurrence, a click. `position` is a stack of
    frames (`engine.frames`); `wake_at` is when it wants to be advanced, `waits_for` which events may wake it.
    """

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="enrolments", db_index=False)
    version = models.ForeignKey(Version, models.CASCADE, related_name="enrolments", db_index=False)
    record_type = models.CharField(max_length=40, blank=True)
    record_id = models.UUIDField(null=True)
    record_name = models.CharField(max_length=200, blank=True)
    entered_by = models.UUIDField(null=True)
    """The event that let it in."""
    entry_key = models.CharField(max_length=120)
    state = models.CharField(max_length=7, choices=EnrolmentState, default=EnrolmentState.RUNNING)
    position = models.JSONField(default=list)
    variables = models.JSONField(default=dict)
    wake_at = models.DateTimeField(null=True)
    waits_for = ArrayField(models.CharField(max_length=60), default=list)
    depth = models.PositiveSmallIntegerField(default=0)
    cause = models.JSONField(null=True)
    error = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True)
    claimed_until = models.DateTimeField(null=True)
    """A worker is asking somebody outside for it; should the worker die, another takes it up after this."""
    steps_done = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-entered_at", "-id")
        constraints = [models.UniqueConstraint(fields=("workflow", "entry_key"), name="enrolment_once")]
        indexes = [
            models.Index(fields=("wake_at",), condition=models.Q(state__in=OPEN), name="enrolment_due"),
            models.Index(fields=("record_id", "state"), name="enrolment_of_record"),
            models.Index(fields=("workflow", "-entered_at"), name="enrolment_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.record_name or self.entry_key}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class StepRun(Row):
    """What one step did for one enrolment; in a loop once for each turn. The key makes it happen once."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="step_runs", db_index=False)
    step_id = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    """The step's id and, in loops, the turn: `mail#2`."""
    kind = models.CharField(max_length=12)
    action = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=7, choices=StepState, default=StepState.RUNNING)
    input = models.JSONField(default=dict)
    output = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("started_at", "id")
        constraints = [models.UniqueConstraint(fields=("enrolment", "key"), name="step_run_once")]

    def __str__(self) -> str:
        return self.key


class Rotation(Row):
    """Whose turn it is, for one step that shares records out. Its row is locked while a turn is taken."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="+", db_index=False)
    step_id = models.CharField(max_length=40)
    given = models.JSONField(default=dict)
    """How many each has been given, by user id."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("workflow", "step_id"), name="rotation_once")]

    def __str__(self) -> str:
        return self.step_id


class AutomationSecret(Row):
    """A value that outward steps may use as `{{secrets.NAME}}`; nobody reads it again."""

    name = models.CharField(max_length=40)
    value = SecretField()
    made_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("name",), name="automation_secret_once")]

    def __str__(self) -> str:
        return self.name
