"""Writing what the tax engine found onto an invoice, its lines and its tax lines."""

from collections.abc import Sequence

from tenants.invoicing.facts import Facts, facts_of
from tenants.invoicing.lines import refuse_huge
from tenants.invoicing.models import Invoice, InvoiceLine, TaxLine
from tenants.invoicing.queries import profile_now
from tenants.invoicing.tax import Totals

AMOUNTS = ["gross", "discount", "net", "tax", "total"]


def retotal(invoice: Invoice) -> Facts:
    """Work a draft out again and store it."""
    lines = list(invoice.lines.all())
    facts = facts_of(invoice, lines, profile_now())
    store_totals(invoice, lines, facts.totals)
    return facts


def store_totals(invoice: Invoice, lines: Sequence[InvoiceLine], totals: Totals) -> None:
    """Saves the invoice too. Raises Invalid for sums beyond any real one."""
    refuse_huge(totals.total)
    for line, found in zip(lines, totals.lines, strict=True):
        for name in AMOUNTS:
            setattr(line, name, getattr(found, name))
    InvoiceLine.objects.bulk_update(lines, AMOUNTS)
    invoice.taxes.all().delete()
    TaxLine.objects.bulk_create(
        TaxLine(invoice=invoice, position=i, name=tax.name, rate=tax.rate, base=tax.base, amount=tax.amount)
        for i, tax in enumerate(totals.taxes, start=1)
    )
    for name in ("discount", "subtotal", "tax_total", "rounding", "total"):
        setattr(invoice, name, getattr(totals, name))
    invoice.save()
