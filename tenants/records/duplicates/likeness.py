"""How much two records look like one: a score of 0 to 100 and the reasons."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio, token_sort_ratio

from tenants.records.duplicates.rules import Facts

LIKELY = 75
"""From here a scan keeps a pair."""
WORTH_A_WORD = 70
"""From here somebody who makes a record is warned."""


def likeness(one: Facts, other: Facts) -> tuple[int, list[str]]:
    """Score and reasons: email, phone, domain, name, company, and email~ for nearly the same address."""
    same_email, same_phone = _shared(one.emails, other.emails), _shared(one.phones, other.phones)
    same_domain = _shared(one.domains, other.domains)
    same_company = bool(one.company) and one.company == other.company
    name = _names(one.name, other.name)
    found = [
        (_by_email(name), "email") if same_email else (0, ""),
        (_by_phone(name), "phone") if same_phone else (0, ""),
        (_by_domain(name), "domain") if same_domain else (0, ""),
    ]
    if not same_email and name >= 0.75 and _near_email(one, other):
        found.append((88 - 15 * _differ(one.phones, other.phones), "email~"))
    if name >= 0.88:
        found.append((_by_name(one, other, name, same_company), "name"))
    score = max(score for score, _reason in found)
    if score < LIKELY and sum(bool(points) for points, _reason in found) > 1:
        score += 10
    reasons = [reason for points, reason in found if points]
    if name >= 0.88 and "name" not in reasons:
        reasons.append("name")
    return min(score, 100), reasons + (["company"] if same_company and reasons else [])


def _shared(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(value in other for value in one)


def _names(one: str, other: str) -> float:
    """0 to 1. Unknown names say neither yes nor no."""
    if not one or not other:
        return 0.5
    if one == other:
        return 1.0
    return max(ratio(one, other), token_sort_ratio(one, other)) / 100


def _by_email(name: float) -> int:
    return 98 if name >= 0.6 else 90 if name >= 0.35 else 78


def _by_phone(name: float) -> int:
    return 95 if name >= 0.75 else 78 if name >= 0.5 else 50


def _by_domain(name: float) -> int:
    return 94 if name >= 0.7 else 76 if name >= 0.5 else 55


def _by_name(one: Facts, other: Facts, name: float, same_company: bool) -> int:
    """A name alone is weak; a shared company makes it strong; addresses that differ weaken it."""
    score = 88 if same_company else 72 if name == 1.0 else 62
    if name < 1.0 and same_company:
        score = 80
    differs_in_company = bool(one.company and other.company) and not same_company
    differs = _differ(one.emails, other.emails) + _differ(one.phones, other.phones)
    return score - 12 * differs - 15 * differs_in_company


def _differ(one: Sequence[str], other: Sequence[str]) -> bool:
    """Both say something, and not the same. Shared ones never come here."""
    return bool(one and other) and not _shared(one, other)


def _near_email(one: Facts, other: Facts) -> bool:
    """A slip of the finger: a letter or two of the mailbox at the same host, or of the host.

    Figures tell namesakes apart: asha.rao7 is not asha.rao8.
    """
    return any(_is_slip(mine, theirs) for mine in one.emails for theirs in other.emails)


def _is_slip(mine: str, theirs: str) -> bool:
    (name, _at, host), (other_name, _at, other_host) = mine.partition("@"), theirs.partition("@")
    if _digits(name) != _digits(other_name):
        return False
    if host == other_host:
        most = 2 if len(name) >= 10 else 1 if len(name) >= 4 else 0
        return OSA.distance(name, other_name, score_cutoff=most) <= most
    return name == other_name and len(name) >= 4 and OSA.distance(host, other_host, score_cutoff=2) <= 2


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
