"""Deals, the pipelines they go through, and the way each has gone."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import DealStatus, Source, StageKind, Temperature
from tenants.crm.models.people import Account, Contact
from tenants.kernel.models import Row
from tenants.records.model_fields import CurrencyField, MoneyField, PercentField
from tenants.records.models import Record, record_indexes

DEFAULT = 1


class Pipeline(Record):
    """A way that deals go, as an ordered list of stages.

    `default_slot` is 1 for the default pipeline and empty for all others. `SalesSettings`
    points at that 1, so the database itself sees to it that there is always exactly one default.
    """

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    default_slot = models.PositiveSmallIntegerField(null=True, blank=True, unique=True, editable=False)
    is_default = models.BooleanField(_("default"), default=False, editable=False)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(default_slot=None, is_default=False)
                | models.Q(default_slot=DEFAULT, is_default=True),
                name="pipeline_default_has_the_slot",
            ),
            models.CheckConstraint(
                condition=models.Q(default_slot=None) | models.Q(deleted_at=None), name="pipeline_default_is_not_binned"
            ),
        ]


class SalesSettings(Row):
    """How this company sells: one row. `default_pipeline` is 1, the slot of the default pipeline."""

    default_pipeline = models.ForeignKey(
        Pipeline, models.PROTECT, to_field="default_slot", default=DEFAULT, related_name="+", db_index=False
    )
    card_fields = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint("default_pipeline", name="sales_settings_once"),
        ]

    def __str__(self) -> str:
        return str(_("Sales settings"))


class Stage(Record):
    """A step of a pipeline. Its kind says what reaching it means for a deal."""

    pipeline = models.ForeignKey(
        Pipeline, models.CASCADE, related_name="stages", verbose_name=_("pipeline"), db_index=False
    )
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Others make room; 0 puts it at the end.")
    )
    probability = PercentField(_("probability"), default=0)
    kind = models.CharField(_("kind"), max_length=8, choices=StageKind, default=StageKind.OPEN)
    rot_days = models.PositiveSmallIntegerField(
        _("rots after days"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Cards untouched for longer are tinted. Empty: never."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ("pipeline", "position")
        constraints = [
            # Checked at the end of a statement, so that one update can shift several.
            models.UniqueConstraint(
                fields=("pipeline", "position"), name="stage_position_once", deferrable=models.Deferrable.IMMEDIATE
            )
        ]

    @property
    def tone(self) -> str:
        """How its tag is coloured: by what it means, then by how far it is."""
        if self.kind != StageKind.OPEN:
            return {"won": "good", "lost": "bad"}[self.kind]
        return "warn" if self.probability >= 75 else "info" if self.probability >= 30 else ""


class LostReason(Row):
    """Why deals are lost, in the company's words."""

    name = models.CharField(_("reason"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")
        verbose_name = _("lost reason")
        verbose_name_plural = _("lost reasons")

    def __str__(self) -> str:
        return self.name


class Deal(Record):
    """A possible sale on its way through a pipeline."""

    name = models.CharField(_("name"), max_length=160)
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="deals", verbose_name=_("account")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="deals", verbose_name=_("contact")
    )
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="deals", verbose_name=_("stage"), db_index=False)
    status = models.CharField(_("status"), max_length=10, choices=DealStatus, default=DealStatus.OPEN)
    amount = MoneyField(_("amount"), default=0)
    currency = CurrencyField(_("currency"))
    probability = PercentField(_("probability"), default=0)
    temperature = models.CharField(_("temperature"), max_length=4, choices=Temperature, blank=True)
    expected_close_on = models.DateField(_("expected close"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    stage_changed_at = models.DateTimeField(_("in stage since"), default=timezone.now, editable=False)
    touched_at = models.DateTimeField(_("last touch"), default=timezone.now, editable=False)
    source = models.CharField(_("source"), max_length=20, choices=Source, blank=True)
    campaign = models.CharField(_("campaign"), max_length=120, blank=True)
    product_interest = models.CharField(_("product interest"), max_length=160, blank=True)
    competitors = ArrayField(models.CharField(max_length=60), verbose_name=_("competitors"), default=list, blank=True)
    competitive_advantages = models.TextField(_("our advantages"), blank=True)
    lost_reason = models.ForeignKey(
        LostReason, models.PROTECT, null=True, blank=True, related_name="deals", db_index=False,
        verbose_name=_("lost reason"),
    )  # fmt: skip
    lost_note = models.CharField(_("what happened"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        indexes = [
            *record_indexes("deal"),
            models.Index("created_at", "id", name="deal_by_age"),
            models.Index("amount", "id", name="deal_by_amount"),
            models.Index(
                fields=("stage", "updated_at"),
                include=("amount", "currency", "probability"),
                condition=models.Q(deleted_at=None),
                name="deal_on_board",
            ),
        ]

    @property
    def days_in_stage(self) -> int:
        return max(0, (timezone.now() - self.stage_changed_at).days)


class StageVisit(Row):
    """A deal's stay in a stage; `left_at` is empty while it is there."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="visits", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="visits", db_index=False)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    entered_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("entered_at", "id")
        indexes = [
            models.Index("deal", "entered_at", name="visit_of_deal"),
            models.Index("stage", "entered_at", name="visit_of_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.entered_at:%Y-%m-%d}"

    @property
    def days(self) -> int:
        return max(0, ((self.left_at or timezone.now()) - self.entered_at).days)


class DealLine(Row):
    """Something a deal is about: so many of it at a price, perhaps with a discount in percent."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=1)
    price = MoneyField(_("price"), default=0)
    discount = models.DecimalField(_("discount"), max_digits=5, decimal_places=2, default=0)
    total = MoneyField(_("total"), default=0)

    class Meta:
        ordering = ("position",)
        indexes = [models.Index("deal", "position", name="line_of_deal")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lte=100), name="deal_line_discount_is_percent"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="deal_line_quantity_is_more"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def worth(self) -> Decimal:
        """Quantity by price less the discount, to four decimals."""
        full: Decimal = self.quantity * self.price
        return (full * (100 - self.discount) / 100).quantize(Decimal("0.0001"))
