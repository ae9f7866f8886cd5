"""The rules of signing in as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.identity.forms import ActionForm, role_choices
from tenants.identity.models import SecondFactorFor
from tenants.identity.signin.rules import Policy

HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60


class Whole(forms.TypedChoiceField):
    def __init__(self, choices: list[tuple[int, Any]], **more: Any) -> None:
        super().__init__(choices=choices, coerce=int, **more)


class PolicyForm(ActionForm):
    """A value set by API between the steps of a list stays choosable."""

    password_length = forms.IntegerField(label=_("Shortest password"), min_value=8, max_value=64)
    password_classes = Whole(
        [(1, _("Any")), (2, _("Two kinds")), (3, _("Three kinds")), (4, _("All four kinds"))],
        label=_("Kinds of characters"), help_text=_("Small letters, capitals, digits, signs. Length protects better."),
    )  # fmt: skip
    password_reuse = Whole(
        [(0, _("Former passwords may return")), (1, _("Not the last one")), (5, _("Not the last 5")),
         (12, _("Not the last 12")), (24, _("Not the last 24"))], label=_("Former passwords"),
    )  # fmt: skip
    password_days = Whole(
        [(0, _("Never")), (90, _("After 90 days")), (180, _("After half a year")), (365, _("After a year"))],
        label=_("A new password is due"),
        help_text=_("Only where a rule demands it: forced changes make weaker passwords."),
    )
    idle_minutes = Whole(
        [(15, _("15 minutes")), (HOUR, _("An hour")), (8 * HOUR, _("8 hours")), (DAY, _("A day")), (WEEK, _("A week")),
         (2 * WEEK, _("2 weeks")), (30 * DAY, _("30 days"))], label=_("Sign out when idle for"),
    )  # fmt: skip
    absolute_hours = Whole(
        [(8, _("8 hours")), (24, _("A day")), (168, _("A week")), (720, _("30 days")), (2160, _("90 days"))],
        label=_("Sign out in any case after"),
    )
    second_factor = forms.ChoiceField(
        label=_("Second factor is a must for"),
        choices=[
            (SecondFactorFor.NOBODY, _("Nobody: everybody may set one up")),
            (SecondFactorFor.ROLES, _("The roles below")),
            (SecondFactorFor.EVERYBODY, _("Everybody")),
        ],
        help_text=_("Who has none yet is led through the set-up at the next sign-in."),
    )
    second_factor_roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    allows_links = forms.BooleanField(
        label=_("Sign in by a link in a mail"), required=False, help_text=_("The link works once, for 15 minutes.")
    )
    allows_passkeys = forms.BooleanField(
        label=_("Sign in by passkey"), required=False, help_text=_("Fingerprint, face or PIN instead of a password.")
    )

    networks = forms.CharField(
        label=_("Allowed networks"), required=False, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One in each line, like 203.0.113.0/24. Empty: from everywhere. API keys are held to it as well."),
    )  # fmt: skip

    def __init__(self, data: Any, *, rules: Policy, address: str = "") -> None:
        names = list(self.base_fields)
        super().__init__(data, initial={name: getattr(rules, name) for name in names})
        self.initial["networks"] = "\n".join(rules.networks)
        self.address = address
        fields: Any = self.fields
        fields["second_factor_roles"].choices = role_choices()
        for name in names:
            value = getattr(rules, name)
            if isinstance(fields[name], Whole) and value not in dict(fields[name].choices):
                fields[name].choices = [*fields[name].choices, (value, str(value))]

    def clean_networks(self) -> list[str]:
        return str(self.cleaned_data["networks"]).split()
