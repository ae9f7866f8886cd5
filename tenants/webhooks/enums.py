"""How endpoints and deliveries stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    BROKEN = "broken", _("Not answering")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SUCCEEDED = "succeeded", _("Delivered")
    FAILED = "failed", _("Failed")
    HELD = "held", _("Held: sandbox")


OPEN = (EndpointState.ACTIVE, EndpointState.BROKEN)
"""What is noted for these; a paused endpoint hears of nothing new."""
SETTINGS = "settings"
