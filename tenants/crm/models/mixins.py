"""What several record types of the CRM have in common."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import Risk
from tenants.records.model_fields import MoneyField, PercentField


class Scored(models.Model):
    """How a customer stands, worked out by `health.py` when something happens and every night.

    `customer_value` is what they bought, in the company's currency.
    """

    health_score = PercentField(_("health"), null=True, blank=True, editable=False)
    churn_risk = models.CharField(_("risk"), max_length=6, choices=Risk, blank=True, editable=False)
    customer_value = MoneyField(_("customer value"), default=0, editable=False)
    last_touch_at = models.DateTimeField(_("last touch"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class About(models.Model):
    """What it is about: any record, with its name as it was last known, to be listed and sorted by."""

    about_type = models.CharField(_("record type"), max_length=40, blank=True)
    about_id = models.UUIDField(_("record"), null=True, blank=True)
    about_name = models.CharField(_("about"), max_length=161, blank=True, editable=False)

    class Meta:
        abstract = True
