"""Forms of the portal. They show and carry; the actions decide."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from public_site.agency.choices import country_choices, currency_choices, language_choices, zone_choices
from public_site.agency.models import AgencyMember, AgencyRole, AgencyTab
from tenants.directory.models import Agency
from tenants.directory.queries import companies_of
from tenants.kernel.errors import DomainError, Invalid


def posted(request: HttpRequest) -> Any:
    """What a form was sent with, even if that is nothing; None for a form that is only shown."""
    return request.POST if request.method == "POST" else None


class PortalForm(forms.Form):
    """A form that can show what an action refused, at the field it names."""

    def refuse(self, error: DomainError) -> None:
        words = [f"{error.detail} {error.fix}".strip()]
        found = error.errors if isinstance(error, Invalid) else {error.field: words}
        for name, messages in found.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, str(message))


class CompanyForm(PortalForm):
    name = forms.CharField(
        label=_("Company name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    slug = forms.CharField(label=_("Address"), max_length=40)
    country = forms.ChoiceField(label=_("Country"), choices=lambda: [("", _("Choose a country")), *country_choices()])
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [("", _("As the country")), *zone_choices()], required=False
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=lambda: [("", _("As the country")), *currency_choices()], required=False
    )
    language = forms.ChoiceField(label=_("Language"), choices=language_choices, initial="en")
    owner_name = forms.CharField(label=_("Owner’s name"), max_length=120, required=False)
    owner_email = forms.EmailField(label=_("Owner’s e-mail"), max_length=254, help_text=_("Gets the invitation."))

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()


class ReasonForm(PortalForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For your own records. The company’s people do not see it."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )  # fmt: skip


class BrandForm(PortalForm):
    """A brand's words and colour; its pictures come as files beside them."""

    product_name = forms.CharField(label=_("Product name"), max_length=60)
    colour = forms.RegexField(
        r"^#[0-9A-Fa-f]{6}$", label=_("Colour"), error_messages={"invalid": _("Write a colour like #0f766e.")}
    )
    logo = forms.FileField(
        label=_("Logo"), required=False, help_text=_("Wide, for sign-in and mails. PNG, JPEG or WebP, at most 2 MB.")
    )
    icon = forms.FileField(
        label=_("Icon"), required=False, help_text=_("Square, at least 192 px. Without one your initial is drawn.")
    )
    login_image = forms.FileField(
        label=_("Sign-in picture"), required=False, help_text=_("Fills the right half of the sign-in page.")
    )
    sender_name = forms.CharField(label=_("Sender’s name"), max_length=60, required=False)
    sender_email = forms.EmailField(
        label=_("Sender’s e-mail"),
        max_length=254,
        required=False,
        help_text=_("Its domain has to allow our mail server (SPF, DKIM)."),
    )
    support_email = forms.EmailField(
        label=_("Support e-mail"), max_length=254, required=False, help_text=_("Answers to mails go there.")
    )
    terms_url = forms.URLField(
        label=_("Terms"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    privacy_url = forms.URLField(
        label=_("Privacy notice"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    PICTURES = ("logo", "icon", "login_image")

    def __init__(self, *args: Any, inherits: bool = False, **kwargs: Any) -> None:
        """`inherits`: of a company, whose empty fields follow the agency's brand."""
        super().__init__(*args, **kwargs)
        for name in self.PICTURES:
            self.fields[name].widget.attrs["accept"] = "image/png,image/jpeg,image/webp"
        if inherits:
            self.fields["product_name"].required = self.fields["colour"].required = False

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()

    @property
    def words(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name not in self.PICTURES}

    @property
    def pictures(self) -> dict[str, Any]:
        return {name: file for name in self.PICTURES if (file := self.cleaned_data.get(name))}

    @property
    def removed(self) -> list[str]:
        """Pictures whose box "remove" is ticked; one that comes with a new file is replaced instead."""
        return [name for name in self.PICTURES if f"remove_{name}" in self.data and name not in self.pictures]


class DomainForm(PortalForm):
    host = forms.CharField(
        label=_("Domain"), max_length=253, help_text=_("Like crm.example.com: you need access to its DNS."),
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocapitalize": "none", "spellcheck": "false", "placeholder": "crm.example.com"}
        ),
    )  # fmt: skip


class KeyForm(PortalForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What will use this key, like “Website sign-up”."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


class LimitsForm(PortalForm):
    """A member's role, and what of the agency is open to them."""

    role = forms.ChoiceField(label=_("Role"), choices=AgencyRole.choices, initial=AgencyRole.STAFF)
    reach = forms.ChoiceField(
        label=_("Companies"), widget=forms.RadioSelect, initial="all",
        choices=[("all", _("All, new ones too")), ("some", _("Only those ticked below"))],
    )  # fmt: skip
    companies = forms.TypedMultipleChoiceField(
        label=_("Chosen companies"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    parts = forms.ChoiceField(
        label=_("Parts of the portal"), widget=forms.RadioSelect, initial="all",
        choices=[("all", _("All")), ("some", _("Only those ticked below"))],
    )  # fmt: skip
    tabs = forms.MultipleChoiceField(
        label=_("Chosen parts"), choices=AgencyTab.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, agency: Agency, data: Any = None, *, member: AgencyMember | None = None) -> None:
        super().__init__(data, initial=_limits_of(member) if member else None)
        names = companies_of(agency.pk).order_by("name").values_list("pk", "name")
        self.fields["companies"].choices = [(str(pk), name) for pk, name in names]  # type: ignore[attr-defined]

    @property
    def limits(self) -> dict[str, Any]:
        """What the actions are told. Of an owner the ticks do not count."""
        sent = self.cleaned_data
        is_owner = sent["role"] == AgencyRole.OWNER
        return {
            "role": sent["role"],
            "company_ids": None if is_owner or sent["reach"] == "all" else sent["companies"],
            "tabs": None if is_owner or sent["parts"] == "all" else sent["tabs"],
        }


def _limits_of(member: AgencyMember) -> dict[str, Any]:
    return {
        "role": member.role,
        "reach": "all" if member.company_ids is None else "some",
        "companies": [str(one) for one in member.company_ids or ()],
        "parts": "all" if member.tabs is None else "some",
        "tabs": member.tabs or [],
    }


class MemberForm(LimitsForm):
    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autofocus": True}))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
