"""How people prove who they are, by which rules, and what came of each try."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants.identity.models.people import User
from tenants.kernel.models import Row
from tenants.kernel.secret_fields import SecretField


class SecondFactorFor(models.TextChoices):
    NOBODY = "nobody"
    ROLES = "roles"
    EVERYBODY = "everybody"


class SignInPolicy(Row):
    """A company's rules of signing in; where there is no row the defaults hold."""

    scope = models.CharField(max_length=60, unique=True)
    password_length = models.PositiveSmallIntegerField(default=8)
    password_classes = models.PositiveSmallIntegerField(default=1)
    password_reuse = models.PositiveSmallIntegerField(default=0)
    password_days = models.PositiveSmallIntegerField(default=0)
    idle_minutes = models.PositiveIntegerField(default=14 * 24 * 60)
    absolute_hours = models.PositiveIntegerField(default=30 * 24)
    second_factor = models.CharField(max_length=10, choices=SecondFactorFor, default=SecondFactorFor.NOBODY)
    second_factor_roles = ArrayField(models.TextField(), default=list)
    allows_links = models.BooleanField(default=True)
    allows_passkeys = models.BooleanField(default=True)
    is_sso_only = models.BooleanField(default=False)
    networks = ArrayField(models.TextField(), default=list)

    def __str__(self) -> str:
        return f"Policy of {self.scope}"


class Outcome(models.TextChoices):
    DONE = "done"
    REFUSED = "refused"
    BRAKED = "braked"


class SignIn(Row):
    """One try to come in, good or bad, with where it came from."""

    scope = models.CharField(max_length=60)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sign_ins")
    email = models.CharField(max_length=254, blank=True)
    method = models.CharField(max_length=12)
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=40, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.email}: {self.outcome}"


class AuthenticatorKind(models.TextChoices):
    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    PASSWORDS = "passwords"
    LINKS = "links"
    APP_IN_SET_UP = "set_up"


class Authenticator(Row):
    """Something a person proves itself with: public keys and hashes in `data`, what must be read again in `secret`.

    Besides app codes, passkeys and recovery codes: former passwords, and up to when mailed links are used up.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="authenticators")
    kind = models.CharField(max_length=10, choices=AuthenticatorKind)
    name = models.CharField(max_length=80, blank=True)
    handle = models.TextField(blank=True)
    secret = SecretField()
    data = models.JSONField(default=dict)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("handle", condition=~Q(handle=""), name="passkey_once"),
            models.UniqueConstraint("user", "kind", condition=~Q(kind="passkey"), name="authenticator_once"),
        ]

    def __str__(self) -> str:
        return self.name or self.kind
