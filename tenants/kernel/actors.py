"""Who acts: a signed-in person, an API key, a visitor, or the house itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from tenants.kernel.permits import EVERYTHING, Permit

ActorKind = Literal["user", "api_key", "visitor", "robot"]
Grants = Mapping[str, frozenset[str]]

NO_GRANTS: Grants = {}
ALL_GRANTS: Grants = {"*": frozenset({"*"})}


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
