"""The one tax engine: lines in, amounts, tax lines and totals out. Pure, Decimal, half-up.

Every part that is shown is rounded once, at its line, to the currency's smallest
unit; sums are sums of rounded parts, so nothing is lost between list, page and
PDF. Each tax head of a line is computed by itself from the line's net amount, so
CGST and SGST are equal. Sources: CGST rule 46(l) and (m), amounts per head with
two decimals; half-up per line is convention, so the document's rule is kept with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from tenants.invoicing.enums import RoundingRule

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Head:
    """One tax head and its part of a line's rate: CGST takes a half, IGST the whole."""

    name: str
    share: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Regime:
    """Which heads a supply is taxed under; none: no tax at all.

    `shows_zero` keeps tax lines of 0 %. `legend` is what the document must say about it.
    """

    code: str
    heads: tuple[Head, ...] = ()
    shows_zero: bool = False
    legend: str = ""


@dataclass(frozen=True, kw_only=True)
class LineIn:
    """Rates and discounts in percent; `tax_rate` is the full rate, whatever heads it is split into."""

    quantity: Decimal = Decimal(1)
    unit_price: Decimal = ZERO
    discount_percent: Decimal = ZERO
    tax_rate: Decimal = ZERO


@dataclass(frozen=True)
class HeadAmount:
    name: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True)
class LineOut:
    """`gross` before the discount, `net` the taxable value, `total` with tax."""

    gross: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    heads: tuple[HeadAmount, ...] = ()


@dataclass(frozen=True)
class Totals:
    lines: tuple[LineOut, ...]
    taxes: tuple[HeadAmount, ...]
    """Per rate, and within it in the order of the regime's heads."""
    discount: Decimal
    subtotal: Decimal
    tax_total: Decimal
    rounding: Decimal
    total: Decimal
    regime: Regime = field(default_factory=lambda: Regime(code="none"))


def rounded(amount: Decimal, digits: int) -> Decimal:
    """Half-up, away from zero, to so many decimals."""
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def compute(lines: Iterable[LineIn], *, regime: Regime, digits: int = 2, rounding: str = RoundingRule.EXACT) -> Totals:
    """Everything an invoice states about money. `digits`: decimals of the currency."""
    done = tuple(compute_line(line, regime=regime, digits=digits) for line in lines)
    subtotal = _sum(line.net for line in done)
    tax_total = _sum(line.tax for line in done)
    exact = subtotal + tax_total
    total = rounded(exact, 0) if rounding == RoundingRule.WHOLE else exact
    return Totals(
        lines=done,
        taxes=_tax_lines(done, regime),
        discount=_sum(line.discount for line in done),
        subtotal=subtotal,
        tax_total=tax_total,
        rounding=total - exact,
        total=total,
        regime=regime,
    )


def compute_line(line: LineIn, *, regime: Regime, digits: int) -> LineOut:
    gross = rounded(line.quantity * line.unit_price, digits)
    discount = rounded(gross * line.discount_percent / HUNDRED, digits)
    net = gross - discount
    heads = tuple(_head_amount(head, line.tax_rate, net, digits) for head in regime.heads)
    tax = _sum(head.amount for head in heads)
    return LineOut(gross, discount, net, tax, net + tax, heads)


def _head_amount(head: Head, full_rate: Decimal, net: Decimal, digits: int) -> HeadAmount:
    rate = full_rate * head.share
    return HeadAmount(head.name, rate, net, rounded(net * rate / HUNDRED, digits))


def _tax_lines(lines: Sequence[LineOut], regime: Regime) -> tuple[HeadAmount, ...]:
    sums: dict[tuple[int, Decimal], HeadAmount] = {}
    for line in lines:
        for place, head in enumerate(line.heads):
            if not head.rate and not regime.shows_zero:
                continue
            known = sums.get((place, head.rate), HeadAmount(head.name, head.rate, ZERO, ZERO))
            sums[place, head.rate] = HeadAmount(
                head.name, head.rate, known.base + head.base, known.amount + head.amount
            )
    return tuple(sums[key] for key in sorted(sums, key=lambda key: (key[1], key[0])))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
