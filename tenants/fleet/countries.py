"""Defaults by country: time zone (of the capital or the largest city) and currency, from Babel's data."""

from babel.core import get_global
from babel.numbers import get_territory_currencies

# Countries with several zones: where most of their companies are.
MAIN_ZONES = {
    "US": "America/New_York", "CA": "America/Toronto", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "MX": "America/Mexico_City", "ID": "Asia/Jakarta", "RU": "Europe/Moscow", "CN": "Asia/Shanghai",
    "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "NZ": "Pacific/Auckland", "CL": "America/Santiago",
    "AR": "America/Argentina/Buenos_Aires", "UA": "Europe/Kyiv", "DE": "Europe/Berlin", "MY": "Asia/Kuala_Lumpur",
    "KZ": "Asia/Almaty", "UZ": "Asia/Tashkent", "CY": "Asia/Nicosia", "EC": "America/Guayaquil",
    "GB": "Europe/London", "IN": "Asia/Kolkata", "BG": "Europe/Sofia",
}  # fmt: skip
# Newer than the data: Bulgaria took the euro on 1 January 2026.
NEWER_CURRENCIES = {"BG": "EUR"}


def _defaults() -> dict[str, tuple[str, str]]:
    zones = get_global("territory_zones")
    found = {}
    for country in get_global("territory_currencies"):
        current = get_territory_currencies(country)
        known = zones.get(country, [])
        if len(country) == 2 and current and known:
            found[country] = (MAIN_ZONES.get(country, known[0]), NEWER_CURRENCIES.get(country, current[-1]))
    return found


COUNTRIES = _defaults()
