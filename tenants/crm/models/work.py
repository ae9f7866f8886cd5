"""What is to be done, and what was done."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import OPEN_TASKS, ActivityType, Outcome, Priority, TaskCategory, TaskStatus
from tenants.crm.models.mixins import About
from tenants.kernel.models import Row
from tenants.records.models import Record, record_indexes

YEAR_MINUTES = 365 * 24 * 60


class Task(Record, About):
    """Something to be done by somebody, perhaps about a record, perhaps again and again.

    `repeats` is an RRULE; finishing the task makes the next of its `series`, whose rule
    counts from `series_at`.
    """

    name = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    category = models.CharField(_("category"), max_length=10, choices=TaskCategory, default=TaskCategory.TO_DO)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.MEDIUM)
    status = models.CharField(_("status"), max_length=12, choices=TaskStatus, default=TaskStatus.PENDING)
    repeats = models.CharField(
        _("repeats"), max_length=200, blank=True, help_text=_("A rule like FREQ=WEEKLY;BYDAY=MO. Empty: once.")
    )
    series = models.UUIDField(null=True, blank=True, editable=False)
    series_at = models.DateTimeField(null=True, blank=True, editable=False)
    completed_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            *record_indexes("task"),
            models.Index("about_id", "due_at", name="task_about"),
            models.Index("due_at", "id", name="task_by_due"),
            models.Index("series", "due_at", condition=models.Q(series__isnull=False), name="task_of_series"),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_TASKS


class Reminder(Row):
    """A moment at which a task's owner is reminded; `minutes_before` moves with the task's due time."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="reminders")
    remind_at = models.DateTimeField()
    minutes_before = models.PositiveIntegerField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("remind_at", "id")
        indexes = [models.Index("remind_at", condition=models.Q(sent_at=None), name="reminder_waiting")]

    def __str__(self) -> str:
        return f"{self.remind_at:%Y-%m-%d %H:%M}"


class Activity(Record, About):
    """Something that happened between us and somebody: one of eighteen types."""

    title_field = "subject"
    text_fields = ("subject",)

    type = models.CharField(_("type"), max_length=20, choices=ActivityType, default=ActivityType.PHONE_CALL)
    subject = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    occurred_at = models.DateTimeField(_("when"), default=timezone.now)
    duration_minutes = models.PositiveIntegerField(
        _("minutes"), null=True, blank=True, validators=[MaxValueValidator(YEAR_MINUTES)]
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    participants = ArrayField(models.CharField(max_length=60), verbose_name=_("participants"), default=list, blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            *record_indexes("activity"),
            models.Index("about_id", "occurred_at", name="activity_about"),
            models.Index("occurred_at", "id", name="activity_by_time"),
        ]
