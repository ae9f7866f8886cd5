"""The tax engine: nothing is lost, whatever the lines."""

import random
from decimal import Decimal

import pytest

from tenants.invoicing.enums import RoundingRule
from tenants.invoicing.tax import Head, LineIn, Regime, Totals, compute

HALF = Decimal("0.5")
INTRA = Regime(code="intra", heads=(Head(name="CGST", share=HALF), Head(name="SGST", share=HALF)))
INTER = Regime(code="inter", heads=(Head(name="IGST"),))
VAT = Regime(code="local", heads=(Head(name="VAT"),), shows_zero=True)
NONE = Regime(code="export")
RATES = [Decimal(rate) for rate in ("0", "0.25", "1.5", "3", "5", "12", "18", "28", "40", "8.875")]


def random_lines(seed: int) -> list[LineIn]:
    dice = random.Random(seed)
    return [
        LineIn(
            quantity=Decimal(dice.randint(1, 10**5)).scaleb(-dice.choice((0, 1, 3))),
            unit_price=Decimal(dice.randint(0, 10**7)).scaleb(-dice.choice((0, 2, 4))),
            discount_percent=Decimal(dice.choice(("0", "0", "7.5", "33.33", "100"))),
            tax_rate=dice.choice(RATES),
        )
        for _ in range(dice.randint(1, 12))
    ]


def is_in_units(amount: Decimal, digits: int) -> bool:
    return amount == amount.quantize(Decimal(1).scaleb(-digits))


def check(totals: Totals, digits: int) -> None:
    lines = totals.lines
    assert totals.subtotal == sum(line.net for line in lines)
    assert totals.tax_total == sum(line.tax for line in lines) == sum(tax.amount for tax in totals.taxes)
    assert totals.total == totals.subtotal + totals.tax_total + totals.rounding
    assert all(line.gross - line.discount == line.net and line.net + line.tax == line.total for line in lines)
    assert all(is_in_units(x, digits) for line in lines for x in (line.gross, line.discount, line.net, line.tax))
    assert abs(totals.rounding) <= HALF


@pytest.mark.parametrize("regime", [INTRA, INTER, VAT, NONE], ids=lambda regime: regime.code + str(len(regime.heads)))
@pytest.mark.parametrize("digits", [0, 2, 3])
@pytest.mark.parametrize("rounding", RoundingRule.values)
def test_parts_sum_to_the_total(regime: Regime, digits: int, rounding: str) -> None:
    for seed in range(150):
        check(compute(random_lines(seed), regime=regime, digits=digits, rounding=rounding), digits)


def test_cgst_and_sgst_are_equal() -> None:
    for seed in range(300):
        taxes = compute(random_lines(seed), regime=INTRA).taxes
        central = [(tax.rate, tax.base, tax.amount) for tax in taxes if tax.name == "CGST"]
        state = [(tax.rate, tax.base, tax.amount) for tax in taxes if tax.name == "SGST"]
        assert central == state


def test_whole_rounding_gives_a_whole_total() -> None:
    totals = compute([LineIn(unit_price=Decimal("999.50"), tax_rate=Decimal(18))], regime=INTER, rounding="whole")

    assert (totals.total, totals.rounding) == (Decimal("1179"), Decimal("-0.41"))


@pytest.mark.parametrize(("price", "tax"), [("0.25", "0.05"), ("0.125", "0.02"), ("2.75", "0.50"), ("2.77", "0.50")])
def test_tax_is_rounded_half_up(price: str, tax: str) -> None:
    assert compute([LineIn(unit_price=Decimal(price), tax_rate=Decimal(18))], regime=INTER).tax_total == Decimal(tax)


def test_no_heads_no_tax() -> None:
    totals = compute([LineIn(unit_price=Decimal(100), tax_rate=Decimal(18))], regime=NONE)

    assert (totals.total, totals.taxes) == (Decimal(100), ())
