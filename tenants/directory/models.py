"""Agencies, companies, the hosts that lead to them, and their brands. All in public."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tenants.directory.enums import AgencyStatus, CompanyStatus, Face, SupportAccess, VisitState
from tenants.directory.names import SLUG_PATTERN
from tenants.kernel.context import Place
from tenants.kernel.ids import SCHEMA_PATTERN
from tenants.kernel.models import Row

slug_validator = RegexValidator(SLUG_PATTERN, "Use 3 to 40 small letters, digits and hyphens.")


class Agency(Row):
    """Who resells the product under a brand of its own."""

    name = models.CharField(max_length=120)
    slug = models.CharField(max_length=40, unique=True, validators=[slug_validator])
    status = models.CharField(max_length=12, choices=AgencyStatus, default=AgencyStatus.PENDING)
    plan = models.CharField(max_length=20, default="free")

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class Company(Row):
    """A customer of an agency, working in a PostgreSQL schema of its own.

    `schema_name` is made by us and never changes; slug and hosts may.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="companies")
    name = models.CharField(max_length=120)
    slug = models.CharField(max_length=40, validators=[slug_validator])
    schema_name = models.CharField(max_length=22, unique=True, editable=False)
    status = models.CharField(max_length=12, choices=CompanyStatus, default=CompanyStatus.PROVISIONING)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    time_zone = models.CharField(max_length=40, default="UTC")
    currency = models.CharField(max_length=3, help_text="ISO 4217")
    language = models.CharField(max_length=8, default="en")
    owner_email = models.EmailField()
    support_access = models.CharField(max_length=10, choices=SupportAccess, default=SupportAccess.OPEN)
    is_sandbox = models.BooleanField(default=False, editable=False)
    """Said once, when it is made: a sandbox never becomes a company that mails and calls people."""
    sandbox_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="sandboxes")
    expires_at = models.DateTimeField(null=True, blank=True)
    """When a sandbox is taken away."""
    copied_at = models.DateTimeField(null=True, blank=True)
    """As of when it is a copy of another."""
    erase_after = models.DateTimeField(null=True, blank=True)
    """Of a closed one: until then it may be taken back."""

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(fields=("agency", "slug"), name="company_slug_unique_in_agency"),
            models.CheckConstraint(condition=Q(schema_name__regex=SCHEMA_PATTERN), name="company_schema_name_ours"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        """Its schema, touched with its own database role."""
        return Place(
            schema=self.schema_name, role=self.schema_name, company_id=self.pk, agency_id=self.agency_id,
            is_sandbox=self.is_sandbox,
        )  # fmt: skip

    @property
    def sandbox_of_name(self) -> str:
        return self.sandbox_of.name if self.sandbox_of else ""


class Membership(Row):
    """That somebody works in a company, for finding the others of the same agency without asking each.

    Only a hint, and one that says nothing without the secret of the installation: `digest` is of agency and
    e-mail address. Who may really come in, and as what, the company's own tables say.
    """

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", db_index=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="memberships", db_index=False)
    user_id = models.UUIDField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint("company", "user_id", name="membership_once")]
        indexes = [models.Index(fields=("agency", "digest"), name="membership_by_person")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.company_id}"


class Domain(Row):
    """One host and what it leads to. Unverified hosts lead nowhere."""

    host = models.CharField(max_length=253, unique=True)
    face = models.CharField(max_length=10, choices=Face)
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="domains")
    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="domains")
    is_canonical = models.BooleanField(default=False)
    is_custom = models.BooleanField(default=False)
    token = models.CharField(max_length=64, blank=True, help_text="Expected in the TXT record")
    verified_at = models.DateTimeField(null=True, blank=True)
    moved_until = models.DateTimeField(null=True, blank=True)
    """A former address: leads on to the canonical host until then, and is kept back afterwards (Tombstone)."""

    class Meta:
        ordering = ("host",)
        constraints = [
            models.CheckConstraint(condition=Q(host=models.functions.Lower("host")), name="domain_host_lower_case"),
            models.CheckConstraint(
                condition=Q(face=Face.PLATFORM, agency=None, company=None)
                | Q(face=Face.AGENCY, agency__isnull=False, company=None)
                | Q(face=Face.COMPANY, agency__isnull=False, company__isnull=False),
                name="domain_leads_to_one_face",
            ),
            models.UniqueConstraint(
                F("face"),
                models.functions.Coalesce(
                    "company", "agency", models.Value("00000000-0000-0000-0000-000000000000", models.UUIDField())
                ),
                condition=Q(is_canonical=True),
                name="domain_one_canonical",
            ),
        ]

    def __str__(self) -> str:
        return self.host


class Tombstone(Row):
    """A host that was somebody's and is kept back for a while: links, bookmarks and DNS records still lead to it.

    No foreign keys: it outlives those whose it was.
    """

    host = models.CharField(max_length=253, unique=True)
    agency_id = models.UUIDField(null=True)
    company_id = models.UUIDField(null=True)
    is_custom = models.BooleanField()
    until = models.DateTimeField()

    class Meta:
        ordering = ("host",)

    def __str__(self) -> str:
        return self.host


class Brand(Row):
    """Names, colours and pictures; of the agency, overridden by a company where it says more."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="brands")
    company = models.OneToOneField(Company, models.CASCADE, null=True, blank=True, related_name="brand")
    product_name = models.CharField(max_length=60, blank=True)
    colour = models.CharField(max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-f]{6}$")])
    logo = models.CharField(max_length=200, blank=True)
    icon = models.CharField(max_length=200, blank=True)
    login_image = models.CharField(max_length=200, blank=True)
    sender_name = models.CharField(max_length=60, blank=True)
    sender_email = models.EmailField(blank=True)
    support_email = models.EmailField(blank=True)
    terms_url = models.URLField(blank=True)
    privacy_url = models.URLField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("agency",), condition=Q(company=None), name="brand_one_own_of_an_agency")
        ]

    def __str__(self) -> str:
        return self.product_name


class AuditAnchor(Row):
    """How far the audit chain of a place had come when it was written last, sealed by us.

    The chain lies in the company's schema, its end here: who takes the last entries
    away there cannot take them away here.
    """

    chain = models.CharField(max_length=60, unique=True)
    number = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.chain} up to {self.number}"


class SupportVisit(Row):
    """Somebody of the agency or the platform in a company, as one of its users, for a while and a reason."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="support_visits")
    visitor_id = models.UUIDField()
    """A user of the public tables."""
    visitor_name = models.CharField(max_length=120)
    visitor_email = models.EmailField()
    house = models.CharField(max_length=120)
    """Whom the visitor works for: the agency's name, or the platform's."""
    home_chain = models.CharField(max_length=60)
    """Which audit chain in public tells of the visit too."""
    user_id = models.UUIDField()
    """The company's user the visitor works as."""
    user_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=VisitState, default=VisitState.ASKED)
    answered_by = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    session_key = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.visitor_name} for {self.user_name}"

    @property
    def is_ongoing(self) -> bool:
        """Agreed to, or inside and not over."""
        if self.state == VisitState.INSIDE:
            return bool(self.ends_at and self.ends_at > timezone.now())
        return self.state == VisitState.AGREED
