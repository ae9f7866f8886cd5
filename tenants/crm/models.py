"""People, the organisations they work for, deals on their way, and what is to be done."""

from django.db import models
from django.db.models.functions import Concat, Trim
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import OPEN_TASKS, DealStatus, Priority, Source, StageKind, TaskStatus
from tenants.records.model_fields import CurrencyField, MoneyField, PercentField, PhoneField
from tenants.records.models import Record


class Account(Record):
    """An organisation that contacts work for."""

    name = models.CharField(_("name"), max_length=160)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    phone = PhoneField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    tax_id = models.CharField(_("tax id"), max_length=20, blank=True, help_text=_("GSTIN, VAT number or EIN"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, like IN"))

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [
            models.Index("name", "id", name="account_by_name"),
            models.Index("created_at", "id", name="account_by_age"),
        ]


class Contact(Record):
    """A person."""

    text_fields = ("first_name", "last_name")

    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    name = models.GeneratedField(
        expression=Trim(Concat("first_name", models.Value(" "), "last_name")),
        output_field=models.CharField(_("name"), max_length=161),
        db_persist=True,
        verbose_name=_("name"),
    )
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="contacts", verbose_name=_("account")
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneField(_("phone"), blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index("name", "id", name="contact_by_name"),
            models.Index("created_at", "id", name="contact_by_age"),
            models.Index("email", name="contact_by_email"),
            models.Index("phone", name="contact_by_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Pipeline(Record):
    """A way that deals go, as an ordered list of stages."""

    name = models.CharField(_("name"), max_length=80)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        constraints = [
            models.UniqueConstraint("is_default", condition=models.Q(is_default=True), name="pipeline_one_default")
        ]


class Stage(Record):
    """A step of a pipeline. Its kind says what reaching it means for a deal."""

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="stages", verbose_name=_("pipeline"))
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))
    probability = PercentField(_("probability"), default=0)
    kind = models.CharField(_("kind"), max_length=8, choices=StageKind, default=StageKind.OPEN)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ("pipeline", "position")
        constraints = [models.UniqueConstraint(fields=("pipeline", "position"), name="stage_position_once")]

    @property
    def tone(self) -> str:
        """How its tag is coloured: by what it means, then by how far it is."""
        if self.kind != StageKind.OPEN:
            return {"won": "good", "lost": "bad"}[self.kind]
        return "warn" if self.probability >= 75 else "info" if self.probability >= 30 else ""


class Deal(Record):
    """A possible sale on its way through a pipeline."""

    name = models.CharField(_("name"), max_length=160)
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="deals", verbose_name=_("account")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="deals", verbose_name=_("contact")
    )
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="deals", verbose_name=_("stage"))
    status = models.CharField(_("status"), max_length=10, choices=DealStatus, default=DealStatus.OPEN, editable=False)
    amount = MoneyField(_("amount"), default=0)
    currency = CurrencyField(_("currency"))
    probability = PercentField(_("probability"), default=0)
    expected_close_on = models.DateField(_("expected close"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    stage_changed_at = models.DateTimeField(_("in stage since"), default=timezone.now, editable=False)
    source = models.CharField(_("source"), max_length=20, choices=Source, blank=True)
    lost_reason = models.CharField(_("lost reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        indexes = [
            models.Index("created_at", "id", name="deal_by_age"),
            models.Index("amount", "id", name="deal_by_amount"),
            models.Index("stage", "updated_at", condition=models.Q(deleted_at=None), name="deal_on_board"),
        ]

    @property
    def days_in_stage(self) -> int:
        return (timezone.now() - self.stage_changed_at).days


class Task(Record):
    """Something to be done by somebody, perhaps about a record."""

    name = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.MEDIUM)
    status = models.CharField(_("status"), max_length=12, choices=TaskStatus, default=TaskStatus.PENDING)
    about_type = models.CharField(_("record type"), max_length=40, blank=True)
    about_id = models.UUIDField(_("record"), null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index("about_id", "due_at", name="task_about"),
            models.Index("due_at", "id", name="task_by_due"),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_TASKS
