from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.identity.forms import ActionForm

ONE_TIME: dict[str, Any] = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class CodeForm(ActionForm):
    """A code of the app, or one from paper."""

    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Six digits from your app, or one of your recovery codes."),
        widget=forms.TextInput(attrs=ONE_TIME | {"autofocus": True}),
    )  # fmt: skip


class AppCodeForm(ActionForm):
    code = forms.CharField(
        label=_("Code shown by the app"),
        max_length=10,
        widget=forms.TextInput(attrs=ONE_TIME | {"inputmode": "numeric"}),
    )


class ProofForm(ActionForm):
    proof = forms.CharField(
        label=_("Your password, or a code from your app"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip
