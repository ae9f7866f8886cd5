"""How the company's country, currency and language write input and output."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import NumberFormatError, format_currency, format_decimal, get_group_symbol, parse_decimal
from django.utils import timezone, translation

from tenants.directory.hosts import company_now
from tenants.kernel import context

GROUPED_NUMBER = re.compile(r"^-?\d[\d.,' ]{0,40}$")
PLAIN_NUMBER = re.compile(r"^-?\d{1,30}(\.\d{1,30})?$")


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
    locale = locale_now()
    return _money(amount, currency, is_exact or amount != amount.to_integral_value(), str(locale))


@lru_cache(maxsize=4_000)  # of amounts as such: a board says the same sums again and again
def _money(amount: Decimal, currency: str, has_cents: bool, locale: str) -> str:
    if has_cents:
        return format_currency(amount, currency, locale=locale, currency_digits=True)
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    whole = pattern.replace(".00", "")
    return format_currency(amount, currency, locale=locale, format=whole, currency_digits=False)


def number(value: int | Decimal | None) -> str:
    return "" if value is None else _number(value, str(locale_now()))


@lru_cache(maxsize=4_000)
def _number(value: int | Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale)


def typed_number(raw: object) -> Decimal | None:
    """A number as a person or a program writes it; None for what is none, or is ambiguous.

    `1840000.50` is understood everywhere, `18,40,000` where numbers are grouped so,
    `1,5` where the comma is the decimal sign: never 15.
    """
    text = str(raw).strip().replace("\u202f", " ").replace("\u00a0", " ")
    if PLAIN_NUMBER.match(text):
        return Decimal(text)
    if not GROUPED_NUMBER.match(text):
        return None
    for locale in (locale_now(), _locale("en", "IN")):
        try:
            return parse_decimal(_grouped(text, locale), locale=locale, strict=True)
        except NumberFormatError:
            continue
    return None


def _grouped(text: str, locale: Locale) -> str:
    """Typed spaces as the group sign, where the locale groups by a space of its own."""
    sign = get_group_symbol(locale)
    return text.replace(" ", sign) if sign.isspace() else text


def day(value: date | None) -> str:
    """30 Nov 2026."""
    return "" if value is None else _day(value, str(locale_now()))


@lru_cache(maxsize=4_000)
def _day(value: date, locale: str) -> str:
    return format_date(value, format="medium", locale=locale)


def clock(value: datetime) -> str:
    return format_time(timezone.localtime(value), format="short", locale=locale_now())


def moment(value: datetime | None) -> str:
    if value is None:
        return ""
    local = timezone.localtime(value)
    return _moment(datetime(local.year, local.month, local.day, local.hour, local.minute), str(locale_now()))


@lru_cache(maxsize=8_000)
def _moment(local: datetime, locale: str) -> str:
    known = Locale.parse(locale)
    day_text, clock_text = format_date(local, locale=known), format_time(local, format="short", locale=known)
    pattern: str = known.datetime_formats["medium"]
    return pattern.format(clock_text, day_text)


def ago(value: datetime | None) -> str:
    """How long since, short: today, 3 d, 5 mo, 2 y."""
    if value is None:
        return ""
    days = (timezone.localdate() - timezone.localtime(value).date()).days
    return _days_ago(days, translation.get_language())


@lru_cache(maxsize=4_000)
def _days_ago(days: int, language: str | None) -> str:
    if days <= 0:
        return translation.gettext("today")
    if days < 31:
        return translation.gettext("%(n)d d") % {"n": days}
    return (
        translation.gettext("%(n)d mo") % {"n": days // 30}
        if days < 365
        else translation.gettext("%(n)d y") % {"n": days // 365}
    )


def due_text(value: datetime | None) -> str:
    """When something is due, as people say it: 2 d ago, today 15:00, Wed 27 Nov."""
    if value is None:
        return ""
    days = (timezone.localtime(value).date() - timezone.localdate()).days
    if days < 0:
        return translation.gettext("%(n)d d ago") % {"n": -days}
    if days == 0:
        return translation.gettext("today %(clock)s") % {"clock": clock(value)}
    return format_date(timezone.localtime(value).date(), format="E d MMM", locale=locale_now())
