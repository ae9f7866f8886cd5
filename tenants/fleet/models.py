"""The ledger of schemas: which exist, what has been applied to each, who has it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row


class SchemaState(models.TextChoices):
    BUILDING = "building"
    READY = "ready"
    CLAIMED = "claimed"
    DROPPING = "dropping"
    """Nobody can have it any more; whoever finds it takes it away."""


class Schema(Row):
    """One PostgreSQL schema made by us: the template, a ready one, or a company's."""

    name = models.CharField(max_length=22, unique=True)
    state = models.CharField(max_length=10, choices=SchemaState, default=SchemaState.BUILDING)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of the migrations applied")
    applied = models.JSONField(default=list, help_text="[app, migration] pairs, in order")

    class Meta:
        indexes = [
            models.Index(fields=("fingerprint", "created_at"), condition=models.Q(state="ready"), name="schema_ready")
        ]

    def __str__(self) -> str:
        return self.name


class Template(Row):
    """The statements that make a company schema, read off a migrated one."""

    fingerprint = models.CharField(max_length=64, unique=True)
    statements = models.JSONField()
    tables = models.JSONField()
    applied = models.JSONField()

    def __str__(self) -> str:
        return self.fingerprint[:12]


class OperationState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")


OPEN_STATES = (OperationState.WAITING, OperationState.RUNNING)


class Operation(Row):
    """Long work on one company or on the fleet, step by step: what a killed process leaves is gone on with.

    A company has one at a time. No foreign keys: the row outlives what it was about.
    """

    kind = models.CharField(max_length=40)
    company_id = models.UUIDField(null=True, blank=True)
    agency_id = models.UUIDField(null=True, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    """The company's name, kept for when it is gone."""
    state = models.CharField(max_length=10, choices=OperationState, default=OperationState.WAITING)
    arguments = models.JSONField(default=dict)
    kept = models.JSONField(default=dict)
    """What finished steps leave for later ones."""
    step = models.PositiveSmallIntegerField(default=0)
    """How many steps are finished."""
    starts = models.PositiveSmallIntegerField(default=0)
    """How often the step under way was begun."""
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    """How much of the step under way is done, of how much; 0: not known."""
    log = models.JSONField(default=list)
    """[moment, text] pairs."""
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=120)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("company_id",), condition=models.Q(state__in=OPEN_STATES), name="operation_one_of_a_company"
            )
        ]
        indexes = [models.Index(fields=("agency_id", "id"), name="operation_of_agency")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()

    @property
    def is_over(self) -> bool:
        return self.state not in OPEN_STATES
