"""What is asked for a new sandbox."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.fleet.copies.actions import MOST_DAYS
from tenants.identity.forms import ActionForm


class SandboxForm(ActionForm):
    slug = forms.CharField(
        label=_("Address"), max_length=40, help_text=_("Small letters, digits and hyphens."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    days = forms.IntegerField(label=_("Days it stands"), min_value=1, max_value=MOST_DAYS)

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()
