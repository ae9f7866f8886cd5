"""Where events go, what went there, and what comes in."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tenants.kernel.models import Row
from tenants.kernel.secret_fields import SecretField
from tenants.webhooks.enums import DeliveryState, EndpointState


class Endpoint(Row):
    """An address that is told of events. What it is told is what its owner may see."""

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=1000)
    events = models.JSONField(default=list)
    """Names of the catalogue, or `deal.*` for all of one kind of record."""
    record_type = models.CharField(max_length=40, blank=True)
    """What the filter is about; empty without one."""
    filter = models.JSONField(default=dict)
    is_ordered = models.BooleanField(default=False)
    """Per record one after the other, a failing one holding those behind it."""
    state = models.CharField(max_length=8, choices=EndpointState, default=EndpointState.ACTIVE)
    reason = models.CharField(max_length=200, blank=True)
    """Why it is paused or broken, where the house did it."""
    owner = models.ForeignKey("identity.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    scopes = models.JSONField(null=True)
    """What the key had that made it: it is told no more than the key could read."""
    app = models.CharField(max_length=120, blank=True)
    """The program that made it for itself; empty for people's own."""
    secret = SecretField()
    former_secret = SecretField()
    former_until = models.DateTimeField(null=True)
    headers = SecretField()
    """JSON of the customer's own headers."""
    failures = models.PositiveIntegerField(default=0)
    """In a row, up to now."""
    failing_since = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    """It is left alone until then: it asked for that, or does not answer."""

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def has_former(self) -> bool:
        """Whether the secret before this one is good still."""
        return bool(self.former_secret and self.former_until and self.former_until > timezone.now())


class Delivery(Row):
    """One event for one endpoint. The body is what it was when the event was told, in every try the same."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries", db_index=False)
    event_id = models.UUIDField()
    event_name = models.CharField(max_length=60)
    record_type = models.CharField(max_length=40, blank=True)
    record_id = models.UUIDField()
    happened_at = models.DateTimeField()
    body = models.TextField()
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    due_at = models.DateTimeField(null=True)
    """When it wants to be sent; while somebody sends it, when it is taken from them. Empty once that is over."""
    try_count = models.PositiveSmallIntegerField(default=0)
    """Those that count towards giving up."""
    tries = models.JSONField(default=list)
    """The newest, oldest first: {"at", "status", "milliseconds", "answer", "error", "is_probe"}."""
    is_test = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("endpoint", "event_id"), name="delivery_once"),)
        indexes = (
            models.Index(
                fields=("endpoint", "due_at", "happened_at", "event_id"),
                condition=Q(due_at__isnull=False), name="delivery_due",
            ),
            models.Index(
                fields=("endpoint", "happened_at", "event_id"), condition=Q(due_at__isnull=False),
                name="delivery_in_order",
            ),
            models.Index(fields=("endpoint", "id"), name="delivery_of_endpoint"),
            models.Index(fields=("id",), condition=Q(state=DeliveryState.FAILED), name="delivery_failed"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.event_name} {self.event_id}"

    @property
    def last_try(self) -> dict[str, Any]:
        return self.tries[-1] if self.tries else {}


class InboundHook(Row):
    """An address of ours that other systems tell things to."""

    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    hint = models.CharField(max_length=8)
    """The last characters of the address, to tell it from others."""
    former_digest = models.CharField(max_length=64, blank=True)
    former_until = models.DateTimeField(null=True)
    signature_header = models.CharField(max_length=60, blank=True)
    signature_secret = SecretField()
    id_header = models.CharField(max_length=60, blank=True)
    id_path = models.CharField(max_length=120, blank=True)
    """Where the sender's own id stands; without both the body tells two receptions apart."""
    per_minute = models.PositiveIntegerField(default=120)
    is_active = models.BooleanField(default=True)
    last_received_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def has_former(self) -> bool:
        return bool(self.former_digest and self.former_until and self.former_until > timezone.now())


class Reception(Row):
    """What came in, as it came; an event tells of it once it has been read."""

    hook = models.ForeignKey(InboundHook, models.CASCADE, related_name="receptions", db_index=False)
    dedupe_key = models.CharField(max_length=64)
    content_type = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    processed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("hook", "id"), name="reception_of_hook"),
            models.Index(fields=("dedupe_key",), name="reception_key"),
            models.Index(fields=("id",), condition=Q(processed_at=None), name="reception_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.hook_id} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def received_at(self) -> datetime:
        return self.created_at
