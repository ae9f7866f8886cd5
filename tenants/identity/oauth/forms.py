"""Forms about apps and personal tokens. They carry and show; the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.identity.enums import SETTINGS
from tenants.identity.forms import ActionForm
from tenants.identity.keys import subjects
from tenants.identity.models import OAuthClient
from tenants.identity.oauth.scopes import EVERYTHING
from tenants.identity.ticks import parted

KINDS = [
    ("web", _("A web service: it keeps a secret")),
    ("public", _("An app on people's own devices: it can keep none")),
]


class ScopedForm(ActionForm):
    """Has a table of ticks: `contacts:view`."""

    scopes = forms.Field(label=_("What it may do"), required=False, widget=forms.MultipleHiddenInput)

    def chosen_scopes(self) -> dict[str, list[str]]:
        return parted(self.cleaned_data["scopes"] or [])


class ClientForm(ScopedForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As people know the app."))
    about = forms.CharField(
        label=_("What it does"), max_length=200, required=False, help_text=_("People read it before they agree.")
    )
    website = forms.CharField(label=_("Website"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Runs as"), widget=forms.RadioSelect, choices=KINDS, initial="web")
    redirect_uris = forms.CharField(
        label=_("Addresses people are sent back to"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One in each line, exactly as the app sends them."),
    )  # fmt: skip
    acts_alone = forms.BooleanField(
        label=_("It may also act alone, without a person"), required=False,
        help_text=_("With client credentials. It then works as you, with no more than what is ticked."),
    )  # fmt: skip

    def __init__(self, data: Any, *, client: OAuthClient | None = None) -> None:
        super().__init__(data, initial=_shown(client) if client else None)
        self.fields["scopes"].label = _("The most it may ask for")
        if client:
            del self.fields["kind"]
            if client.is_public:
                del self.fields["acts_alone"]

    def values(self) -> dict[str, Any]:
        found = {name: self.cleaned_data[name] for name in ("name", "about", "website")}
        uris = self.cleaned_data["redirect_uris"].splitlines()
        return found | {"redirect_uris": uris, "acts_alone": self.cleaned_data.get("acts_alone", False)}


def _shown(client: OAuthClient) -> dict[str, Any]:
    shown = {name: getattr(client, name) for name in ("name", "about", "website", "acts_alone")}
    return shown | {"redirect_uris": "\n".join(client.redirect_uris)}


class TokenForm(ScopedForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What will use it, like “My spreadsheet”."))
    days = forms.TypedChoiceField(
        label=_("Ends"), coerce=int,
        choices=[("7", _("In 7 days")), ("30", _("In 30 days")), ("90", _("In 90 days")), ("365", _("In a year"))],
        initial="30",
    )  # fmt: skip


def offered(*, has_settings: bool) -> list[tuple[str, Any]]:
    """What can be ticked. Everything comes first, and has not got the settings in it."""
    return [("*", EVERYTHING), *(one for one in subjects() if has_settings or one[0] != SETTINGS)]
