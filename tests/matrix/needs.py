"""Who asks, and what a route needs, in the words of the roles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Grants = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Who:
    """One who asks. `nobody` is whoever is not signed in here, whatever they send along."""

    name: str
    kind: Literal["nobody", "person", "key", "directory"] = "nobody"
    role: str = ""
    grants: Grants = field(default_factory=dict)
    scopes: Grants | None = None
    """Of a key: what it was made for. None: all that its person may."""

    def may(self, verb: str, subject: str) -> bool:
        """What the role says, and the scopes of a key as well."""
        return _says(self.grants, verb, subject) and (self.scopes is None or _says(self.scopes, verb, subject))


def _says(grants: Grants, verb: str, subject: str) -> bool:
    """A subject's own line wins over the line of all."""
    verbs = grants.get(subject, grants.get("*", ()))
    return verb in verbs or "*" in verbs


@dataclass(frozen=True)
class Need:
    """What a route asks of who comes; `&` and `|` put needs together."""

    words: str
    holds: Callable[[Who], bool]

    def __and__(self, other: "Need") -> "Need":
        return Need(f"{self.words} and {other.words}", lambda who: self.holds(who) and other.holds(who))

    def __or__(self, other: "Need") -> "Need":
        return Need(f"({self.words} or {other.words})", lambda who: self.holds(who) or other.holds(who))


def grant(verbs: str, subject: str) -> Need:
    """Every one of the verbs, on a record type or another subject: `grant("view edit", "contacts")`."""
    return Need(f"{verbs} {subject}", lambda who: all(who.may(verb, subject) for verb in verbs.split()))


def roles(*slugs: str) -> Need:
    """By role alone, as in an agency: staff is staff."""
    return Need(f"role {' or '.join(slugs)}", lambda who: who.role in slugs)


def views(subject: str) -> Need:
    return grant("view", subject)


def edits(subject: str) -> Need:
    """What is changed must be seen, too."""
    return grant("view edit", subject)


def makes(subject: str) -> Need:
    """What is made is answered with, so it must be seen."""
    return grant("view create", subject)


def deletes(subject: str) -> Need:
    return grant("view delete", subject)


OPEN = Need("anybody", lambda who: True)
"""Signed in or not; on pages without a key."""
LINK = Need("whoever has the secret of the link", lambda who: True)
"""Like OPEN, and the row says which part of the sample is the secret: spoilt, it opens nothing."""
NOBODY = Need("nobody", lambda who: False)
"""Only a state that no sample can be in: the row says in `why` which."""
SIGNED_IN = Need("somebody of the company", lambda who: who.kind in ("person", "key"))
PERSON = Need("a person in a browser", lambda who: who.kind == "person")
"""Not for keys: a key makes no keys, and is nobody's own account."""
SELF = Need("oneself", lambda who: who.kind == "person" or (who.kind == "key" and who.scopes is None))
"""One's own account: in a browser, or by a key that may all its person may."""
SETTINGS = grant("edit", "settings")
OWNER = Need("an owner", lambda who: who.role == "owner")
MAKER = Need("who made it", lambda who: who.role == "owner")
"""The records of the sample belong to the company's owner; so do the keys."""
DIRECTORY = Need("a directory's token", lambda who: who.kind == "directory")
