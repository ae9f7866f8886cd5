"""What the CRM refuses, beyond fields that do not fit."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Conflict


class LeadAlreadyConverted(Conflict):
    code = "lead_already_converted"
    title = _("This lead has been converted already. Open its contact or deal instead.")


class LeadUnqualified(Conflict):
    code = "lead_unqualified"
    title = _("This lead is marked as unqualified. Set its status to working first.")


class DuplicatesFound(Conflict):
    """Somebody like the lead is there already. `matches` are theirs to choose from."""

    code = "duplicates_found"
    title = _("Somebody like this is here already.")

    def __init__(self, matches: Any) -> None:
        self.matches = matches
        names = ", ".join(str(one) for one in [*matches.contacts, *matches.accounts][:3])
        super().__init__(
            _("Somebody like this is here already: %(names)s.") % {"names": names},
            field="contact" if matches.contacts else "account",
            fix=_("Choose one of them, or say that a new one is wanted."),
        )
