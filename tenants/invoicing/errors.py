"""What can stand in the way of an invoice."""

from typing import Any

from django.utils.translation import gettext as _

from tenants.kernel.errors import Conflict


class DealNotWon(Conflict):
    code = "deal_not_won"

    def __init__(self) -> None:
        super().__init__(
            _("Only a won deal can be invoiced."), field="deal", fix=_("Move the deal to Closed Won first.")
        )


class DealAlreadyInvoiced(Conflict):
    """`invoice` is the one that stands."""

    code = "deal_already_invoiced"

    def __init__(self, invoice: Any) -> None:
        self.invoice = invoice
        detail = _("This deal already has the invoice %(number)s.") % {"number": invoice.number}
        if not invoice.number:
            detail = _("This deal already has a draft of its invoice.")
        super().__init__(detail, field="deal", fix=_("Open that invoice, or void it before making another."))


class NotADraft(Conflict):
    code = "not_a_draft"

    def __init__(self, invoice: Any) -> None:
        detail = _("%(invoice)s has been issued and cannot be changed.") % {"invoice": invoice}
        super().__init__(detail, field="status", fix=_("Void it and make a new one."))


class WrongState(Conflict):
    """The invoice's status does not allow this step."""

    code = "wrong_state"


class NumberTooLong(Conflict):
    code = "number_too_long"
