"""People, what they may do, and the ways they prove who they are.

The tables stand in public (platform and agency staff) and in every company's
schema (its users): a session, key or token of one place does not exist in another.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from tenants.identity.enums import OWNER
from tenants.kernel.actors import ALL_GRANTS, NO_GRANTS, Actor, Grants
from tenants.kernel.models import Row


class Role(Row):
    """A named set of grants: record type (or `*`) to verbs."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    grants = models.JSONField(default=dict)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def as_grants(self) -> Grants:
        if self.slug == OWNER:
            return ALL_GRANTS
        return {name: frozenset(verbs) for name, verbs in self.grants.items()}


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, Row):
    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="users")
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    text_fields: ClassVar[tuple[str, ...]] = ("name", "email")
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email).split()
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def state(self) -> str:
        """active, invited (and not yet in), or deactivated."""
        if not self.is_active:
            return "deactivated"
        return "invited" if self.invited_at and not self.verified_at and not self.last_login else "active"

    @property
    def actor(self) -> Actor:
        """Acts with its role's grants; without a role nothing is granted."""
        grants = self.role.as_grants if self.role else NO_GRANTS
        return Actor(kind="user", user_id=self.pk, name=str(self), grants=grants)


class Team(Row):
    """People who work together, perhaps within a larger team."""

    name = models.CharField(max_length=80, unique=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    members = models.ManyToManyField(User, through="TeamMember", related_name="teams")

    text_fields: ClassVar[tuple[str, ...]] = ("name",)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TeamMember(Row):
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    is_leader = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint("team", "user", name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class Session(AbstractBaseSession):
    """A signed-in browser. `scope` is the door it came in by; it opens no other."""

    scope = models.CharField(max_length=60)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls) -> Any:
        from tenants.identity.sessions import SessionStore  # Django's session API asks for this cycle

        return SessionStore


class ApiKey(Row):
    """A program's key. Only its hash is kept; the prefix finds the row."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_usable(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        return not self.revoked_at and (not self.expires_at or self.expires_at > now)


class AuditEntry(Row):
    """Something that matters for trust: sign-ins, keys, settings, suspensions."""

    actor_name = models.CharField(max_length=120)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=("subject", "created_at"), name="audit_of_subject")]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_name}"
