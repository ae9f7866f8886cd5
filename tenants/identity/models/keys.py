"""What programs show: keys, personal tokens, and whatever else a bearer may carry."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from tenants.identity.models.people import User
from tenants.kernel.actors import Scopes
from tenants.kernel.models import Row


class Pass(Row):
    """What lets a program act for a person. Only its hash is kept."""

    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_machine = models.CharField(max_length=45, blank=True)
    """The IP address of the last use."""
    scopes = models.JSONField(null=True, blank=True)
    """Record type (or `*`) to verbs: of what the user may, this much. None: all of it."""

    class Meta:
        abstract = True

    def is_usable(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        return not self.revoked_at and (not self.expires_at or self.expires_at > now)

    @property
    def family(self) -> str:
        """What lines of the audit about it begin with."""
        raise NotImplementedError

    @property
    def told(self) -> tuple[str, dict[str, str]]:
        """What lines of the audit call it, and their details."""
        raise NotImplementedError

    @property
    def through(self) -> str:
        """What history names besides the person; empty where the person alone is named."""
        return ""

    @property
    def cut_to(self) -> Scopes | None:
        """Its scopes, as they count right now."""
        return self.scopes

    @property
    def scope_lines(self) -> list[str]:
        """The scopes, one subject a line; none where it may all its user may."""
        return [f"{name}: {', '.join(verbs)}" for name, verbs in sorted((self.scopes or {}).items()) if verbs]


class ApiKey(Pass):
    """A program's key, or a token a person made for itself. The prefix finds the row."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    is_personal = models.BooleanField(default=False)
    """Made by a person for itself: never with rights on the settings."""

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def family(self) -> str:
        return "personal_token" if self.is_personal else "api_key"

    @property
    def told(self) -> tuple[str, dict[str, str]]:
        return self.prefix, {"name": self.name}

    @property
    def through(self) -> str:
        return self.name if self.is_personal else ""
