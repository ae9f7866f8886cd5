"""Who works for an agency, and with which keys its programs come."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Agency
from tenants.kernel.models import Row


class AgencyRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    STAFF = "staff", _("Staff")


class AgencyTab(models.TextChoices):
    """The parts of the portal and of the agency's API that a member may be kept to."""

    COMPANIES = "companies", _("Companies")
    BRAND = "brand", _("Brand")
    DOMAINS = "domains", _("Domains")
    STAFF = "staff", _("People")
    KEYS = "keys", _("API keys")
    SUPPORT = "support", _("Support visits")


class AgencyMember(Row):
    """A person of the public schema who may enter an agency's portal.

    `tabs` and `company_ids` keep staff to some of it: None is everything, an empty list nothing.
    Owners are never limited.
    """

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="members")
    user = models.ForeignKey("identity.User", models.CASCADE, related_name="agencies")
    role = models.CharField(max_length=10, choices=AgencyRole, default=AgencyRole.STAFF)
    tabs = ArrayField(models.CharField(max_length=12, choices=AgencyTab), null=True, blank=True)
    company_ids = ArrayField(models.UUIDField(), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("agency", "user"), name="agency_member_once"),
            models.CheckConstraint(
                condition=~models.Q(role="owner") | models.Q(tabs=None, company_ids=None), name="agency_owner_unlimited"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.agency}"

    @property
    def is_owner(self) -> bool:
        return self.role == AgencyRole.OWNER

    @property
    def has_all_companies(self) -> bool:
        return self.is_owner or self.company_ids is None

    def may_open(self, tab: str) -> bool:
        return self.is_owner or self.tabs is None or tab in self.tabs

    def sees(self, company_id: UUID) -> bool:
        return self.has_all_companies or company_id in (self.company_ids or ())

    @property
    def tab_labels(self) -> list[str]:
        """What the member is kept to, in words; nothing where that is everything."""
        return [str(tab.label) for tab in AgencyTab if self.tabs is not None and tab in self.tabs]


class AgencyKey(Row):
    """Which agency a key of the public tables is for: a person may work for several."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="keys")
    key = models.OneToOneField("identity.ApiKey", models.CASCADE, related_name="agency_key")

    def __str__(self) -> str:
        return f"{self.key} of {self.agency}"
