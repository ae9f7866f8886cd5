"""Tax rates by country and day: data, never constants in code.

A new notification is a new row. `standard` is what a line starts with; the
others may be chosen. Countries without rows take any rate from 0 to 100.
Sources: Notifications 9/2025 and 19/2025-CT(R) for India (12 % survives for
bricks by 14/2025); ZDDS for Bulgaria.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class RateList:
    country: str
    valid_from: date
    valid_to: date
    standard: Decimal
    others: tuple[Decimal, ...]

    @property
    def rates(self) -> tuple[Decimal, ...]:
        return tuple(sorted({self.standard, *self.others}))


def _rates(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(one) for one in text.split())


FOREVER = date.max
RATE_LISTS = (
    RateList("IN", date(2017, 7, 1), date(2025, 9, 21), Decimal(18), _rates("0 0.1 0.25 1 1.5 3 5 6 7.5 12 28")),
    RateList("IN", date(2025, 9, 22), date(2026, 1, 31), Decimal(18), _rates("0 0.1 0.25 1.5 3 5 12 28 40")),
    RateList("IN", date(2026, 2, 1), FOREVER, Decimal(18), _rates("0 0.1 0.25 1.5 3 5 12 40")),
    RateList("BG", date(2007, 1, 1), FOREVER, Decimal(20), _rates("0 9")),
)


def rate_list(country: str, on: date) -> RateList | None:
    """The rates a country knows on a day; None where no list is kept."""
    return next((r for r in RATE_LISTS if r.country == country and r.valid_from <= on <= r.valid_to), None)


def is_known(rate: Decimal, country: str, on: date) -> bool:
    known = rate_list(country, on)
    return Decimal(0) <= rate <= Decimal(100) if known is None else rate in known.rates
