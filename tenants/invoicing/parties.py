"""Who sells and who buys, as an invoice states them; frozen as JSON when it is issued."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from stdnum.bg import vat as bulgarian_number
from stdnum.eu import vat as european_vat

from tenants.invoicing.india import gstin
from tenants.invoicing.india.states import STATES, state_named
from tenants.invoicing.models import Invoice, InvoicingProfile

EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
VAT_PREFIXES = {"GR": "EL"}


@dataclass(frozen=True, kw_only=True)
class Party:
    """`state` is the GST code of an Indian State, `region` its words anywhere."""

    name: str = ""
    address: tuple[str, ...] = ()
    tax_id: str = ""
    country: str = ""
    region: str = ""
    state: str = ""
    email: str = ""
    attention: str = ""
    bank: str = ""
    upi: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"address": list(self.address)}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "Party":
        known = {name: facts[name] for name in cls.__dataclass_fields__ if name in facts}
        return cls(**known | {"address": tuple(facts.get("address", ()))})

    @property
    def state_label(self) -> str:
        return STATES[self.state].label if self.state in STATES else ""

    @property
    def is_vat_registered(self) -> bool:
        """In the EU an id with the country's letters is a VAT id; one without is not."""
        return self.country in EU and self.tax_id.startswith(vat_prefix(self.country))


def vat_prefix(country: str) -> str:
    return VAT_PREFIXES.get(country, country)


def seller_of(profile: InvoicingProfile) -> Party:
    return Party(
        name=profile.legal_name,
        address=_lines(profile.address, _town(profile), profile.region),
        tax_id=profile.tax_id,
        country=profile.country,
        region=profile.region,
        state=_state(profile.country, profile.tax_id, profile.region),
        bank=profile.bank_details,
        upi=profile.upi_id,
    )


def buyer_of(invoice: Invoice, home: str) -> Party:
    """The account, else the contact. An account without a country is at `home`."""
    account, contact = invoice.account, invoice.contact
    if not account:
        return (
            Party(name=str(contact or ""), address=_lines(contact.city), country=home, email=contact.email)
            if contact
            else Party()
        )
    country = account.country.upper() or home
    tax_id = gstin.normal(account.tax_id)
    return Party(
        name=account.name,
        address=_lines(account.address, _town(account), account.region),
        tax_id=tax_id,
        country=country,
        region=account.region,
        state=_state(country, tax_id, account.region),
        email=account.email or (contact.email if contact else ""),
        attention=str(contact or ""),
    )


def _town(place: Any) -> str:
    """City and postal code in the order of the country: Bengaluru 560025, 1000 Sofia."""
    parts = (place.postal_code, place.city) if place.country.upper() in EU else (place.city, place.postal_code)
    return " ".join(part for part in parts if part)


def _lines(*parts: str) -> tuple[str, ...]:
    return tuple(text for part in parts if (text := part.strip()))


def _state(country: str, tax_id: str, region: str) -> str:
    return gstin.state_of(tax_id) or state_named(region) if country == "IN" else ""


def tax_id_fault(country: str, tax_id: str) -> str:
    """What is wrong with a tax id of a country, in words; "" when nothing is or nothing is known."""
    if not tax_id:
        return ""
    if country == "IN":
        return gstin.fault_of(tax_id)
    if country == "BG" and not bulgarian_number.is_valid(tax_id):
        return _(
            "This is no EIK or VAT number of Bulgaria: nine or ten digits, BG before them when registered for VAT."
        )
    if country in EU and tax_id.startswith(vat_prefix(country)) and not european_vat.is_valid(tax_id):
        return _("This VAT number does not fit the form of %(country)s.") % {"country": country}
    return ""
