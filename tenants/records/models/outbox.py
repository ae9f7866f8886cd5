"""What happened, waiting to be told; and what a consumer could not take."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row


class ServerClock(models.Func):
    """The moment of this very row on the database's clock: one clock for all machines that write."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class Event(Row):
    """The outbox: what happened, written with it, delivered after it.

    Of one record the events stand in the order of `happened_at`: whoever writes the second
    has waited for the record's lock until the first was committed.
    """

    name = models.CharField(max_length=60)
    record_type = models.CharField(max_length=40)
    record_id = models.UUIDField()
    payload = models.JSONField(default=dict)
    happened_at = models.DateTimeField(db_default=ServerClock())
    actor_name = models.CharField(max_length=120, blank=True)
    user_id = models.UUIDField(null=True)
    """Who did it, where that was a person."""
    cause = models.JSONField(null=True)
    """What it followed from, where that was no person: {"kind": "workflow", "id": …, "depth": 2, …}."""
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("happened_at", "id")
        indexes = [
            models.Index(fields=("happened_at", "id"), condition=models.Q(delivered_at=None), name="event_waiting"),
            models.Index(fields=("-happened_at", "-id"), name="event_newest"),
            models.Index(fields=("record_id", "happened_at"), name="event_of_record"),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Trying again")
    BEHIND = "behind", _("Behind another")
    DEAD = "dead", _("Given up")


class Undelivered(Row):
    """An event that one consumer could not take. The others have had it.

    Later events of the same record wait behind it for that consumer, so that their order is kept.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="undelivered")
    consumer = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("event__happened_at", "event_id")
        constraints = [models.UniqueConstraint(fields=("event", "consumer"), name="undelivered_once")]
        indexes = [
            models.Index(fields=("next_try_at",), condition=models.Q(state="waiting"), name="undelivered_due"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_id}"
