"""Invoices beyond their fields."""

from tests.matrix.needs import SETTINGS, edits, makes, views
from tests.matrix.samples import row, the

READS, WRITES = views("invoices"), edits("invoices")
DRAFTS = makes("invoices") & views("deals")
PAID = {"paid_on": "2026-11-01", "method": "bank", "reference": "UTR1"}
SELLER = {
    "legal_name": "Alpha Works", "country": "IN", "prefix": "INV", "due_days": "15", "rounding_rule": "exact",
    "address": "12 Residency Road", "city": "Bengaluru", "postal_code": "560025", "region": "Karnataka",
    "tax_id": "29AAGCB7383J1Z4", "default_code": "998314", "default_tax_rate": "18",
}  # fmt: skip

ROWS = [
    row("draft_invoice_from_deal", DRAFTS, json={"deal_id": the.won}),
    row("get_invoice_document", READS),
    row("issue_invoice", WRITES),
    row("add_invoice_line", WRITES, json={"description": "Cable"}),
    row("change_invoice_line", WRITES, json={"description": "Rope"}),
    row("remove_invoice_line", WRITES),
    row("record_invoice_payment", WRITES, invoice_id=the.issued, json={}),
    row("void_invoice", WRITES, invoice_id=the.issued, json={"reason": "Wrong buyer"}),
    row("get_invoice_pdf", READS),
]
PAGES = [
    row("POST invoicing:from-deal", DRAFTS, deal_id=the.won),
    row("GET invoicing:invoice", READS),
    row("POST invoicing:lines", WRITES, form={}),
    row("POST invoicing:rows", WRITES, form={}),
    row("POST invoicing:totals", WRITES, form={}),
    row("POST invoicing:issue", WRITES),
    row("GET invoicing:payment", WRITES, invoice_id=the.issued),
    row("POST invoicing:payment", WRITES, invoice_id=the.issued, form=PAID),
    row("GET invoicing:void", WRITES, invoice_id=the.issued),
    row("POST invoicing:void", WRITES, invoice_id=the.issued, form={"reason": "Wrong buyer"}),
    row("GET invoicing:pdf", READS),
    row("GET invoicing:settings", SETTINGS),
    row("POST invoicing:settings", SETTINGS, form=SELLER),
]
