"""What notifications and their deliveries can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """How a delivery stands."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Not sent")


class Why(models.TextChoices):
    """Why a delivery waits, or was not sent."""

    QUIET = "quiet_hours", _("quiet hours")
    PAUSED = "paused", _("paused")
    DIGEST = "digest", _("comes with the digest")
    MUTED = "muted", _("the record is muted")
    NO_ADDRESS = "no_address", _("nothing to send it to")
    UNAVAILABLE = "not_available", _("not available yet")
    READ = "read", _("read before it was sent")
    GONE = "gone", _("the person or the connection is gone")
    SANDBOX = "sandbox", _("nothing leaves a sandbox")


class Service(models.TextChoices):
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams"
    DISCORD = "discord", "Discord"


class Every(models.TextChoices):
    """How often a digest comes."""

    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")


URGENT = "urgent"
"""The one priority that is none: comes through quiet hours and pauses, and in no digest."""
