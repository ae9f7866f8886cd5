"""Setting up a provider: what to write down of it, whom it may bring in, and as what."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenants.identity.enums import OWNER
from tenants.identity.forms import ActionForm, role_choices
from tenants.identity.models import NewPeople, SsoConnection
from tenants.kernel.errors import Invalid

SEPARATOR = "="


def granted_choices() -> list[tuple[str, str]]:
    """Roles a provider may give."""
    return [(slug, name) for slug, name in role_choices() if slug != OWNER]


def pairs_in(text: str, field: str) -> list[list[str]]:
    """Lines of “group = role”. Raises Invalid for a line without two sides."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        told, sign, slug = (part.strip() for part in line.rpartition(SEPARATOR))
        if not sign or not told:
            words = _now("Write “group = role” in each line; this one differs: %(line)s")
            raise Invalid({field: [words % {"line": line}]})
        found.append([told, slug])
    return found


class ProviderForm(ActionForm):
    name = forms.CharField(label=_("Name on the button"), max_length=60, help_text=_("Like “Google” or “Acme login”."))
    new_people = forms.ChoiceField(
        label=_("People who are not here yet"),
        choices=[
            (NewPeople.NOBODY, _("Stay out until they are invited")),
            (NewPeople.DOMAINS, _("Come in, if their address is of a proven domain")),
            (NewPeople.EVERYBODY, _("Come in: everybody the provider lets in")),
        ],
    )
    trusts_emails = forms.BooleanField(
        label=_("Believe the addresses it has checked"), required=False,
        help_text=_("For your own provider. Otherwise an address counts only if its domain is proven to be yours."),
    )  # fmt: skip
    default_role = forms.ChoiceField(label=_("New people come in as"))
    role_attribute = forms.CharField(
        label=_("Attribute with the groups"),
        max_length=120,
        required=False,
        help_text=_("Like “groups”; may stay empty."),
    )
    role_map = forms.CharField(
        label=_("Groups and roles"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In each line: group = role, like “sales-leads = manager”. The first that fits counts."),
    )  # fmt: skip

    def __init__(self, data: Any, *, connection: SsoConnection) -> None:
        shown = {name: getattr(connection, name) for name in self.base_fields if hasattr(connection, name)}
        shown |= {
            "client_secret": "",
            "role_map": "\n".join(f"{told} {SEPARATOR} {to}" for told, to in connection.role_map),
        }
        shown["default_role"] = connection.default_role.slug if connection.default_role_id else "sales-rep"
        super().__init__(data, initial=shown)
        fields: Any = self.fields
        fields["default_role"].choices = granted_choices()
        if "client_secret" in fields and connection.client_secret:
            fields["client_secret"].help_text = _now("Stays as it is when empty.")

    def values(self) -> dict[str, Any]:
        """For the action. Raises Invalid for a line without two sides."""
        return self.cleaned_data | {"role_map": pairs_in(self.cleaned_data["role_map"], "role_map")}


class OidcForm(ProviderForm):
    issuer = forms.CharField(
        label=_("Issuer"), max_length=500,
        help_text=_(
            "Google: https://accounts.google.com. Microsoft: https://login.microsoftonline.com/<tenant id>/v2.0"
        ),
    )  # fmt: skip
    client_id = forms.CharField(label=_("Client id"), max_length=300)
    client_secret = forms.CharField(
        label=_("Client secret"), max_length=500, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    field_order = ["name", "issuer", "client_id", "client_secret"]


class SamlForm(ProviderForm):
    issuer = forms.CharField(label=_("Entity id of the provider"), max_length=500)
    sso_url = forms.CharField(label=_("Its sign-in address"), max_length=500, help_text=_("HTTP-Redirect binding."))
    certificates = forms.CharField(
        label=_("Its certificates"), widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("PEM, from BEGIN to END CERTIFICATE; several below one another while they change."),
    )  # fmt: skip
    field_order = ["name", "issuer", "sso_url", "certificates"]


class DomainForm(ActionForm):
    domain = forms.CharField(
        label=_("Domain"), max_length=253, help_text=_("What stands behind the @ of your addresses.")
    )
    joins_as = forms.ChoiceField(
        label=_("Who asks for a link by mail may join by itself as"), required=False,
        help_text=_("Once the domain is proven. Empty: only those who are invited."),
    )  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["joins_as"].choices = [("", _now("Nobody joins by itself")), *granted_choices()]
