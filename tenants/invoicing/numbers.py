"""How invoices are numbered: a policy per country, a counter without gaps.

India: at most 16 letters, digits, - and /, not beginning with 0, - or /,
consecutive per GSTIN and financial year (rule 46(b)); upper case, because the
invoice portal ignores case. Bulgaria: exactly ten digits, rising for ever, no
letters (art. 114 ZDDS with art. 78 of its rules). Elsewhere: per calendar year.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tenants.invoicing.errors import NumberTooLong
from tenants.invoicing.models import NumberSeries

Maker = Callable[[str, str, int], str]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`period` names the stretch a series runs for on a day, `number` writes one of it."""

    period: Callable[[date], str]
    number: Maker
    prefix: str
    """Pattern of the prefixes that fit; empty: the policy has no prefix."""
    prefix_help: str
    longest: int = 40


def financial_year(on: date) -> str:
    """India's year from April to March: 26-27 for any day of it."""
    first = on.year if on.month >= 4 else on.year - 1
    return f"{first % 100:02d}-{(first + 1) % 100:02d}"


INDIA = Policy(
    period=financial_year,
    number=lambda prefix, period, n: f"{prefix}/{period}/{n:04d}",
    prefix=r"[A-Z1-9][A-Z0-9-]{0,3}",
    prefix_help="Up to 4 letters and digits, like INV; a GST invoice number has at most 16 characters.",
    longest=16,
)
BULGARIA = Policy(
    period=lambda on: "",
    number=lambda prefix, period, n: f"{n:010d}",
    prefix="",
    prefix_help="Invoices are numbered with ten digits, so the prefix is not used.",
    longest=10,
)
ELSEWHERE = Policy(
    period=lambda on: str(on.year),
    number=lambda prefix, period, n: f"{prefix}-{period}-{n:04d}",
    prefix=r"[A-Z0-9][A-Z0-9-]{0,7}",
    prefix_help="Up to 8 letters, digits and hyphens, like INV.",
)
POLICIES = {"IN": INDIA, "BG": BULGARIA}


def policy_of(country: str) -> Policy:
    return POLICIES.get(country, ELSEWHERE)


def prefix_fits(prefix: str, country: str) -> bool:
    pattern = policy_of(country).prefix
    return not pattern or bool(re.fullmatch(pattern, prefix))


@dataclass(frozen=True)
class Allotted:
    series: NumberSeries
    sequence: int
    number: str


def allot(*, country: str, tax_id: str, prefix: str, on: date) -> Allotted:
    """The next number of a series. Runs in the issuing transaction, which holds the
    series' row until it ends: a rollback gives the number back, so no gap can come.

    Raises NumberTooLong.
    """
    policy = policy_of(country)
    series = _locked(tax_id=tax_id, period=policy.period(on), prefix=prefix.upper() if policy.prefix else "")
    series.last += 1
    number = policy.number(series.prefix, series.period, series.last)
    if len(number) > policy.longest:
        raise NumberTooLong(
            _("The number %(number)s is too long; at most %(most)d characters are allowed.")
            % {"number": number, "most": policy.longest},
            field="prefix",
            fix=_("Choose a shorter prefix in the invoicing settings."),
        )
    series.save(update_fields=["last", "updated_at"])
    return Allotted(series, series.last, number)


def _locked(**key: str) -> NumberSeries:
    """The series' row, made when absent; two makers at once are settled by the constraint."""
    NumberSeries.objects.bulk_create([NumberSeries(**key)], ignore_conflicts=True)
    return NumberSeries.objects.select_for_update().get(**key)


def next_number(*, country: str, tax_id: str, prefix: str, on: date) -> str:
    """What the next number would be, as a hint; another may take it first."""
    policy = policy_of(country)
    key = {"tax_id": tax_id, "period": policy.period(on), "prefix": prefix.upper() if policy.prefix else ""}
    last = NumberSeries.objects.filter(**key).values_list("last", flat=True).first() or 0
    return policy.number(key["prefix"], key["period"], last + 1)
