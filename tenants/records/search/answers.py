"""What a search box is answered: free words from the index, conditions from the filter language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tenants.kernel.actors import Actor
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, type_named
from tenants.records.search.finding import MOST_COUNTED, Finder, Found, Hit, find, searchable
from tenants.records.search.folding import fold
from tenants.records.search.matching import Typed
from tenants.records.search.query import matching
from tenants.records.search.syntax import Asked, chosen_types, parse, trees


@dataclass(frozen=True)
class Group:
    """The hits of one type."""

    record_type: RecordType
    hits: list[Hit]


@dataclass
class Answer:
    """One answered search. Groups come in the order of their best hit."""

    text: str
    asked: Asked
    types: list[RecordType] = field(default_factory=list)
    found: Found = field(default_factory=Found)
    rows: dict[str, Any] = field(default_factory=dict)
    """The filtered rows of each type, where conditions were given."""

    @cached_property
    def groups(self) -> list[Group]:
        best = sorted(self.found.groups.items(), key=lambda item: self._nearness(item[1]))
        return [Group(type_named(name), hits) for name, hits in best]

    def _nearness(self, hits: Sequence[Hit]) -> tuple[int, bool, int, int]:
        """Of groups that fit equally well, the one whose records are called so comes first."""
        words = fold(self.found.corrected or self.asked.words).split()
        is_named = any(all(word in fold(hit.title) for word in words) for hit in hits)
        return hits[0].rank, not is_named, *hits[0].order

    @property
    def hits(self) -> list[Hit]:
        return self.found.hits

    def counts(self, actor: Actor) -> dict[str, int]:
        """How many there are of each type, counted to a thousand; for the results page only."""
        if self.rows:
            found = {name: rows[:MOST_COUNTED].count() for name, rows in self.rows.items()}
            return {name: count for name, count in found.items() if count}
        typed = Typed.of(self.found.corrected or self.asked.words, self.asked.phrases)
        return Finder(actor, self.types, 0).counts(typed) if typed.words else {}


def search(actor: Actor, text: str, *, types: Iterable[str] = (), limit: int = 5) -> Answer:
    """Answer a search for an actor, at most `limit` hits of each type. Raises Invalid for what makes no sense."""
    asked = parse(text)
    chosen = chosen_types(asked, searchable(actor, types))
    answer = Answer(text.strip(), asked, chosen)
    if not chosen:
        return answer
    if asked.conditions or (asked.types and not asked.words and not asked.phrases):
        return _filtered(answer, actor, limit)
    answer.found = find(actor, asked.words, chosen, limit=limit, phrases=asked.phrases)
    return answer


def _filtered(answer: Answer, actor: Actor, limit: int) -> Answer:
    """The newest rows that conditions let through; one query a type that has the fields."""
    asked = answer.asked
    groups: dict[str, list[Hit]] = {}
    for name, tree in trees(asked, answer.types, actor).items():
        record_type = type_named(name)
        rows = visible_to(actor, record_type).filter(tree)
        if asked.words or asked.phrases:
            rows = rows.filter(matching(actor, record_type, asked.words, asked.phrases))
        answer.rows[name] = rows.order_by("-created_at", "-pk")
        hits = [_hit(record_type, row) for row in answer.rows[name][:limit]]
        groups |= {name: hits} if hits else {}
    answer.types = [type_named(name) for name in answer.rows]
    answer.found = Found(groups)
    return answer


def _hit(record_type: RecordType, row: Any) -> Hit:
    return Hit(record_type.name, row.pk, str(row), record_type.subtitle_of(row), "", 0)
