"""Copies of a company beside it: restored from a backup, or put aside by a swap."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kernel.models import Row


class RestoreState(models.TextChoices):
    MAKING = "making", _("Being restored")
    BESIDE = "beside", _("Ready beside")
    SWAPPED = "swapped", _("In use; the former is kept beside")
    GONE = "gone", _("Taken away")


class Restore(Row):
    """A schema beside a company's own. At most one at a time, so that it is clear what “beside” means."""

    company_id = models.UUIDField()
    agency_id = models.UUIDField()
    subject = models.CharField(max_length=120)
    backup_id = models.UUIDField()
    made_at = models.DateTimeField()
    """The moment that the backup shows."""
    schema_name = models.CharField(max_length=22, unique=True)
    state = models.CharField(max_length=10, choices=RestoreState, default=RestoreState.MAKING)
    rows = models.PositiveBigIntegerField(default=0)
    is_exact = models.BooleanField(default=False)
    """The checksums of what was restored are those of the manifest."""
    swapped_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    """When what is beside goes by itself."""
    actor_name = models.CharField(max_length=120)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("company_id",),
                condition=~models.Q(state=RestoreState.GONE),
                name="restore_one_beside_a_company",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} as of {self.made_at:%Y-%m-%d %H:%M}"
