from django.db import models
from django.utils.translation import gettext_lazy as _


class StageKind(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class DealStatus(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    ABANDONED = "abandoned", _("Abandoned")


class Source(models.TextChoices):
    REFERRAL = "referral", _("Referral")
    WEBSITE = "website", _("Website")
    ADVERTISING = "advertising", _("Advertising")
    EVENT = "event", _("Event")
    COLD_CALL = "cold_call", _("Cold call")
    PARTNER = "partner", _("Partner")
    OTHER = "other", _("Other")


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class TaskStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_TASKS = (TaskStatus.PENDING, TaskStatus.IN_PROGRESS)

# (name, probability in percent, kind): the nine of the customer's roadmap.
DEFAULT_STAGES = (
    ("New Lead", 10, StageKind.OPEN),
    ("Contacted", 20, StageKind.OPEN),
    ("Qualified (MQL)", 35, StageKind.OPEN),
    ("Meeting Scheduled", 50, StageKind.OPEN),
    ("Proposal Sent", 65, StageKind.OPEN),
    ("Negotiation", 80, StageKind.OPEN),
    ("Closed Won", 100, StageKind.WON),
    ("Closed Lost", 0, StageKind.LOST),
    ("Nurturing", 5, StageKind.OPEN),
)
