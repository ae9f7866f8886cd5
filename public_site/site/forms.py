"""What an agency types when it signs up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.plans.queries import plans_on_sale
from tenants.kernel.errors import DomainError, Invalid


class SignUpForm(forms.Form):
    """Shows and carries; the action decides. What was typed comes back, but for the password."""

    agency_name = forms.CharField(label=_("Agency name"), max_length=120)
    slug = forms.CharField(label=_("Address"), max_length=40)
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Work e-mail"), max_length=254)
    password = forms.CharField(
        label=_("Password"), min_length=8, max_length=128, strip=False, widget=forms.PasswordInput
    )
    plan = forms.ChoiceField(label=_("Plan"))
    accept_terms = forms.BooleanField(
        label=_("I accept the terms and the privacy notice"),
        error_messages={"required": _("Accept the terms to go on.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [(plan.slug, plan.name) for plan in plans_on_sale()]  # type: ignore[attr-defined]
        for name, hint in (("agency_name", "organization"), ("name", "name"), ("password", "new-password")):
            self.fields[name].widget.attrs["autocomplete"] = hint

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()

    def refuse(self, error: DomainError) -> None:
        """Show an action's refusal at the field it names."""
        found = error.errors if isinstance(error, Invalid) else {error.field: [f"{error.detail} {error.fix}".strip()]}
        for name, messages in found.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))

    @property
    def values(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "accept_terms"}
