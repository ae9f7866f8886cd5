"""Identity providers of a company, the mail domains it has proven, and who is known where by which name."""

from django.db import models

from tenants.identity.models.people import Role, User
from tenants.kernel.models import Row
from tenants.kernel.secret_fields import SecretField


class SsoKind(models.TextChoices):
    OIDC = "oidc"
    SAML = "saml"


class NewPeople(models.TextChoices):
    """Whom a provider may bring in who is not here yet."""

    NOBODY = "nobody"
    DOMAINS = "domains"
    EVERYBODY = "everybody"


class SsoConnection(Row):
    """One identity provider. `issuer` is the OIDC issuer, or the entity id of a SAML provider."""

    kind = models.CharField(max_length=4, choices=SsoKind)
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=40, unique=True)
    is_enabled = models.BooleanField(default=True)
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=300, blank=True)
    client_secret = SecretField()
    sso_url = models.CharField(max_length=500, blank=True)
    certificates = models.TextField(blank=True)
    trusts_emails = models.BooleanField(default=False)
    new_people = models.CharField(max_length=10, choices=NewPeople, default=NewPeople.DOMAINS)
    default_role = models.ForeignKey(Role, models.PROTECT, related_name="+", db_index=False)
    role_attribute = models.CharField(max_length=120, blank=True)
    role_map = models.JSONField(default=list)
    """[value of the attribute, slug of the role] pairs; the first that fits counts."""
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class MailDomain(Row):
    """A mail domain that the company has proven to be its own by a TXT record."""

    domain = models.CharField(max_length=253, unique=True)
    token = models.CharField(max_length=64)
    verified_at = models.DateTimeField(null=True)
    joins_as = models.ForeignKey(Role, models.SET_NULL, null=True, related_name="+", db_index=False)
    """Who has an address here may join by itself, as this."""

    class Meta:
        ordering = ("domain",)

    def __str__(self) -> str:
        return self.domain


class LinkedIdentity(Row):
    """Who a person is at an identity provider."""

    connection = models.ForeignKey(SsoConnection, models.CASCADE, related_name="identities", db_index=False)
    subject = models.CharField(max_length=500)
    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("connection", "subject", name="identity_once")]

    def __str__(self) -> str:
        return self.subject


class ScimClient(Row):
    """What a directory may change people with: one bearer token. Only its hash is kept."""

    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    prefix = models.CharField(max_length=12, unique=True)
    default_role = models.ForeignKey(Role, models.PROTECT, related_name="+", db_index=False)
    role_groups = models.JSONField(default=list)
    """[name of a group of the directory, slug of the role its members get]; the first counts. All are teams besides."""
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ScimItem(Row):
    """A person or a team as the directory calls it."""

    user = models.OneToOneField(User, models.CASCADE, null=True, related_name="scim")
    team = models.OneToOneField("identity.Team", models.CASCADE, null=True, related_name="scim")
    external_id = models.CharField(max_length=255, blank=True)
    user_name = models.CharField(max_length=255, blank=True)
    is_gone = models.BooleanField(default=False)
    """Deleted over there: not shown to the directory any more, though what the person did stays here."""

    def __str__(self) -> str:
        return self.external_id
