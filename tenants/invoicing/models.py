"""Invoices, their lines and tax lines, the counters that number them, and who sells."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.invoicing.enums import STANDING, InvoiceStatus, PaymentMethod, RoundingRule
from tenants.kernel.models import Row
from tenants.records.model_fields import MoneyField
from tenants.records.models import Record

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]
# Each with its "is not null": a check lets unknown pass.
NUMBERED = Q(
    number__isnull=False, number__gt="", series__isnull=False,
    sequence__isnull=False, sequence__gt=0, issued_on__isnull=False,
)  # fmt: skip


class InvoicingProfile(Row):
    """Who sells and on which terms: one row, or none while the defaults of the company stand."""

    is_only = models.BooleanField(default=True, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=160)
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2)
    tax_id = models.CharField(_("tax id"), max_length=20, blank=True)
    prefix = models.CharField(_("number prefix"), max_length=8, default="INV")
    due_days = models.PositiveSmallIntegerField(_("days until due"), default=15, validators=[MaxValueValidator(365)])
    default_tax_rate = models.DecimalField(
        _("usual tax rate"), max_digits=6, decimal_places=3, default=0, validators=PERCENT
    )
    default_code = models.CharField(_("usual HSN or SAC code"), max_length=8, blank=True)
    rounding_rule = models.CharField(_("rounding"), max_length=8, choices=RoundingRule, default=RoundingRule.EXACT)
    bank_details = models.TextField(_("bank details"), max_length=600, blank=True)
    upi_id = models.CharField(_("UPI ID"), max_length=100, blank=True)
    terms = models.TextField(_("terms"), max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("is_only",), name="invoicing_profile_one"),
            models.CheckConstraint(condition=Q(is_only=True), name="invoicing_profile_only"),
        ]

    def __str__(self) -> str:
        return self.legal_name


class NumberSeries(Row):
    """A counter without gaps: per seller's tax id, period (a financial or calendar year) and prefix."""

    tax_id = models.CharField(max_length=20, blank=True)
    period = models.CharField(max_length=10, blank=True)
    prefix = models.CharField(max_length=8, blank=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("tax_id", "period", "prefix"), name="invoicing_series_once")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.period} {self.last}"


class Invoice(Record):
    """A draft follows its deal, account and the profile; issued, it is frozen and numbered.

    `seller` and `buyer` are written at issue: {"name", "address": [lines],
    "tax_id", "country", "region", "state", "email"}, `seller` also "bank", "upi".
    Totals are always those of the tax engine, of the stored lines.
    """

    title_field = "number"
    text_fields = ("number",)

    number = models.CharField(_("number"), max_length=40, null=True, editable=False)  # noqa: DJ001 - none until issued
    series = models.ForeignKey(
        NumberSeries, models.PROTECT, null=True, editable=False, related_name="invoices", db_index=False
    )
    sequence = models.PositiveIntegerField(null=True, editable=False)
    status = models.CharField(
        _("status"), max_length=8, choices=InvoiceStatus, default=InvoiceStatus.DRAFT, editable=False
    )
    deal = models.ForeignKey(
        "crm.Deal", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("deal"), editable=False
    )
    account = models.ForeignKey(
        "crm.Account", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    contact = models.ForeignKey(
        "crm.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    currency = models.CharField(_("currency"), max_length=3)
    issued_on = models.DateField(_("issue date"), null=True, editable=False)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    place_of_supply = models.CharField(
        _("place of supply"),
        max_length=2,
        blank=True,
        help_text=_("Code of the State, like 29; leave empty to follow the buyer's address"),
    )
    seller = models.JSONField(default=dict, editable=False)
    buyer = models.JSONField(default=dict, editable=False)
    regime = models.CharField(max_length=20, blank=True, editable=False)
    legend = models.TextField(blank=True, editable=False)
    rounding_rule = models.CharField(max_length=8, choices=RoundingRule, blank=True, editable=False)
    discount = MoneyField(_("discount"), default=0, editable=False)
    subtotal = MoneyField(_("subtotal"), default=0, editable=False)
    tax_total = MoneyField(_("tax"), default=0, editable=False)
    rounding = MoneyField(_("rounding"), default=0, editable=False)
    total = MoneyField(_("total"), default=0, editable=False)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    terms = models.TextField(_("terms"), max_length=2000, blank=True)
    issued_at = models.DateTimeField(null=True, editable=False)
    paid_on = models.DateField(_("paid on"), null=True, editable=False)
    paid_at = models.DateTimeField(null=True, editable=False)
    amount_paid = MoneyField(_("paid"), default=0, editable=False)
    payment_method = models.CharField(
        _("payment method"), max_length=8, choices=PaymentMethod, blank=True, editable=False
    )
    payment_reference = models.CharField(_("payment reference"), max_length=80, blank=True, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    void_reason = models.CharField(_("reason for voiding"), max_length=300, blank=True, editable=False)
    pdf_file = models.CharField(max_length=200, blank=True, editable=False)
    pdf_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [
            models.Index("created_at", "id", name="invoice_by_age"),
            models.Index("status", "due_on", name="invoice_by_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=InvoiceStatus.DRAFT, number=None, series=None, sequence=None)
                | (~Q(status=InvoiceStatus.DRAFT) & NUMBERED),
                name="invoice_numbered_once_issued",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(status=InvoiceStatus.DRAFT), name="invoice_issued_stays"
            ),
            models.UniqueConstraint(fields=("series", "sequence"), name="invoice_sequence_once"),
            models.UniqueConstraint(fields=("series", "number"), name="invoice_number_once"),
            models.UniqueConstraint(
                fields=("deal",),
                condition=Q(status__in=STANDING, deleted_at=None),
                name="invoice_one_of_a_deal",
                violation_error_message=_("This deal already has an invoice."),
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft invoice"))

    @property
    def is_draft(self) -> bool:
        return self.status == InvoiceStatus.DRAFT

    @property
    def is_open(self) -> bool:
        """Issued and not paid."""
        return self.status == InvoiceStatus.ISSUED


class InvoiceLine(Row):
    """One position. The amounts are the tax engine's."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(_("description"), max_length=300)
    code = models.CharField(_("HSN or SAC"), max_length=8, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=1)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    unit_price = MoneyField(_("unit price"), default=0)
    discount_percent = models.DecimalField(
        _("discount %"), max_digits=5, decimal_places=2, default=0, validators=PERCENT
    )
    tax_rate = models.DecimalField(_("tax %"), max_digits=6, decimal_places=3, default=0, validators=PERCENT)
    gross = MoneyField(default=0, editable=False)
    discount = MoneyField(default=0, editable=False)
    net = MoneyField(default=0, editable=False)
    tax = MoneyField(default=0, editable=False)
    total = MoneyField(default=0, editable=False)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.description


class TaxLine(Row):
    """What is owed under one head at one rate: CGST 9 % of 18,40,000 is 1,65,600."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="taxes")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20)
    rate = models.DecimalField(max_digits=6, decimal_places=3)
    base = MoneyField()
    amount = MoneyField()

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.name} {self.rate.normalize():f} %"
