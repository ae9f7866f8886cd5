"""Countries, time zones and currencies by their names in the reader's language."""

from functools import lru_cache

from babel import Locale
from django.conf import settings
from django.utils import translation

from tenants.fleet.countries import COUNTRIES
from tenants.kernel.names import time_zones

Choices = list[tuple[str, str]]


def _language() -> str:
    return (translation.get_language() or "en").split("-")[0]


def country_choices() -> Choices:
    return _countries(_language())


@lru_cache(maxsize=8)  # of languages
def _countries(language: str) -> Choices:
    names = Locale.parse(language).territories
    return sorted(((code, names[code]) for code in COUNTRIES if code in names), key=lambda pair: pair[1])


def country_name(code: str) -> str:
    return str(Locale.parse(_language()).territories.get(code, code))


def currency_choices() -> Choices:
    return _currencies(_language())


@lru_cache(maxsize=8)  # of languages
def _currencies(language: str) -> Choices:
    """The currencies that are legal tender somewhere now."""
    names = Locale.parse(language).currencies
    current = {currency for _zone, currency in COUNTRIES.values()}
    return sorted((code, f"{code} · {names.get(code, code)}") for code in current)


def zone_choices() -> Choices:
    """Regions and cities; the technical names of the list are left out."""
    left_out = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
    named = sorted(name for name in time_zones() if "/" in name and not name.startswith(left_out))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in named)]


def language_choices() -> Choices:
    return list(settings.LANGUAGES)


def defaults_of(country: str) -> dict[str, str]:
    """Time zone and currency that a country suggests; nothing for an unknown one."""
    found = COUNTRIES.get(country.upper())
    return {"time_zone": found[0], "currency": found[1]} if found else {}
