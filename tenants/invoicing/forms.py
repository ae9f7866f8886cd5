"""Forms of invoicing. They carry and show; the actions decide."""

from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenants.fleet.countries import COUNTRIES
from tenants.identity.forms import ActionForm
from tenants.invoicing.enums import PaymentMethod, RoundingRule
from tenants.invoicing.models import InvoicingProfile
from tenants.invoicing.numbers import policy_of
from tenants.invoicing.profile import NAMES

LONG = forms.Textarea({"rows": 4})


class PaymentForm(ActionForm):
    paid_on = forms.DateField(label=_("Received on"), widget=forms.DateInput({"type": "date"}))
    method = forms.ChoiceField(label=_("How"), choices=PaymentMethod.choices)
    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=80, help_text=_("Like the bank's UTR or the cheque's number.")
    )


class VoidForm(ActionForm):
    reason = forms.CharField(label=_("Why is it void?"), max_length=300, widget=forms.Textarea({"rows": 3}))


class ProfileForm(ActionForm):
    """The seller's profile. Its country decides about some words of help."""

    legal_name = forms.CharField(label=_("Legal name"), max_length=160)
    tax_id = forms.CharField(label=_("Tax id"), max_length=20, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    region = forms.CharField(label=_("State or region"), max_length=80, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=lambda: country_choices())
    prefix = forms.CharField(label=_("Number prefix"), max_length=8)  # type: ignore[assignment]  # Django takes fields off the class
    due_days = forms.IntegerField(label=_("Days until due"), min_value=0, max_value=365)
    default_tax_rate = forms.CharField(label=_("Usual tax rate"), max_length=8, required=False)
    default_code = forms.CharField(label=_("Usual HSN or SAC code"), max_length=8, required=False)
    rounding_rule = forms.ChoiceField(label=_("Rounding of the total"), choices=RoundingRule.choices)
    bank_details = forms.CharField(
        label=_("Bank details"), max_length=600, required=False, widget=forms.Textarea({"rows": 4})
    )
    upi_id = forms.CharField(label=_("UPI ID"), max_length=100, required=False)
    terms = forms.CharField(label=_("Terms"), max_length=2000, required=False, widget=LONG)

    def __init__(self, data: Any = None, *, profile: InvoicingProfile) -> None:
        super().__init__(data, initial={name: _shown(profile, name) for name in NAMES})
        self.fields["prefix"].help_text = policy_of(profile.country).prefix_help
        self.fields["tax_id"].help_text = TAX_IDS.get(profile.country, "")


TAX_IDS = {
    "IN": _("Your GSTIN. Leave it empty if you are not registered: then no tax is charged."),
    "BG": _("Your VAT number with BG before it; the EIK alone if you are not registered for VAT."),
}


def _shown(profile: InvoicingProfile, name: str) -> Any:
    value = getattr(profile, name)
    return f"{value.normalize():f}" if name == "default_tax_rate" else value


def country_choices() -> list[tuple[str, str]]:
    names = Locale.parse((get_language() or "en").split("-")[0]).territories
    return sorted(((code, str(names.get(code, code))) for code in COUNTRIES), key=lambda one: one[1])
