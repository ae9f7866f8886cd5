"""People, their roles and teams."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from tenants.identity.enums import OWNER
from tenants.kernel.actors import ALL_GRANTS, Actor, Grants
from tenants.kernel.models import Row
from tenants.kernel.permits import Permit


class Role(Row):
    """A named set of grants: record type (or `*`) to verbs, how far each goes, and rules for fields.

    `grants`: {"contacts": ["view", "edit"]}; `reaches`: {"contacts": {"view": "team", "edit": "own"}}, what is not
    said goes for all; `field_rules`: {"deals": {"amount": "hidden", "probability": "read_only"}}.
    """

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    grants = models.JSONField(default=dict)
    reaches = models.JSONField(default=dict, blank=True)
    field_rules = models.JSONField(default=dict, blank=True)

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
        """Acts with its role's grants, as far as its permit reaches; without a role nothing is granted."""
        from tenants.identity.permits import permit_of  # permits ask for teams, which are made of users

        return self.acting_with(permit_of(self))

    def acting_with(self, permit: Permit) -> Actor:
        return Actor(kind="user", user_id=self.pk, name=str(self), grants=permit.lent_grants, permit=permit)


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
