"""By which fields two records of a type may be one, and what is read of each record."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from tenants.records.fields import Relation
from tenants.records.registry import RecordType, record_types

COMPANY_FIELDS = ("account", "company", "company_name", "organisation")
FORMS_OF_COMPANIES = frozenset(
    "ltd limited llc llp inc incorporated corp corporation co company gmbh ag sa sas srl bv nv oy ab as plc pvt "
    "private ood eood ad ead et kg ug pty kk the".split()
)
WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Rules:
    """Field names by what they say: e-mail, phone, web address, name, the company somebody is at."""

    emails: tuple[str, ...]
    phones: tuple[str, ...]
    sites: tuple[str, ...]
    name: str
    company: str

    @property
    def names(self) -> list[str]:
        return [one for one in (*self.emails, *self.phones, *self.sites, self.name, self.company) if one]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of a record: folded, without what does not tell two apart."""

    id: Any
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    domains: tuple[str, ...]
    name: str
    company: str


def rules_for(record_type: RecordType) -> Rules | None:
    """The type's own `duplicate_keys`, else what people fill in of such kinds; None when nobody looks."""
    fields = record_type.own_fields
    keys = record_type.duplicate_keys
    asked = (*record_type.form, record_type.title) if keys is None else keys
    wanted = [name for name in dict.fromkeys(asked) if name in fields]
    emails, phones, sites = (
        tuple(name for name in wanted if fields[name].kind == kind) for kind in ("email", "phone", "url")
    )
    if not (emails or phones or sites) and not keys:
        return None
    company = next((name for name in COMPANY_FIELDS if name in wanted), "")
    has_name = keys is None or record_type.title in wanted
    return Rules(emails, phones, sites, record_type.title if has_name else "", company)


def types_looked_at() -> list[RecordType]:
    return [one for one in record_types() if rules_for(one)]


def columns_of(record_type: RecordType, rules: Rules) -> list[str]:
    """The columns that `facts_from` reads, after the id. A relation is read as its id."""
    fields = record_type.own_fields
    return [fields[name].source.attname if isinstance(fields[name], Relation) else name for name in rules.names]


def facts_from(rules: Rules, record_id: Any, values: Mapping[str, Any]) -> Facts:
    """`values` by field name, as the columns hold them."""
    return Facts(
        id=record_id,
        emails=tuple(text for name in rules.emails if (text := str(values.get(name) or "").lower())),
        phones=tuple(text for name in rules.phones if (text := digits(values.get(name)))),
        domains=tuple(text for name in rules.sites if (text := domain(values.get(name)))),
        name=folded(values.get(rules.name)) if rules.name else "",
        company=folded_key(values.get(rules.company)) if rules.company else "",
    )


def folded_key(value: Any) -> str:
    """A company as a record's id, or as a folded name."""
    return folded(value) if isinstance(value, str) else str(getattr(value, "pk", value) or "")


def digits(value: Any) -> str:
    """A phone number's last nine digits: with and without country code it is one."""
    found = "".join(one for one in str(value or "") if one.isdigit())
    return found[-9:] if len(found) >= 6 else ""


def domain(value: Any) -> str:
    """shop.example of https://www.Shop.example/about."""
    text = str(value or "").strip().lower()
    try:
        host = urlsplit(text if "://" in text else f"https://{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


@lru_cache(maxsize=20_000)  # of words, not of anything a company owns by itself
def _folded(text: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(one))
    words = [word for word in WORDS.findall(plain) if word not in FORMS_OF_COMPANIES]
    return " ".join(sorted(words or WORDS.findall(plain)))


def folded(value: Any) -> str:
    """Small letters without accents, words in order, without Ltd and Inc."""
    return _folded(str(value or ""))


def _mailboxes(facts: Facts) -> list[str]:
    """The letters of a mailbox's name, whatever stands between and behind them."""
    parts = [email.partition("@") for email in facts.emails]
    return [f"{''.join(filter(str.isalpha, local))[:8]}@{host[:3]}" for local, _at, host in parts]


def _beginnings(facts: Facts) -> list[str]:
    return ["".join(word[:4] for word in facts.name.split()[:3])] if facts.name else []


def _sounds(facts: Facts) -> list[str]:
    return [_consonants(facts.name)] if facts.name else []


def _colleagues(facts: Facts) -> list[str]:
    """At one company, names with a word that begins alike."""
    return [f"{facts.company}{word[0]}" for word in facts.name.split()] if facts.company else []


BLOCKS: Mapping[str, Callable[[Facts], Iterable[str]]] = {
    "email": lambda facts: facts.emails,
    "mailbox": _mailboxes,
    "phone": lambda facts: facts.phones,
    "domain": lambda facts: facts.domains,
    "name": _beginnings,
    "sound": _sounds,
    "company": _colleagues,
}
"""Passes by name: records that share a key are compared, others never."""


def _consonants(name: str) -> str:
    """A name's skeleton: its first letter and consonants, doubled ones once."""
    letters = [one for one in name if one.isalnum()]
    kept = letters[:1] + [one for one in letters[1:] if one not in "aeiouhy"]
    return "".join(one for i, one in enumerate(kept) if i == 0 or one != kept[i - 1])[:10]
