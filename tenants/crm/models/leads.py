"""Somebody who might buy, before it is known whether they will."""

from django.db import models
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import LeadStatus, Lifecycle, Source, Temperature
from tenants.crm.models.deals import Deal
from tenants.crm.models.people import Account, Contact
from tenants.records.model_fields import CurrencyField, MoneyField, PercentField, PhoneField
from tenants.records.models import Record, record_indexes

CHECKLIST = ("has_need", "has_budget", "has_authority", "has_timeline")
"""What qualifies a lead: need, budget, authority, timeline."""


class Lead(Record):
    """A person with interest, perhaps on behalf of an organisation. Conversion makes more of it."""

    text_fields = ("first_name", "last_name")

    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    name = models.GeneratedField(
        expression=Trim(Concat("first_name", models.Value(" "), "last_name")),
        output_field=models.CharField(_("name"), max_length=161),
        db_persist=True,
        verbose_name=_("name"),
    )
    company_name = models.CharField(_("company"), max_length=160, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneField(_("phone"), blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    status = models.CharField(_("status"), max_length=12, choices=LeadStatus, default=LeadStatus.NEW)
    temperature = models.CharField(_("temperature"), max_length=4, choices=Temperature, blank=True)
    lifecycle = models.CharField(_("lifecycle"), max_length=12, choices=Lifecycle, default=Lifecycle.LEAD)
    score = PercentField(_("score"), default=0, editable=False)
    source = models.CharField(_("source"), max_length=20, choices=Source, blank=True)
    campaign = models.CharField(_("campaign"), max_length=120, blank=True)
    product_interest = models.CharField(_("product interest"), max_length=160, blank=True)
    amount = MoneyField(_("expected value"), default=0)
    currency = CurrencyField(_("currency"))
    has_need = models.BooleanField(_("need is clear"), default=False)
    has_budget = models.BooleanField(_("budget is there"), default=False)
    has_authority = models.BooleanField(_("decides or leads to who does"), default=False)
    has_timeline = models.BooleanField(_("time of purchase is known"), default=False)
    unqualified_reason = models.CharField(_("why unqualified"), max_length=200, blank=True)
    converted_at = models.DateTimeField(_("converted"), null=True, blank=True, editable=False)
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="+", editable=False, db_index=False,
        verbose_name=_("account"),
    )  # fmt: skip
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="leads", editable=False, verbose_name=_("contact")
    )
    deal = models.ForeignKey(
        Deal, models.SET_NULL, null=True, blank=True, related_name="leads", editable=False, verbose_name=_("deal")
    )

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=LeadStatus.CONVERTED, converted_at__isnull=False)
                | (~models.Q(status=LeadStatus.CONVERTED) & models.Q(converted_at__isnull=True)),
                name="lead_converted_with_date",
            )
        ]
        indexes = [
            *record_indexes("lead"),
            models.Index("name", "id", name="lead_by_name"),
            models.Index("created_at", "id", name="lead_by_age"),
            models.Index("email", name="lead_by_email"),
            models.Index("status", "updated_at", condition=models.Q(deleted_at=None), name="lead_on_board"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def qualification(self) -> str:
        """How much of the checklist is answered, like 3/4."""
        return f"{sum(bool(getattr(self, name)) for name in CHECKLIST)}/{len(CHECKLIST)}"
