"""Which tax a supply falls under: from the seller, the buyer and the place of supply.

India: section 7, 8 and 16 IGST Act; services are supplied where a registered
buyer is registered, else where the buyer's address is, else at the seller
(section 12(2)). EU: articles 44, 45 and 196 of directive 2006/112.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tenants.invoicing.india.states import ABROAD, STATES
from tenants.invoicing.parties import EU, Party
from tenants.invoicing.tax import Head, Regime

HALF = Decimal("0.5")
NAMES = {"US": "Sales tax", "GB": "VAT", "AU": "GST", "NZ": "GST", "SG": "GST", "CA": "GST/HST"}
# The wording is fixed by the fourth proviso to rule 46.
EXPORT_LEGEND = (
    "SUPPLY MEANT FOR EXPORT/SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS "
    "UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX"
)


@dataclass(frozen=True)
class Supply:
    """What the law makes of a sale. `place` is a State's code, 96 for abroad, "" outside India."""

    regime: Regime
    place: str = ""


def supply_of(seller: Party, buyer: Party, place: str = "") -> Supply:
    """`place` given by a person wins over the one that follows from the addresses."""
    if seller.country == "IN":
        place = place or _place(seller, buyer)
        return Supply(_indian(seller, place), place)
    if seller.country in EU:
        return Supply(_european(seller, buyer))
    return Supply(Regime(code="local", heads=(Head(name=NAMES.get(seller.country, "Tax")),)))


def _place(seller: Party, buyer: Party) -> str:
    if buyer.country and buyer.country != "IN":
        return ABROAD
    return buyer.state or seller.state


def _indian(seller: Party, place: str) -> Regime:
    if not seller.tax_id:
        return Regime(code="unregistered", legend=_("The supplier is not registered under GST; no tax is charged."))
    if place == ABROAD:
        return Regime(code="export", legend=EXPORT_LEGEND)
    if place != seller.state:
        return Regime(code="inter", heads=(Head(name="IGST"),))
    state_head = "UTGST" if STATES[place].has_ut_tax else "SGST"
    return Regime(code="intra", heads=(Head(name="CGST", share=HALF), Head(name=state_head, share=HALF)))


def _european(seller: Party, buyer: Party) -> Regime:
    if not seller.is_vat_registered:
        return Regime(code="unregistered", legend=_("The supplier is not registered for VAT; no VAT is charged."))
    if buyer.country in ("", seller.country):
        return Regime(code="local", heads=(Head(name="VAT"),), shows_zero=True)
    if buyer.country not in EU:
        return Regime(code="export", legend=_("Supplied outside the EU: outside the scope of VAT."))
    if buyer.is_vat_registered:
        return Regime(code="reverse", legend=_("Reverse charge"))
    return Regime(code="local", heads=(Head(name="VAT"),), shows_zero=True)
