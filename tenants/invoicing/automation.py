"""What invoicing offers to workflows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import ActionKind, Param
from tenants.automation.engine.step import Step
from tenants.automation.kinds.writing import target
from tenants.automation.recipes import Recipe
from tenants.crm.models import Deal
from tenants.directory.task import send
from tenants.invoicing import actions
from tenants.invoicing.errors import DealAlreadyInvoiced
from tenants.invoicing.models import Invoice
from tenants.invoicing.tasks import store_pdf
from tenants.kernel.errors import Invalid

INVOICES = _("Invoices")


def create_invoice(step: Step) -> Mapping[str, Any]:
    """A draft of a won deal; issued at once if asked. One that is there already, by hand or by a workflow, will do."""
    _record_type, deal = target(step)
    if not isinstance(deal, Deal):
        raise Invalid({"record_id": [_t("An invoice is made from a deal.")]})
    try:
        invoice, is_new = actions.draft_invoice_from_deal(deal=deal, by=step.actor), True
    except DealAlreadyInvoiced as error:
        invoice, is_new = error.invoice, False
    if step.params.get("issues"):
        invoice = _issued(invoice, step)
    return _told(invoice) | {"is_new": is_new}


def issue_invoice(step: Step) -> Mapping[str, Any]:
    _record_type, invoice = target(step)
    if not isinstance(invoice, Invoice):
        raise Invalid({"record_id": [_t("Only an invoice can be issued.")]})
    return _told(_issued(invoice, step))


def _issued(invoice: Invoice, step: Step) -> Invoice:
    issued = actions.issue_invoice(invoice=invoice, by=step.actor)
    send(store_pdf, str(issued.pk))
    return issued


def _told(invoice: Invoice) -> dict[str, Any]:
    return {
        "id": str(invoice.pk), "name": str(invoice), "record_type": "invoices", "number": invoice.number,
        "status": str(invoice.status), "total": str(invoice.total),
    }  # fmt: skip


OUTPUTS = {"id": _("Its id"), "number": _("Its number"), "status": _("Its status"), "total": _("Its total")}
TRIGGERS = ()
ACTIONS = (
    ActionKind(
        name="create_invoice", label=_("Create an invoice"), icon="file-invoice", group=INVOICES, run=create_invoice,
        about=_("A draft with the deal's name and amount, unless it has an invoice"), record_types=("deals",),
        outputs=OUTPUTS | {"is_new": _("Whether it was made")},
        params=(Param(name="issues", label=_("Issue it at once"), kind="boolean"),),
    ),
    ActionKind(
        name="issue_invoice", label=_("Issue the invoice"), icon="send", group=INVOICES, run=issue_invoice,
        record_types=("invoices",), outputs=OUTPUTS,
    ),
)  # fmt: skip


def overdue() -> dict[str, Any]:
    """A day after it was due: a word to the customer, a week later a task."""
    return {
        "format": 1,
        "trigger": {
            "kind": "days_after_event",
            "params": {"record_type": "invoices", "field": "due_on", "days": 1, "direction": "after", "at": "09:00"},
            "filter": {"field": "status", "op": "is", "value": "issued"},
        },
        "settings": {"stop_on": ["invoice.paid", "invoice.voided"]},
        "steps": [
            {
                "id": "remind", "kind": "action", "action": "send_email", "on_error": "continue",
                "params": {
                    "to": "{{record.contact.email}}", "subject": _t("Invoice {{record.number}} is overdue"),
                    "text": _t("Hello {{record.contact.first_name}},\n\nour invoice {{record.number}} was due on"
                               " {{record.due_on|date:\"%d %b %Y\"}}. If you have paid already, please forget this."),
                },
            },
            {"id": "week", "kind": "delay", "for": {"days": 7}},
            {
                "id": "call", "kind": "action", "action": "create_task",
                "params": {"name": _t("Call about invoice {{record.number}}"), "due_in": {"days": 1}},
            },
        ],
    }  # fmt: skip


RECIPES = (
    Recipe(
        name="overdue_invoice",
        label=_("Invoice overdue"),
        icon="alarm",
        definition=overdue,
        about=_("A reminder the day after it was due; a call a week later, unless it is paid."),
    ),
)
