"""Amounts in words, as Indian invoices carry them: thousand, lakh, crore.

The phrase "Rupees … and … Paise Only" leaves paise out when there are none.
A hundred crore and more repeats the count before "Crore".
"""

from decimal import Decimal

ONES = (
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen "
    "Fifteen Sixteen Seventeen Eighteen Nineteen"
).split()
TENS = "_ _ Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split()
CRORE = 10_000_000
UNITS = ((100_000, "Lakh"), (1_000, "Thousand"), (100, "Hundred"))


def number_in_words(value: int) -> str:
    """1840050 as "Eighteen Lakh Forty Thousand Fifty"."""
    if value < 100:
        return _below_hundred(value)
    if value >= CRORE:
        return _joined(value, CRORE, "Crore")
    size, name = next(unit for unit in UNITS if value >= unit[0])
    return _joined(value, size, name)


def _joined(value: int, size: int, name: str) -> str:
    many, rest = divmod(value, size)
    words = f"{number_in_words(many)} {name}"
    return f"{words} {number_in_words(rest)}" if rest else words


def _below_hundred(value: int) -> str:
    if value < 20:
        return ONES[value]
    tens, ones = divmod(value, 10)
    return f"{TENS[tens]} {ONES[ones]}" if ones else TENS[tens]


def rupees_in_words(amount: Decimal) -> str:
    """An amount with two decimals; "" below zero."""
    if amount < 0:
        return ""
    whole, paise = divmod(int(amount * 100), 100)
    words = f"Rupees {number_in_words(whole)}"
    return f"{words} and {number_in_words(paise)} Paise Only" if paise else f"{words} Only"
