"""Backups, when they are made and how long they are kept. In public; no foreign keys: they outlive their company."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row


class BackupState(models.TextChoices):
    MAKING = "making", _("Being made")
    KEPT = "kept", _("Kept")
    FAILED = "failed", _("Failed")


class BackupCause(models.TextChoices):
    SCHEDULE = "schedule", _("Schedule")
    ASKED = "asked", _("By hand")


class Backup(Row):
    """All of one company at one moment: a sealed object in the store."""

    company_id = models.UUIDField()
    agency_id = models.UUIDField()
    subject = models.CharField(max_length=120)
    """The company's name, kept for when it is gone."""
    cause = models.CharField(max_length=10, choices=BackupCause, default=BackupCause.ASKED)
    state = models.CharField(max_length=10, choices=BackupState, default=BackupState.MAKING)
    made_at = models.DateTimeField(null=True, blank=True)
    """The moment that it shows."""
    place = models.CharField(max_length=200)
    """Its key in the store."""
    size = models.PositiveBigIntegerField(default=0)
    """As it lies there, packed."""
    rows = models.PositiveBigIntegerField(default=0)
    files = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    """Of the whole object."""
    masters = models.JSONField(default=list)
    """Master keys without which it, or the secrets in it, cannot be read."""
    checked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=300, blank=True)
    """What the last check found, in words; empty: nothing."""
    expires_at = models.DateTimeField(null=True, blank=True)
    """For those of companies that are gone. Others follow the rule of their company."""

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("company_id", "made_at"), name="backup_of_company")]

    def __str__(self) -> str:
        return f"{self.subject} {self.made_at:%Y-%m-%d %H:%M}" if self.made_at else self.subject

    @property
    def is_usable(self) -> bool:
        return self.state == BackupState.KEPT and not self.fault


class BackupRule(Row):
    """How often and how long, for one company, one agency, one plan, or everybody: the narrowest that is there."""

    scope = models.CharField(max_length=60, unique=True)
    """`company:<id>`, `agency:<id>`, `plan:<name>`, or empty."""
    is_on = models.BooleanField(default=True)
    hour = models.PositiveSmallIntegerField(null=True, blank=True)
    """In the company's time zone; empty: some time of its night, another for each company."""
    daily = models.PositiveSmallIntegerField(default=7)
    weekly = models.PositiveSmallIntegerField(default=4)
    monthly = models.PositiveSmallIntegerField(default=6)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(hour=None) | models.Q(hour__lt=24), name="backup_rule_hour"),
            models.CheckConstraint(condition=models.Q(daily__gte=1), name="backup_rule_keeps_one"),
        ]

    def __str__(self) -> str:
        return self.scope or "everybody"


class BackupTurn(Row):
    """When a company is next."""

    company_id = models.UUIDField(unique=True)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.company_id} {self.due_at:%Y-%m-%d %H:%M}"
