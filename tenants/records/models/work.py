"""Long work: a job runs in the background, tells how far it is, and can be stopped and undone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row
from tenants.records.enums import JobState, Outcome


class Job(Row):
    """One piece of background work that a person started and watches."""

    kind = models.CharField(max_length=20)
    record_type = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    params = models.JSONField(default=dict)
    place = models.JSONField(default=dict)
    """How far it is, in words of its kind: where a killed worker's successor goes on."""
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """Rows by outcome, like {"updated": 812, "failed": 4}."""
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    user = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    actor_name = models.CharField(max_length=120)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    undo_of = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="undo")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("job")
        indexes = [models.Index("kind", "created_at", name="job_by_kind")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.STOPPED)

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


class JobLine(Row):
    """What became of one row of a job, kept where a person must know: refused, skipped, doubtful."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome)
    record_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200, blank=True)
    field = models.CharField(max_length=80, blank=True)
    value = models.TextField(blank=True)
    message = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("number", "id")
        indexes = [models.Index("job", "number", "id", name="line_of_job")]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"
