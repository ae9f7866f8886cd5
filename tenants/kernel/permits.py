"""How far a person's grants reach: to whose records, and to which fields.

Grants name verbs; a permit says how far each goes. It holds no rules of its own: `tenants.identity.permits`
makes it from role, teams, rules, shares and delegations, `tenants.records.sight` turns it into SQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID


class Reach(StrEnum):
    """Whose records a verb goes for."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


class FieldLimit(StrEnum):
    HIDDEN = "hidden"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingRule:
    """Records that meet a filter are open to the person, whoever owns them."""

    id: UUID
    name: str
    record_type: str
    tree: Mapping[str, Any]
    may_edit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody else may, lent until a moment."""

    user_id: UUID
    name: str
    until: datetime
    permit: "Permit"


@dataclass(frozen=True, kw_only=True)
class Permit:
    """What limits a person's grants. Everything empty: they go for every record and every field.

    `reaches` maps a record type's name (or `*`) to verbs and how far they go; `people` are
    those whose records "team" means, the person too; `teams` those a record can be shared with.
    """

    user_id: UUID | None = None
    role: str = ""
    grants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reaches: Mapping[str, Mapping[str, Reach]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, FieldLimit]] = field(default_factory=dict)
    own_fields: Mapping[str, Mapping[str, FieldLimit]] = field(default_factory=dict)
    """What the role alone says of fields; `fields` are milder where somebody lends."""
    people: frozenset[UUID] = frozenset()
    teams: frozenset[UUID] = frozenset()
    rules: tuple[SharingRule, ...] = ()
    shared: frozenset[str] = frozenset()
    """Types of which single records are shared with the person or a team of theirs."""
    standings: tuple[Standing, ...] = ()
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """For what is worked out once from a permit."""

    def reach(self, verb: str, subject: str) -> Reach:
        """How far a granted verb goes. What is not said goes for all."""
        said = self.reaches.get(subject)
        if said is None:
            said = self.reaches.get("*", {})
        return said.get(verb, Reach.ALL)

    def grants_verb(self, verb: str, subject: str) -> bool:
        """Whether the person's own role grants the verb at all."""
        granted = self.granted(subject)
        return verb in granted or "*" in granted

    def granted(self, subject: str) -> frozenset[str]:
        """The verbs of the own role; a subject's own entry wins over `*`."""
        found = self.grants.get(subject)
        return self.grants.get("*", frozenset()) if found is None else found

    @cached_property
    def lent_grants(self) -> Mapping[str, frozenset[str]]:
        """Own grants and those of the people the person stands in for, who lend records but never the settings."""
        if not self.standings:
            return self.grants
        permits = [self, *(one.permit for one in self.standings)]
        names = {"*", *(name for one in permits for name in one.grants)}
        found = {name: frozenset().union(*(one.granted(name) for one in permits)) for name in names}
        return found | {"settings": self.granted("settings")}

    def limits(self, subject: str) -> Mapping[str, FieldLimit]:
        """Fields of a type that are hidden or may not be written, by name."""
        return self.fields.get(subject, {})


EVERYTHING = Permit()
