"""An invoice as it is printed: every text ready, the same for the page and the PDF.

An issued invoice prints what was stored at issue and nothing else; a draft
prints what it would be if it were issued now.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.invoicing.enums import InvoiceStatus
from tenants.invoicing.facts import Errors, Facts, facts_of, obstacles
from tenants.invoicing.india.states import place_label
from tenants.invoicing.models import Invoice, InvoicingProfile
from tenants.invoicing.parties import Party
from tenants.invoicing.queries import company_today, profile_now
from tenants.invoicing.tax import Totals
from tenants.invoicing.words import rupees_in_words
from tenants.records.locale import day, locale_now, money, number

# Heads are stored as the engine names them; those with a word in each language are printed in it.
HEADS = {"VAT": gettext_lazy("VAT"), "Sales tax": gettext_lazy("Sales tax"), "Tax": gettext_lazy("Tax")}


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    position: int
    description: str
    code: str
    quantity: str
    unit_price: str
    discount: str
    rate: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class PaperTax:
    label: str
    base: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """`mark` is printed across every page: what this copy is not."""

    title: str
    name: str
    issued_on: str
    due_on: str
    place: str
    seller: Party
    buyer: Party
    lines: list[PaperLine]
    taxes: list[PaperTax]
    subtotal: str
    discount: str
    rounding: str
    total: str
    words: str
    legend: str
    notes: str
    terms: str
    mark: str
    is_indian: bool
    has_codes: bool
    has_discounts: bool
    has_rates: bool


@dataclass(frozen=True)
class Draft:
    """A draft's paper and what keeps it from being issued."""

    paper: Paper
    facts: Facts
    missing: Errors


def draft_paper(invoice: Invoice, lines: list[Any], profile: InvoicingProfile | None = None) -> Draft:
    """`lines` may be unsaved, as while somebody types."""
    profile = profile or profile_now()
    facts = facts_of(invoice, lines, profile)
    paper = _paper(invoice, lines, facts.seller, facts.buyer, _money_of(facts.totals, lines, invoice.currency))
    paper = replace(
        paper,
        title=_title(facts.seller, facts.supply.regime.code),
        place=place_label(facts.supply.place),
        legend=facts.supply.regime.legend,
        mark=_("Draft"),
        issued_on=day(company_today()),
        due_on=day(invoice.due_on or company_today() + timedelta(days=profile.due_days)),
    )
    return Draft(paper, facts, obstacles(facts, lines, company_today()))


def issued_paper(invoice: Invoice) -> Paper:
    """From the frozen facts and stored amounts alone."""
    seller, buyer = Party.from_json(invoice.seller), Party.from_json(invoice.buyer)
    lines = list(invoice.lines.all())
    paper = _paper(invoice, lines, seller, buyer, _stored_money(invoice, lines))
    return replace(paper, mark=_("Void") if invoice.status == InvoiceStatus.VOID else "")


def _title(seller: Party, regime: str) -> str:
    """A taxed or exported supply of a registered Indian seller is billed on a “tax invoice”: rule 46."""
    return _("Tax invoice") if seller.country == "IN" and regime in ("intra", "inter", "export") else _("Invoice")


def _paper(invoice: Invoice, lines: list[Any], seller: Party, buyer: Party, amounts: dict[str, Any]) -> Paper:
    return Paper(
        title=_title(seller, invoice.regime),
        name=str(invoice),
        issued_on=day(invoice.issued_on),
        due_on=day(invoice.due_on),
        place=place_label(invoice.place_of_supply),
        seller=seller,
        buyer=buyer,
        legend=invoice.legend,
        notes=invoice.notes,
        terms=invoice.terms,
        mark="",
        is_indian=seller.country == "IN",
        has_codes=any(line.code for line in lines),
        has_discounts=any(line.discount_percent for line in lines),
        **amounts,
    )


def _money_of(totals: Totals, lines: list[Any], currency: str) -> dict[str, Any]:
    taxes = [(tax.name, tax.rate, tax.base, tax.amount) for tax in totals.taxes]
    nets = [line.net for line in totals.lines]
    return _amounts(currency, lines, nets, taxes, totals)


def _stored_money(invoice: Invoice, lines: list[Any]) -> dict[str, Any]:
    taxes = [(tax.name, tax.rate, tax.base, tax.amount) for tax in invoice.taxes.all()]
    return _amounts(invoice.currency, lines, [line.net for line in lines], taxes, invoice)


def _amounts(currency: str, lines: list[Any], nets: list[Decimal], taxes: Iterable[Any], sums: Any) -> dict[str, Any]:
    """`sums` has discount, subtotal, rounding, total: an invoice or fresh totals."""

    def exact(amount: Decimal) -> str:
        return money(amount, currency, is_exact=True)

    drawn = [
        PaperTax(label=f"{HEADS.get(name, name)} {percent(rate)}", base=exact(base), amount=exact(amount))
        for name, rate, base, amount in taxes
    ]
    return {
        "lines": [
            _line(i, line, net, currency) for i, (line, net) in enumerate(zip(lines, nets, strict=True), start=1)
        ],
        "taxes": drawn,
        "has_rates": bool(drawn),
        "subtotal": exact(sums.subtotal),
        "discount": exact(sums.discount) if sums.discount else "",
        "rounding": exact(sums.rounding) if sums.rounding else "",
        "total": exact(sums.total),
        "words": rupees_in_words(sums.total) if currency == "INR" else "",
    }


def _line(position: int, line: Any, net: Decimal, currency: str) -> PaperLine:
    price = Decimal(line.unit_price).normalize()
    return PaperLine(
        position=position,
        description=line.description,
        code=line.code,
        quantity=f"{number(Decimal(line.quantity).normalize())} {line.unit}".strip(),
        unit_price=format_currency(price, currency, locale=locale_now(), decimal_quantization=False),
        discount=percent(Decimal(line.discount_percent)) if line.discount_percent else "",
        rate=percent(Decimal(line.tax_rate)),
        amount=money(net, currency, is_exact=True),
    )


def percent(rate: Decimal) -> str:
    """9 % as the reader's locale writes numbers; never 9.000 %."""
    return f"{number(rate.normalize())}%"
