"""The fleet by what has been applied to it: one query, one plan for each kind of schema."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tenants.fleet.migrating import Key, fingerprint_of, head, key_of, missing_from, plan
from tenants.fleet.models import Schema, SchemaState

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Standing(StrEnum):
    """How schemas stand to the running code."""

    HEAD = "head"
    BEHIND = "behind"
    AHEAD = "ahead"
    """Newer code has been at them: ours leaves them alone."""
    REWRITTEN = "rewritten"
    """Nothing is missing by name, but the text of what was applied is another."""


@dataclass(frozen=True)
class Group:
    """Companies' schemas of one fingerprint and one history."""

    fingerprint: str
    applied: tuple[Key, ...]
    standing: Standing
    names: tuple[str, ...]

    @property
    def missing(self) -> list[Key]:
        return [key_of(migration) for migration in missing_from(self.applied)]


def groups(only: Sequence[str] = ()) -> list[Group]:
    """Of companies, largest first; of the schemas named alone, if any are. Those at head are one group."""
    rows = _companies(only)
    at_head = list(rows.filter(fingerprint=head()).order_by("id").values_list("name", flat=True))
    others: dict[tuple[str, tuple[Key, ...]], list[str]] = defaultdict(list)
    rest = rows.exclude(fingerprint=head()).order_by("id").values_list("name", "fingerprint", "applied")
    for name, fingerprint, applied in rest:
        others[fingerprint, tuple((app, migration) for app, migration in applied)].append(name)
    found = [Group(head(), tuple(map(key_of, plan())), Standing.HEAD, tuple(at_head))] if at_head else []
    found += [Group(*kind, _standing(*kind), tuple(names)) for kind, names in others.items()]
    return sorted(found, key=lambda group: -len(group.names))


def _companies(only: Sequence[str]) -> "QuerySet[Schema]":
    rows = Schema.objects.filter(state=SchemaState.CLAIMED)
    return rows.filter(name__in=only) if only else rows


def _standing(fingerprint: str, applied: tuple[Key, ...]) -> Standing:
    if set(applied) - set(map(key_of, plan())):
        return Standing.AHEAD
    if missing_from(applied):
        return Standing.BEHIND
    return Standing.HEAD if fingerprint == fingerprint_of(applied) else Standing.REWRITTEN


def behind(only: Sequence[str] = ()) -> list[Group]:
    return [group for group in groups(only) if group.standing == Standing.BEHIND]


def is_unsettled(only: Sequence[str] = ()) -> bool:
    """Whether a migration would find anything to do."""
    if not _companies(only).exclude(fingerprint=head()).exists():
        return False
    return any(group.standing in (Standing.BEHIND, Standing.REWRITTEN) for group in groups(only))


def counts() -> dict[Standing, int]:
    found = dict.fromkeys(Standing, 0)
    for group in groups():
        found[group.standing] += len(group.names)
    return found
