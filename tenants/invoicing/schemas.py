"""API shapes of invoicing."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from tenants.records.schemas import Strict


class DraftIn(Strict):
    deal_id: UUID


class LineIn(Strict):
    """A line as it is written. Rates and discounts in percent."""

    description: str = Field(max_length=300)
    code: str | None = Field(None, max_length=8, description="HSN or SAC")
    quantity: Decimal | None = None
    unit: str | None = Field(None, max_length=12)
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    tax_rate: Decimal | None = None


class LinePatch(LineIn):
    description: str | None = Field(None, max_length=300)  # type: ignore[assignment]


class InvoiceLineOut(Schema):
    id: UUID
    position: int
    description: str
    code: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    tax_rate: Decimal
    gross: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal


class TaxOut(Schema):
    name: str
    rate: Decimal
    base: Decimal
    amount: Decimal


class DocumentOut(Schema):
    """A whole invoice: head, parties as frozen at issue, lines, taxes, totals."""

    id: UUID
    version: int
    number: str | None
    status: str
    currency: str
    issued_on: date | None
    due_on: date | None
    place_of_supply: str
    regime: str
    legend: str
    deal_id: UUID | None
    account_id: UUID | None
    contact_id: UUID | None
    seller: dict[str, Any]
    buyer: dict[str, Any]
    lines: list[InvoiceLineOut]
    taxes: list[TaxOut]
    discount: Decimal
    subtotal: Decimal
    tax_total: Decimal
    rounding: Decimal
    total: Decimal
    amount_paid: Decimal
    paid_on: date | None
    payment_method: str
    payment_reference: str
    void_reason: str
    notes: str
    terms: str


class PaymentIn(Strict):
    """Full payments only, so far: `amount`, when given, must be the invoice's total."""

    paid_on: date | None = None
    method: Literal["bank", "upi", "card", "cash", "cheque", "other"] = "bank"
    amount: Decimal | None = None
    reference: str = Field("", max_length=80)


class VoidIn(Strict):
    reason: str = Field(max_length=300)
