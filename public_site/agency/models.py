"""Who works for an agency, and with which keys its programs come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Agency
from tenants.kernel.models import Row


class AgencyRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    STAFF = "staff", _("Staff")


class AgencyMember(Row):
    """A person of the public schema who may enter an agency's portal."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="members")
    user = models.ForeignKey("identity.User", models.CASCADE, related_name="agencies")
    role = models.CharField(max_length=10, choices=AgencyRole, default=AgencyRole.STAFF)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("agency", "user"), name="agency_member_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.agency}"

    @property
    def is_owner(self) -> bool:
        return self.role == AgencyRole.OWNER


class AgencyKey(Row):
    """Which agency a key of the public tables is for: a person may work for several."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="keys")
    key = models.OneToOneField("identity.ApiKey", models.CASCADE, related_name="agency_key")

    def __str__(self) -> str:
        return f"{self.key} of {self.agency}"
