from django.db import models
from django.utils.translation import gettext_lazy as _


class Face(models.TextChoices):
    PLATFORM = "platform", _("Platform")
    AGENCY = "agency", _("Agency")
    COMPANY = "company", _("Company")


class AgencyStatus(models.TextChoices):
    PENDING = "pending", _("E-mail not verified")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class CompanyStatus(models.TextChoices):
    PROVISIONING = "provisioning", _("Being set up")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    MOVING = "moving", _("Being moved")
    RETIRED = "retired", _("Closed")
    """Waits for its erasure, and may be taken back until then."""
    ERASING = "erasing", _("Being erased")


class SupportAccess(models.TextChoices):
    """Whether the agency's support may enter a company."""

    OPEN = "open", _("May enter")
    APPROVAL = "approval", _("May enter once somebody here agrees")
    OFF = "off", _("May not enter")


class VisitState(models.TextChoices):
    ASKED = "asked", _("Waiting for consent")
    AGREED = "agreed", _("Agreed")
    REFUSED = "refused", _("Refused")
    INSIDE = "inside", _("Inside")
    ENDED = "ended", _("Ended")
