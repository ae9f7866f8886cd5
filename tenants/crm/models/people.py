"""People and organisations, and the colleagues who look after them."""

from django.db import models
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import DecisionRole, Lifecycle, SeatRole, Source
from tenants.crm.models.mixins import Scored
from tenants.kernel.models import Row
from tenants.records.model_fields import PercentField, PhoneField
from tenants.records.models import Record, record_indexes
from tenants.records.models.base import Pointer


class Account(Record, Scored):
    """An organisation that contacts work for."""

    name = models.CharField(_("name"), max_length=160)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=_("parent account")
    )
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    phone = PhoneField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    is_key_account = models.BooleanField(_("key account"), default=False)
    lifecycle = models.CharField(_("lifecycle"), max_length=12, choices=Lifecycle, blank=True)
    tax_id = models.CharField(_("tax id"), max_length=20, blank=True, help_text=_("GSTIN, VAT number or EIN"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, like IN"))
    linkedin = models.URLField(_("LinkedIn"), blank=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="account_not_own_parent",
                violation_error_message=_("An account cannot be its own parent. Choose another one."),
            )
        ]
        indexes = [
            *record_indexes("account"),
            models.Index("name", "id", name="account_by_name"),
            models.Index("created_at", "id", name="account_by_age"),
        ]


class Contact(Record, Scored):
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
    reports_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reports", verbose_name=_("reports to")
    )
    decision_role = models.CharField(_("decision role"), max_length=16, choices=DecisionRole, blank=True)
    influence = PercentField(
        _("influence"), null=True, blank=True, help_text=_("0 to 100: how much their word counts in a purchase")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneField(_("phone"), blank=True)
    do_not_call = models.BooleanField(_("do not call"), default=False)
    do_not_email = models.BooleanField(_("do not e-mail"), default=False)
    city = models.CharField(_("city"), max_length=80, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    lifecycle = models.CharField(_("lifecycle"), max_length=12, choices=Lifecycle, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source, blank=True)
    linkedin = models.URLField(_("LinkedIn"), blank=True)
    twitter = models.URLField(_("X (Twitter)"), blank=True)
    facebook = models.URLField(_("Facebook"), blank=True)
    instagram = models.URLField(_("Instagram"), blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reports_to=models.F("id")),
                name="contact_not_own_boss",
                violation_error_message=_("A person cannot report to themselves. Choose somebody else."),
            )
        ]
        indexes = [
            *record_indexes("contact"),
            models.Index("name", "id", name="contact_by_name"),
            models.Index("created_at", "id", name="contact_by_age"),
            models.Index("email", name="contact_by_email"),
            models.Index("phone", name="contact_by_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Seat(Row, Pointer):
    """A colleague's place in the team of an account or a deal, beside its owner."""

    user = models.ForeignKey("identity.User", models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=10, choices=SeatRole, default=SeatRole.SALES)

    class Meta:
        ordering = ("created_at", "id")
        constraints = [models.UniqueConstraint("record_type", "record_id", "user", name="seat_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"
