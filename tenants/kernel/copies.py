"""What becomes of a table when its company is copied. Each app says so in its `copied.py`, once for all kinds.

    table("identity.ApiKey", comes=NOWHERE, again=_("API keys"))
    table("identity.User", comes=WITH_RECORDS, else_as={"password": Else("'!'", unless=SEALED)})

A table that nothing is said of comes along wherever records do. One that holds a secret has to be spoken of
(`tests/fleet/copies/test_declared.py`). What points at rows that stay behind points at nothing in the copy.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise

Words = str | Promise
NOTHING: Final = "NULL"


class Copy(StrEnum):
    """Why a company is copied."""

    CLONE = "clone"
    """Another company beside this one."""
    SANDBOX = "sandbox"
    """A place to try things out, with nothing leading outwards."""
    SHAPE = "shape"
    """Another company that is set up the same, without records and people."""
    PACKAGE = "package"
    """Taken to another installation, secrets left behind."""
    SEALED = "sealed"
    """Taken to another installation, secrets under a passphrase."""


NOWHERE: Final = frozenset[Copy]()
SEALED: Final = frozenset({Copy.SEALED})
PACKAGES: Final = frozenset({Copy.PACKAGE, Copy.SEALED})
CLONES: Final = frozenset({Copy.CLONE, Copy.SANDBOX})
WITH_RECORDS: Final = PACKAGES | CLONES
EVERYWHERE: Final = WITH_RECORDS | {Copy.SHAPE}


@dataclass(frozen=True)
class Else:
    """What stands in a column of the copy instead: an expression of SQL over the row."""

    sql: str
    unless: frozenset[Copy] = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Terms:
    comes: frozenset[Copy] = WITH_RECORDS
    else_as: Mapping[str, Else] = field(default_factory=dict)
    """By column."""
    only: Mapping[Copy, str] = field(default_factory=dict)
    """Which rows: a condition of SQL, by kind of copy."""
    again: Words = ""
    """What somebody has to enter again where its secrets did not come along."""
    again_unless: frozenset[Copy] | None = None
    """Where it need not be; where the table comes, if nothing is said."""

    def holds_in(self, copy: Copy, column: str) -> str:
        """The expression that fills a column, or nothing where it stays what it is."""
        found = self.else_as.get(column)
        return found.sql if found and copy not in found.unless else ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows that a room reads and writes itself, since they cannot stand in a copy as they are: chains, seals."""

    name: str
    comes: frozenset[Copy]
    out: Callable[[], Iterator[dict[str, Any]]]
    """In the place they come from, one by one, as JSON."""
    take: Callable[[Iterator[dict[str, Any]], "Facts"], int]
    """In the place they come to, in one transaction; how many."""


_terms: dict[str, Terms] = {}
_parts: dict[str, Part] = {}
_then: list[Callable[["Facts"], None]] = []
_once_open: list[Callable[["Facts"], None]] = []


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What rooms are told of a copy that has just been filled, in its own place."""

    copy: Copy
    from_salt: str
    """The salt of the place it comes from."""
    owner_email: str
    owner_name: str
    currency: str
    country: str
    is_same_agency: bool


def table(label: str, **terms: object) -> None:
    """Say it, by `app.Model`."""
    if label.lower() in _terms:
        raise ValueError(f"{label} is spoken of twice")
    _terms[label.lower()] = Terms(**terms)  # type: ignore[arg-type]


def is_declared(label: str) -> bool:
    return label.lower() in _terms


def terms_of(label: str) -> Terms:
    return _terms.get(label.lower(), Terms())


def part(one: Part) -> Part:
    _parts[one.name] = one
    return one


def parts_of(copy: Copy) -> list[Part]:
    return [one for one in _parts.values() if copy in one.comes]


def then(function: Callable[[Facts], None]) -> Callable[[Facts], None]:
    """Call this in every filled copy, in its place, before anybody can come in. It may be called twice."""
    _then.append(function)
    return function


def once_open(function: Callable[[Facts], None]) -> Callable[[Facts], None]:
    """Call this with the opening of the copy: for letters and tasks, which leave after the commit."""
    _once_open.append(function)
    return function


def settle(facts: Facts) -> None:
    for function in _then:
        function(facts)


def greet(facts: Facts) -> None:
    for function in _once_open:
        function(facts)


def left_behind(copy: Copy) -> list[Words]:
    """What has to be entered again in a copy of this kind."""
    return [one.again for one in _terms.values() if one.again and copy not in (one.again_unless or one.comes)]
