"""Who works for an agency."""

from django.db import models

from tenants.directory.models import Agency
from tenants.kernel.models import Row


class AgencyRole(models.TextChoices):
    OWNER = "owner", "Owner"
    STAFF = "staff", "Staff"


class AgencyMember(Row):
    """A person of the public schema who may enter an agency's portal."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="members")
    user = models.ForeignKey("identity.User", models.CASCADE, related_name="agencies")
    role = models.CharField(max_length=10, choices=AgencyRole, default=AgencyRole.STAFF)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("agency", "user"), name="agency_member_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.agency}"
