"""What is asked for a new sandbox."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.fleet.copies.actions import MOST_DAYS
from tenants.identity.forms import ActionForm
from tenants.kernel.errors import DomainError, Invalid


class SandboxForm(ActionForm):
    slug = forms.CharField(
        label=_("Address"), max_length=40, help_text=_("Small letters, digits and hyphens."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    days = forms.IntegerField(label=_("Days it stands"), min_value=1, max_value=MOST_DAYS)

    def refuse(self, error: DomainError) -> None:
        if isinstance(error, Invalid):
            return super().refuse(error)
        words = f"{error.detail} {error.fix}".strip()
        self.add_error(error.field if error.field in self.fields else None, words)
        return None

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()
