"""What happened, waiting to be told."""

from django.db import models

from tenants.kernel.models import Row


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
