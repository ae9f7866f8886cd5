"""Names the world has agreed on: currencies, time zones."""

from functools import cache
from zoneinfo import available_timezones

from babel.numbers import list_currencies


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes, from Babel's data."""
    return frozenset(list_currencies())


@cache
def time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_currency(code: str) -> bool:
    return code in currencies()


def is_time_zone(name: str) -> bool:
    return name in time_zones()
