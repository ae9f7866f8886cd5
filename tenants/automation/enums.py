from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkflowState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("On")
    OFF = "off", _("Off")
    ARCHIVED = "archived", _("Archived")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Earlier")


class EnrolmentState(models.TextChoices):
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class StepState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")


class OffKind(models.TextChoices):
    """Why a workflow is off. What nobody chose is told on its page."""

    PERSON = "person", _("Somebody turned it off")
    CIRCLE = "circle", _("It kept setting itself off")
    STORM = "storm", _("Too many records entered in a minute")


OPEN = (EnrolmentState.RUNNING, EnrolmentState.WAITING)
