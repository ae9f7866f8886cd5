"""What people were told, by which channel, and how they want to be told."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row
from tenants.kernel.secret_fields import SecretField
from tenants.notifications.enums import URGENT, Service, Status, Why


class Notification(Row):
    """One thing one person is told. `once` keeps a consumer that comes twice from telling twice.

    `actions`: [{"label": "Mark task done", "url": "/tasks/…/done/", "method": "post"}], addresses of our own.
    """

    user = models.ForeignKey("identity.User", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    record_type = models.CharField(max_length=40, blank=True)
    record_id = models.UUIDField(null=True)
    actions = models.JSONField(default=list)
    priority = models.CharField(max_length=8, blank=True)
    once = models.CharField(max_length=160)
    actor_name = models.CharField(max_length=120, blank=True)
    is_shown = models.BooleanField(default=True)
    """Whether it stands in the centre; not for who wants this kind by other channels alone."""
    read_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("user", "once"), name="notification_once")]
        indexes = [
            models.Index("user", models.F("id").desc(), name="notification_newest"),
            models.Index(
                fields=("user",), condition=Q(read_at=None, archived_at=None, is_shown=True), name="notification_unread"
            ),
            models.Index(
                fields=("snoozed_until",), condition=Q(snoozed_until__isnull=False), name="notification_snoozed"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_urgent(self) -> bool:
        return self.priority == URGENT

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > timezone.now()


class ChatConnection(Row):
    """A channel of Slack, Teams or Discord that we post to by its incoming webhook."""

    name = models.CharField(max_length=80)
    service = models.CharField(max_length=10, choices=Service)
    url = SecretField()
    is_for_people = models.BooleanField(default=False)
    """Whether people may send their own notifications there: whoever reads the channel reads them."""
    last_sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Delivery(Row):
    """A sending of a notification by a channel other than the centre; or of a workflow's words to a chat.

    `once` names what a workflow has posted; empty for notifications, which go out once by each channel.
    """

    notification = models.ForeignKey(Notification, models.CASCADE, null=True, related_name="deliveries", db_index=False)
    connection = models.ForeignKey(ChatConnection, models.SET_NULL, null=True, related_name="+", db_index=False)
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    why = models.CharField(max_length=16, choices=Why, blank=True)
    error = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ("channel",)
        constraints = [
            models.UniqueConstraint(fields=("notification", "channel"), name="delivery_by_channel"),
            models.UniqueConstraint("once", condition=~Q(once=""), name="notified_once"),
        ]
        indexes = [
            models.Index(fields=("next_try_at",), condition=Q(status="waiting"), name="notified_due"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.status}"

    @property
    def words(self) -> Any:
        """How it stands, with the reason."""
        reason = self.error or self.get_why_display()
        return f"{self.get_status_display()}: {reason}" if reason else self.get_status_display()


class Wishes(Row):
    """How one person wants to be told; without a person, what holds for all who have not said otherwise.

    `channels`: {"task_due": {"email": true}}. `quiet`: {"from": "22:00", "to": "07:00", "days": [0, 1]}, the
    days on which it begins, Monday 0. `bundle`, the digest: {"every": "daily", "at": "08:00", "weekday": 0,
    "kinds": […]}. `muted`: ["deals:<id>"].
    """

    user = models.ForeignKey("identity.User", models.CASCADE, null=True, related_name="+", db_index=False)
    channels = models.JSONField(default=dict)
    quiet = models.JSONField(default=dict)
    bundle = models.JSONField(default=dict)
    muted = models.JSONField(default=list)
    paused_until = models.DateTimeField(null=True)
    connection = models.ForeignKey(ChatConnection, models.SET_NULL, null=True, related_name="+", db_index=False)
    push_key = SecretField()
    """In the company's own row: what its pushes are signed with (VAPID), as PEM."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user",), nulls_distinct=False, name="wishes_once")]

    def __str__(self) -> str:
        return str(self.user_id or _("Everybody"))


class PushSubscription(Row):
    """A browser that a person lets us push to."""

    user = models.ForeignKey("identity.User", models.CASCADE, related_name="+")
    endpoint = SecretField()
    endpoint_hash = models.CharField(max_length=64, unique=True)
    public_key = models.CharField(max_length=120)
    """The browser's, uncompressed, base64url (RFC 8291 calls it p256dh)."""
    auth = SecretField()
    browser = models.CharField(max_length=120, blank=True)
    last_sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.browser
