from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    """Who may read a note."""

    ALL = "all", _("Everybody")
    TEAM = "team", _("My team")
    PRIVATE = "private", _("Only me")


class ViewAudience(models.TextChoices):
    """Who sees a saved view."""

    PRIVATE = "private", _("Only me")
    TEAM = "team", _("My team")
    PUBLIC = "public", _("Everybody")


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")


class Outcome(models.TextChoices):
    """What became of one row."""

    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Failed")


class PairState(models.TextChoices):
    OPEN = "open", _("To review")
    MERGED = "merged", _("Merged")
    DISMISSED = "dismissed", _("Not the same")


class SearchDoor(models.TextChoices):
    """Where somebody searched."""

    PALETTE = "palette", _("Palette")
    PAGE = "page", _("Results page")
    API = "api", _("API")
