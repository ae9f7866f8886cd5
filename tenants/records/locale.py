"""How the company's country, currency and language write input and output."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal
from django.utils import timezone, translation

from tenants.directory.hosts import company_now
from tenants.kernel import context


def company_country() -> str:
    return company_now().country


def company_currency() -> str:
    return company_now().currency


def locale_now() -> Locale:
    """The language of the reader as written in the company's country: en_IN, bg_BG."""
    language = (translation.get_language() or "en").split("-")[0]
    country = company_now().country if context.place().company_id else ""
    return _locale(language, country)


@lru_cache(maxsize=500)  # of languages and countries, not of anything a company owns
def _locale(language: str, country: str) -> Locale:
    try:
        return Locale.parse(f"{language}_{country}") if country else Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)


def money(amount: Decimal | None, currency: str, *, is_exact: bool = False) -> str:
    """₹18,40,000; with cents only where there are any, or always if exact."""
    if amount is None:
        return ""
    digits = is_exact or amount != amount.to_integral_value()
    text = format_currency(amount, currency, locale=locale_now(), currency_digits=True)
    if digits:
        return text
    whole = format_currency(amount, currency, locale=locale_now(), format=_whole_pattern(), currency_digits=False)
    return whole


def _whole_pattern() -> str:
    return locale_now().currency_formats["standard"].pattern.replace(".00", "")


def number(value: int | Decimal | None) -> str:
    return "" if value is None else format_decimal(value, locale=locale_now())


def day(value: date | None) -> str:
    """30 Nov 2026."""
    return "" if value is None else format_date(value, format="medium", locale=locale_now())


def clock(value: datetime) -> str:
    return format_time(timezone.localtime(value), format="short", locale=locale_now())


def moment(value: datetime | None) -> str:
    if value is None:
        return ""
    return format_datetime(timezone.localtime(value), format="medium", locale=locale_now()).rsplit(":", 1)[0]


def ago(value: datetime | None) -> str:
    """How long since, short: today, 3 d, 5 mo, 2 y."""
    if value is None:
        return ""
    days = (timezone.localdate() - timezone.localtime(value).date()).days
    if days <= 0:
        return translation.gettext("today")
    if days < 31:
        return translation.gettext("%(n)d d") % {"n": days}
    return translation.gettext("%(n)d mo") % {"n": days // 30} if days < 365 else translation.gettext("%(n)d y") % {"n": days // 365}
