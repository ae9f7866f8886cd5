"""Who acts: a signed-in person, an API key, a visitor, or the house itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from tenants.kernel.permits import EVERYTHING, Permit

ActorKind = Literal["user", "api_key", "visitor", "robot"]
Grants = Mapping[str, frozenset[str]]
Scopes = Mapping[str, Sequence[str]]
NONE: frozenset[str] = frozenset()

NO_GRANTS: Grants = {}
ALL_GRANTS: Grants = {"*": frozenset({"*"})}
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one who is asked for in every action.

    `grants` maps a record type's name to the verbs allowed on it; `*` speaks for
    every name that is not written down. What is not granted is denied.
    """

    kind: ActorKind
    user_id: UUID | None = None
    name: str = ""
    grants: Grants = field(default_factory=lambda: NO_GRANTS)
    permit: Permit = EVERYTHING
    """How far the grants reach."""
    scopes: Scopes | None = None
    """To what a key or an app has cut the grants; None where nothing was cut."""
    is_watched: bool = False
    """Somebody else looks through these eyes: what a person keeps to themselves stays closed."""

    def may(self, verb: str, subject: str) -> bool:
        """Whether `verb` ("view", "create", …) is granted; a subject's own entry wins over `*`."""
        granted = self.grants.get(subject)
        if granted is None:
            granted = self.grants.get("*", frozenset())
        return verb in granted or "*" in granted


def visitor() -> Actor:
    """Somebody who has not signed in: nothing is granted."""
    return Actor(kind="visitor", name="Visitor")


def robot(name: str = "System") -> Actor:
    """The house acting by itself: tasks, seeds, imports of demo data."""
    return Actor(kind="robot", name=name, grants=ALL_GRANTS)


def cut(actor: Actor, scopes: Scopes | None, *, name: str = "") -> Actor:
    """The same actor with no more than the scopes, and perhaps under another name."""
    named = replace(actor, name=name[:LONGEST_NAME] if name else actor.name)
    if scopes is None:
        return named
    return replace(named, grants=narrowed(actor.grants, scopes), scopes=dict(scopes))


def narrowed(grants: Grants, scopes: Scopes) -> Grants:
    """What both allow. `*` speaks for every subject that is not written down, in either."""
    names = {*grants, *scopes, "*"}
    return {name: _both(verbs_of(grants, name), verbs_of(scopes, name)) for name in names}


def verbs_of(grants: Mapping[str, Any], name: str) -> frozenset[str]:
    found = grants.get(name)
    return frozenset(grants.get("*", NONE) if found is None else found)


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if "*" in one:
        return other
    return one if "*" in other else one & other


def covers(held: Grants, asked: Mapping[str, Any]) -> bool:
    """Whether whoever holds the first may do all of the second."""
    names = {*held, *asked, "*"}
    pairs = [(verbs_of(held, name), verbs_of(asked, name)) for name in names]
    return all("*" in mine or wanted <= mine for mine, wanted in pairs)
