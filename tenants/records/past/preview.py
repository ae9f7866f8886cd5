"""What a rewind would do, before it does anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tenants.kernel.actors import Actor
from tenants.records.past.rewinding import (
    BACK,
    CHANGE,
    KINDS,
    LEFT,
    REMOVE,
    Touched,
    Wish,
    sampled,
    types_of,
    types_touched,
)
from tenants.records.registry import RecordType


@dataclass(frozen=True)
class Part:
    """One record type: how many records of each kind, some of them, and who has changed how many since."""

    record_type: RecordType
    counts: Mapping[str, int]
    samples: Sequence[Touched]
    who: Mapping[str, int]

    @property
    def back(self) -> int:
        return self.counts.get(BACK, 0)

    @property
    def change(self) -> int:
        return self.counts.get(CHANGE, 0)

    @property
    def remove(self) -> int:
        return self.counts.get(REMOVE, 0)

    @property
    def left(self) -> int:
        return self.counts.get(LEFT, 0)


@dataclass(frozen=True)
class Preview:
    """Every type with something to bring back. One query for all, one more for each type that has changed."""

    wish: Wish
    parts: list[Part] = field(default_factory=list)

    @classmethod
    def of(cls, wish: Wish, by: Actor) -> "Preview":
        changed = types_touched(wish)
        parts = []
        for record_type in types_of(wish, by):
            if record_type.name in changed:
                counts, samples = sampled(record_type, wish, by)
                if counts:
                    parts.append(Part(record_type, counts, samples, changed[record_type.name]))
        return cls(wish, parts)

    @property
    def counts(self) -> dict[str, int]:
        """Over all types, by kind."""
        return {kind: sum(part.counts.get(kind, 0) for part in self.parts) for kind in KINDS}

    @property
    def total(self) -> int:
        counts = self.counts
        return counts[BACK] + counts[CHANGE] + counts[REMOVE]
