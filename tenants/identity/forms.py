"""Forms about people. They carry and show; the actions decide."""

from typing import Any

from babel.numbers import get_currency_name
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenants.identity.models import Role
from tenants.identity.signin.passwords import password_hint
from tenants.identity.ticks import parted
from tenants.kernel.errors import Invalid
from tenants.kernel.names import currencies, time_zones

USUAL = ("", _("The usual one here"))


class ActionForm(forms.Form):
    """A form that can show what an action refused."""

    def refuse(self, error: Invalid) -> None:
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


def _email(**more: Any) -> forms.EmailField:
    attributes = {"autocomplete": "username", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
    return forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs=attributes | more))


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, **more)


def _new_password(label: Any) -> forms.CharField:
    return _password(label, "new-password", help_text=password_hint())


def _name() -> forms.CharField:
    return forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class SignInForm(ActionForm):
    email = _email(autofocus=True)
    password = _password(_("Password"), "current-password")


class ForgotForm(ActionForm):
    email = _email(autofocus=True)


class ResetForm(ActionForm):
    password = _new_password(_("New password"))


class WelcomeForm(ActionForm):
    name = _name()
    password = _new_password(_("Choose a password"))


class InviteForm(ActionForm):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("May stay empty: it is asked for on joining.")
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]


class RoleForm(ActionForm):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]


class KeyForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What will use this key, like “Website forms”."))
    days = forms.TypedChoiceField(
        label=_("Ends"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("30", _("In 30 days")), ("90", _("In 90 days")), ("365", _("In a year")), ("", _("Never"))],
        initial="90",
    )
    reach = forms.ChoiceField(
        label=_("May"),
        widget=forms.RadioSelect,
        choices=[("all", _("Whatever I may")), ("some", _("Only what is ticked below"))],
        initial="all",
    )
    scopes = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    def chosen_scopes(self) -> dict[str, list[str]] | None:
        """What was ticked, as `contacts:view`; None where the key may all its maker may.

        Who ticked something meant less than everything, whatever else the form says.
        """
        ticked = self.cleaned_data["scopes"] or []
        if self.cleaned_data["reach"] == "all" and not ticked:
            return None
        return parted(ticked)


class CompanyForm(ActionForm):
    name = forms.CharField(label=_("Company name"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lambda: zone_choices())
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("For people who have chosen none of their own.")
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=lambda: currency_choices(),
        help_text=_("For new deals. Those that exist keep theirs."),
    )


class ProfileForm(ActionForm):
    name = _name()
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=lambda: [USUAL, *zone_choices()])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[USUAL, *settings.LANGUAGES])


class PasswordForm(ActionForm):
    current = _password(_("Current password"), "current-password")
    password = _new_password(_("New password"))


def role_choices() -> list[tuple[str, str]]:
    """Roles from the widest to the narrowest, as they were planted; those made here after them."""
    return list(Role.objects.order_by("created_at", "id").values_list("slug", "name"))


def zone_choices() -> list[tuple[str, str]]:
    """Regions and cities; the technical names of the list are left out."""
    cities = [name for name in sorted(time_zones()) if "/" in name and not name.startswith(("Etc/", "SystemV/"))]
    return [(name, name.replace("_", " ")) for name in [*cities, "UTC"]]


def currency_choices() -> list[tuple[str, str]]:
    """Code and name in the reader's language, by code."""
    language = (get_language() or "en").split("-")[0]
    return [(code, f"{code} – {get_currency_name(code, locale=language)}") for code in sorted(currencies())]
