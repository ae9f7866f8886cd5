"""The record type of invoices. What the house may write generically is a draft's head, never its money."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.invoicing.errors import NotADraft, WrongState
from tenants.invoicing.facts import place_fault
from tenants.invoicing.models import Invoice
from tenants.invoicing.queries import profile_now, standing_invoice_of
from tenants.invoicing.totals import retotal
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.kernel.names import is_currency
from tenants.records.locale import company_currency
from tenants.records.registry import RecordType, record_type

# These may change at any time: they are ours, not the document's.
FREE = {"owner"}


@record_type
class Invoices(RecordType):
    model = Invoice
    comes_in = False
    title = "number"
    subtitle = "account"
    icon = "file-invoice"
    columns = ("number", "account", "status", "total", "issued_on", "due_on", "deal", "owner")
    form = ("account", "contact", "currency", "due_on", "place_of_supply", "notes", "terms")
    extra = (
        "subtotal", "discount", "tax_total", "rounding", "amount_paid", "paid_on", "payment_method",
        "payment_reference", "void_reason", "created_at", "updated_at",
    )  # fmt: skip
    quiet = ("subtotal", "discount", "tax_total", "rounding")
    search = ("number", "account.name", "contact.name", "deal.name")
    history = {
        "issued": ("send", gettext_lazy("issued this")),
        "paid": ("circle-check", gettext_lazy("recorded the payment")),
        "voided": ("ban", gettext_lazy("voided this")),
    }

    def initial(self, actor: Actor) -> dict[str, Any]:
        return super().initial(actor) | {"currency": company_currency(), "terms": profile_now().terms}

    def before_save(self, record: Invoice, changed: Iterable[str], by: Actor) -> None:
        if not record.is_draft and set(changed) - FREE:
            raise NotADraft(record)
        record.currency = record.currency.upper()
        errors: dict[str, list[str]] = {}
        if not is_currency(record.currency):
            errors["currency"] = [_("Use a three-letter currency code, like INR.")]
        if "place_of_supply" in changed and (fault := place_fault(record.place_of_supply)):
            errors["place_of_supply"] = [fault]
        if errors:
            raise Invalid(errors)

    def saved(self, record: Invoice, changes: Mapping[str, Any], by: Actor) -> None:
        """Another buyer, place or currency means other tax."""
        if record.is_draft:
            retotal(record)

    def before_move(self, record: Invoice, action: str, by: Actor) -> None:
        if not record.is_draft:
            raise NotADraft(record)
        if action == "restored" and record.deal_id and standing_invoice_of(record.deal_id):
            raise WrongState(_("The deal has another invoice by now."), field="deal")
