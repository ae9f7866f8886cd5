"""What is asked for a copy, an export, an import. The actions decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from public_site.agency.forms import PortalForm
from tenants.fleet.copies.actions import MOST_DAYS, SANDBOX_DAYS
from tenants.kernel.copies import Copy

KINDS = (
    (Copy.CLONE.value, _("Everything: records, files, history and people")),
    (Copy.SHAPE.value, _("Only how it is set up: roles, pipelines, fields, views")),
    (Copy.SANDBOX.value, _("A sandbox: everything, but no mail and no call leaves it")),
)
SLUG = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}


class AddressForm(PortalForm):
    """Where a company is to be. `agencies` are choices; with one alone nobody is asked."""

    slug = forms.CharField(
        label=_("Address"), max_length=40, widget=forms.TextInput(attrs=SLUG),
        help_text=_("Small letters, digits and hyphens."),
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    agency = forms.ChoiceField(label=_("Agency"))

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], agency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agency"]
        field.choices, field.initial = agencies, agency
        if len(agencies) < 2:
            del self.fields["agency"]

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()


class CopyForm(AddressForm):
    kind = forms.ChoiceField(label=_("What comes along"), choices=KINDS, initial=Copy.CLONE, widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Days a sandbox stands"), min_value=1, max_value=MOST_DAYS, initial=SANDBOX_DAYS, required=False
    )
    field_order = ("kind", "slug", "name", "agency", "days")


class ExportForm(PortalForm):
    passphrase = forms.CharField(
        label=_("Passphrase"), required=False, strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("With one the package is sealed, and passwords, phone lines and identity providers come along."),
    )  # fmt: skip
    again = forms.CharField(
        label=_("The passphrase again"), required=False, strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("passphrase") != values.get("again"):
            self.add_error("again", _("This is not the same."))
        return values


class ImportForm(AddressForm):
    file = forms.FileField(label=_("Package"), help_text=_("The ZIP that an installation exported."))
    passphrase = forms.CharField(
        label=_("Passphrase"), required=False, strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}), help_text=_("Of a sealed package."),
    )  # fmt: skip
    field_order = ("file", "slug", "name", "agency", "passphrase")
