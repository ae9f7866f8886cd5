"""What the pages of backups are sent."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from public_site.agency.forms import PortalForm
from tenants.kernel.errors import Invalid


class RuleForm(PortalForm):
    is_on = forms.BooleanField(label=_("A backup every day"), required=False)
    hour = forms.IntegerField(
        label=_("Hour"), min_value=0, max_value=23, required=False,
        help_text=_("In the company’s time zone. Empty: some time of its night."),
    )  # fmt: skip
    daily = forms.IntegerField(label=_("Days kept"), min_value=1, max_value=400)
    weekly = forms.IntegerField(label=_("Weeks kept"), min_value=0, max_value=400)
    monthly = forms.IntegerField(label=_("Months kept"), min_value=0, max_value=400)
    follows = forms.BooleanField(
        label=_("No rule of its own"), required=False, help_text=_("It follows its agency, its plan, the platform.")
    )


def picked(texts: list[str]) -> list[tuple[str, UUID]]:
    """`contacts:<id>` as a type and an id. Raises Invalid."""
    found = []
    for text in texts:
        name, _sep, record_id = text.partition(":")
        try:
            found.append((name, UUID(record_id)))
        except ValueError as error:
            raise Invalid({"records": [str(_("This is no record of the copy."))]}) from error
    return found
