"""The seller's profile, as a sandbox gives it back."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.invoicing.models import InvoicingProfile
from tenants.invoicing.profile import NAMES, update_profile
from tenants.kernel.actors import Actor
from tenants.records.deploying.parts import Part, Values, deployed


@deployed
class Profile(Part):
    name, label, order = "invoicing_profile", _("Invoicing profile"), 80
    can_remove = False

    def rows(self) -> Iterable[InvoicingProfile]:
        return InvoicingProfile.objects.all()

    def key(self, row: InvoicingProfile) -> str:
        return "profile"

    def told(self, row: InvoicingProfile) -> Values:
        return {name: _plain(getattr(row, name)) for name in NAMES}

    def create(self, values: Values, by: Actor) -> InvoicingProfile:
        """There is one from the first write on."""
        return update_profile(values=values, by=by)

    def update(self, row: InvoicingProfile, values: Values, by: Actor) -> InvoicingProfile:
        return update_profile(values=values, by=by)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)
