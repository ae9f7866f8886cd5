"""What matters for trust, written down for good."""

from django.db import models
from django.utils import timezone

from tenants.kernel.db.constraints import AppendOnly
from tenants.kernel.models import Row


class AuditEntry(Row):
    """Something that matters for trust: sign-ins, keys, settings, exports, deletions.

    The entries of a place are a chain: each has the next number, the digest of the one
    before, and a digest over all that it says (`auditing.chain`). Nothing points out of
    an entry, so nothing that happens elsewhere can change one.
    """

    updated_at = None  # type: ignore[assignment]  # an entry is written once
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    chain = models.CharField(max_length=60)
    """The place's salt: a company, an agency, the platform."""
    number = models.PositiveBigIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    actor_name = models.CharField(max_length=120)
    user_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    machine = models.CharField(max_length=45, blank=True)
    """The IP address it was done from."""
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-number",)
        indexes = [models.Index(fields=("subject", "created_at"), name="audit_of_subject")]
        constraints = [
            models.UniqueConstraint(fields=("chain", "number"), name="audit_number_once"),
            AppendOnly(name="audit_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_name}"
