"""Keys of programs."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from tenants.identity.models.people import User
from tenants.kernel.models import Row


class ApiKey(Row):
    """A program's key. Only its hash is kept; the prefix finds the row."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_machine = models.CharField(max_length=45, blank=True)
    """The IP address of the last use."""
    scopes = models.JSONField(null=True, blank=True)
    """Record type (or `*`) to verbs: of what the user may, this much. None: all of it."""

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_usable(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        return not self.revoked_at and (not self.expires_at or self.expires_at > now)

    @property
    def scope_lines(self) -> list[str]:
        """The scopes, one subject a line; none where the key may all its user may."""
        return [f"{name}: {', '.join(verbs)}" for name, verbs in sorted((self.scopes or {}).items())]
