"""What is told about a record: its history, what people wrote, who follows it, its files."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row
from tenants.records.enums import Visibility
from tenants.records.models.base import Pointer


class Change(Row, Pointer):
    """A line of history: what an actor did to a record.

    `changes` maps field names to [before, after], values as the API gives them,
    relations as {"id", "name"}. `source` says by which door; `job_id` by which
    background job, so that the job can be undone.
    """

    action = models.CharField(max_length=20)
    actor_name = models.CharField(max_length=120)
    user = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    changes = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=12, blank=True)
    job_id = models.UUIDField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=("record_type", "record_id", "created_at"), name="change_of_record"),
            models.Index("job_id", "id", condition=models.Q(job_id__isnull=False), name="change_of_job"),
            models.Index("created_at", "id", name="change_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.action}"


class Note(Row, Pointer):
    """What somebody wrote about a record: cleaned HTML in `body`, its words in `text`."""

    body = models.TextField(_("note"), max_length=60_000)
    text = models.TextField(blank=True)
    author = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    author_name = models.CharField(max_length=120)
    visibility = models.CharField(_("who may read it"), max_length=8, choices=Visibility, default=Visibility.ALL)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    mentions = ArrayField(models.UUIDField(), default=list, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("record_type", "record_id", "created_at"), name="note_of_record")]

    def __str__(self) -> str:
        return (self.text or self.body)[:80]


class File(Row, Pointer):
    """A file kept with a record, perhaps with one of its notes, perhaps as the value of a file field."""

    name = models.CharField(_("name"), max_length=200)
    key = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    note = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="files")
    uploaded_by = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    uploader_name = models.CharField(max_length=120)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=("record_type", "record_id", "created_at"), name="file_of_record")]

    def __str__(self) -> str:
        return self.name


class Follow(Row, Pointer):
    """A user hears of what happens to a record."""

    user = models.ForeignKey("identity.User", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("record_type", "record_id", "user"), name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.record_type} {self.record_id}"
