"""An invoice worked out: parties, place of supply, tax, totals, and what is still missing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _

from tenants.invoicing.india.states import ABROAD, STATES
from tenants.invoicing.models import Invoice, InvoicingProfile
from tenants.invoicing.parties import Party, buyer_of, seller_of, tax_id_fault
from tenants.invoicing.rates import is_known, rate_list
from tenants.invoicing.regimes import Supply, supply_of
from tenants.invoicing.tax import LineIn, Totals, compute

Errors = dict[str, list[str]]
# From this taxable value on, the invoice to an unregistered buyer needs an address: rule 46(e).
ADDRESS_FROM = Decimal(50_000)
CODE = re.compile(r"\d{4}(\d{2}){0,2}")


@dataclass(frozen=True)
class Facts:
    """All that an invoice states, from its lines and whoever sells and buys."""

    seller: Party
    buyer: Party
    supply: Supply
    totals: Totals


def facts_of(invoice: Invoice, lines: Iterable[Any], profile: InvoicingProfile) -> Facts:
    """`lines` have quantity, unit_price, discount_percent and tax_rate, saved or not."""
    seller, buyer = seller_of(profile), buyer_of(invoice, profile.country)
    supply = supply_of(seller, buyer, invoice.place_of_supply)
    totals = compute(
        [line_in(line) for line in lines],
        regime=supply.regime, digits=decimals(invoice.currency), rounding=profile.rounding_rule,
    )  # fmt: skip
    return Facts(seller, buyer, supply, totals)


def line_in(line: Any) -> LineIn:
    return LineIn(
        quantity=Decimal(line.quantity), unit_price=Decimal(line.unit_price),
        discount_percent=Decimal(line.discount_percent), tax_rate=Decimal(line.tax_rate),
    )  # fmt: skip


def decimals(currency: str) -> int:
    """Decimals of a currency's smallest unit that is charged."""
    return int(get_currency_precision(currency))


def obstacles(facts: Facts, lines: list[Any], on: date) -> Errors:
    """What must be mended before the invoice can be issued, by field; empty when nothing must."""
    found: Errors = {}
    if not lines:
        found["lines"] = [_("Add at least one line.")]
    if not facts.buyer.name:
        found["account"] = [_("Choose the account or contact who buys.")]
    if facts.totals.total < 0:
        found["total"] = [_("The total is below zero.")]
    found |= _tax_ids(facts)
    if facts.supply.regime.heads and facts.seller.tax_id:
        found |= _taxed(facts, lines, on)
    return found


def _tax_ids(facts: Facts) -> Errors:
    found: Errors = {}
    if fault := tax_id_fault(facts.seller.country, facts.seller.tax_id):
        found["seller.tax_id"] = [_("Your own tax id: %(fault)s") % {"fault": fault}]
    if fault := tax_id_fault(facts.buyer.country, facts.buyer.tax_id):
        found["buyer.tax_id"] = [_("The buyer's tax id: %(fault)s Correct it in the account.") % {"fault": fault}]
    if facts.seller.tax_id and facts.seller.tax_id == facts.buyer.tax_id:
        found["buyer.tax_id"] = [_("Seller and buyer have the same tax id.")]
    return found


def _taxed(facts: Facts, lines: list[Any], on: date) -> Errors:
    """What a tax invoice must carry beyond any other: CGST rule 46, VAT directive art. 226."""
    found: Errors = {}
    if not facts.seller.address:
        found["seller.address"] = [_("A tax invoice carries your address. Add it in the invoicing settings.")]
    for place, line in enumerate(lines):
        found |= _line(line, place, facts, on)
    if facts.seller.country == "IN":
        found |= _indian_buyer(facts)
    return found


def _line(line: Any, place: int, facts: Facts, on: date) -> Errors:
    country = facts.seller.country
    if not is_known(line.tax_rate, country, on):
        known = rate_list(country, on)
        rates = ", ".join(f"{rate.normalize():f}" for rate in known.rates) if known else "0–100"
        return {
            f"lines.{place}.tax_rate": [
                _("Line %(n)d: there is no such tax rate on this day. Known: %(rates)s.")
                % {"n": place + 1, "rates": rates}
            ]
        }
    if country == "IN" and facts.buyer.tax_id and not line.code:
        return {
            f"lines.{place}.code": [
                _("Line %(n)d: a registered buyer's invoice needs the HSN or SAC code.") % {"n": place + 1}
            ]
        }
    return {}


def _indian_buyer(facts: Facts) -> Errors:
    buyer = facts.buyer
    if buyer.tax_id or facts.totals.subtotal < ADDRESS_FROM or (buyer.address and buyer.state):
        return {}
    return {"buyer.address": [_("From ₹50,000 on, the buyer's address with State is needed. Add it to the account.")]}


def place_fault(code: str) -> str:
    return (
        ""
        if not code or code == ABROAD or (code in STATES and not STATES[code].is_old)
        else _("Use the code of a State, like 29, or 96 for abroad.")
    )


def code_fault(code: str) -> str:
    return "" if not code or CODE.fullmatch(code) else _("An HSN or SAC code has 4, 6 or 8 digits.")
