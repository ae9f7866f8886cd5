"""What every record has, and the tables that serve all record types at once.

A record is pointed at by (record type name, id), so these tables know nothing of
the modules and a schema can be taken away whole.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row


class Record(Row):
    """Base of every record: who owns it, who made it, whether it is in the bin."""

    title_field: ClassVar[str] = "name"
    text_fields: ClassVar[tuple[str, ...]] = ("name",)
    """The columns that str() reads."""

    owner = models.ForeignKey(
        "identity.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    created_by = models.ForeignKey(
        "identity.User", models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("created by"), db_index=False,
    )  # fmt: skip
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.title_field)) or str(_("Untitled"))


class Pointer(models.Model):
    """Any record, by its type's name and its id."""

    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()

    class Meta:
        abstract = True


class Change(Row, Pointer):
    """A line of history: what an actor did to a record.

    `changes` maps field names to [before, after], values as the API gives them,
    relations as {"id", "name"}.
    """

    action = models.CharField(max_length=20)
    actor_name = models.CharField(max_length=120)
    user = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    changes = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("record_type", "record_id", "created_at"), name="change_of_record")]

    def __str__(self) -> str:
        return f"{self.record_type} {self.action}"


class Note(Row, Pointer):
    """What somebody wrote about a record. Plain text; rich text comes with the full kernel."""

    body = models.TextField(_("note"), max_length=20_000)
    author = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    author_name = models.CharField(max_length=120)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("record_type", "record_id", "created_at"), name="note_of_record")]

    def __str__(self) -> str:
        return self.body[:80]


class Event(Row):
    """The outbox: what happened, written with it, delivered after it."""

    name = models.CharField(max_length=60)
    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()
    payload = models.JSONField(default=dict)
    delivered_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=("id",), condition=models.Q(delivered_at=None), name="event_waiting")]

    def __str__(self) -> str:
        return self.name
