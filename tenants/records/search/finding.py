"""The search itself: looks where it is cheapest first, and further only for the types that are not full.

1. The newest entries of each type: what everybody is called is found here without the index; of a type that has
   some, but too few, further back. A type that has no others is done with.
2. Words that begin so, and whole titles, by the index.
3. Pieces in the middle of words, by the index.
4. Where nothing was found: the nearest known words, by the index.

Each step is one statement. What the actor may not see is passed over before anything is taken.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, record_types, type_named
from tenants.records.search.closed import Finds, closed_to, is_limited
from tenants.records.search.matching import Typed, quoted
from tenants.records.search.words import corrected

NEWEST, FURTHER = 800, 8_000
MOST_CANDIDATES = 10_000
MOST_COUNTED = 1_000
EXACT, TITLE, WORDS, BEGINNINGS, PIECES = range(5)
LEXEMES = "array_to_tsvector(string_to_array(haystack || '#' || record_type, ' '))"
COLUMNS = "record_type, record_id, title, subtitle, haystack"
RANK = """CASE WHEN haystack LIKE %s OR haystack LIKE ANY (%s) THEN 0 WHEN haystack LIKE %s THEN 1
WHEN {words} THEN 2 WHEN {words} THEN 3 ELSE 4 END AS rank"""
# The fences (OFFSET 0) make PostgreSQL sort first, then ask for visibility row by row until enough passed.
BEST = """(SELECT * FROM (SELECT * FROM found WHERE record_type = %s
ORDER BY rank, record_id DESC OFFSET 0) AS seen WHERE EXISTS ({visible} OFFSET 0) LIMIT %s)"""
NEWEST_OF = "(SELECT {columns} FROM records_searchentry WHERE record_type = %s ORDER BY record_id DESC LIMIT %s)"
FURTHER_OF = """(SELECT * FROM (SELECT {columns} FROM records_searchentry WHERE record_type = %s
ORDER BY record_id DESC OFFSET %s LIMIT %s) AS older WHERE haystack LIKE ANY (%s) LIMIT %s)"""
COUNT = """(SELECT %s AS name, (SELECT count(*) FROM (SELECT 1 FROM records_searchentry AS seen
WHERE record_type = %s AND {condition} AND EXISTS ({visible} OFFSET 0) LIMIT %s) AS counted))"""
INDEXED = f"records_searchentry WHERE {LEXEMES} @@ %s::tsquery AND record_type = ANY(%s)"
DEEP = """SELECT name FROM unnest(%s::text[]) AS name WHERE EXISTS
(SELECT FROM records_searchentry WHERE record_type = name ORDER BY record_id DESC OFFSET %s)"""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that fits, and how well: 0 is its whole title, 4 a piece in the middle of a word."""

    record_type: str
    record_id: UUID
    title: str
    subtitle: str
    haystack: str
    rank: int

    @property
    def order(self) -> tuple[int, int]:
        """Best first; of equals the newest, since ids tell their time."""
        return self.rank, -self.record_id.int


@dataclass(frozen=True)
class Found:
    """What a search found, by type; `corrected` says what it looked for when the words were found nowhere."""

    groups: dict[str, list[Hit]] = field(default_factory=dict)
    corrected: str = ""

    @property
    def hits(self) -> list[Hit]:
        return sorted((hit for group in self.groups.values() for hit in group), key=lambda hit: hit.order)


def searchable(actor: Actor, names: Iterable[str] = ()) -> list[RecordType]:
    """The types the actor may look through: of these, or of all."""
    wanted = set(names)
    return [
        found
        for found in record_types()
        if found.search and (not wanted or found.name in wanted) and actor.may("view", found.name)
    ]


def find(actor: Actor, text: str, types: Sequence[RecordType], *, limit: int = 5, phrases: Iterable[str] = ()) -> Found:
    """The best `limit` entries of each type that have every word of the text."""
    typed = Typed.of(text, phrases)
    if not typed.words or not types:
        return Found()
    finder = Finder(actor, types, limit)
    finder.look_for(typed)
    other = None if finder.hits or typed.phrases else corrected(typed)
    if other:
        finder.look_for(other, is_guess=True)
    best = {name: readable(actor, hits) for name, hits in finder.best().items()}
    return Found(best, finder.spelt(other) if other else "")


class Finder:
    """The steps of one search, and what they found so far."""

    def __init__(self, actor: Actor, types: Sequence[RecordType], limit: int) -> None:
        self.actor, self.limit = actor, limit
        self.types = list(types)
        self.names = [found.name for found in types]
        self.hits: dict[UUID, Hit] = {}
        self._shown: dict[Typed, dict[str, tuple[str, tuple[Any, ...]]]] = {}

    def look_for(self, typed: Typed, *, is_guess: bool = False) -> None:
        """Older entries of a type, if it has any, are looked through only for what would beat its newest ones.

        Of a guess, pieces in the middle of words are looked for only where nothing else was found.
        """
        self.newest(typed)
        self.further(typed)
        worst = {name: self._worst(name) for name in self.deep}
        lacking = [name for name, rank in worst.items() if rank >= PIECES]
        self.indexed(typed, quoted(typed.key), [name for name, rank in worst.items() if rank <= TITLE])
        self.indexed(typed, typed.title_query, [name for name, rank in worst.items() if rank == WORDS])
        self.indexed(typed, typed.exact_query, [name for name, rank in worst.items() if rank == BEGINNINGS])
        self.indexed(typed, typed.exact_query if typed.is_short else typed.prefix_query, lacking)
        lacking = [name for name in lacking if self._worst(name) > PIECES]
        if lacking and not typed.is_short and not (is_guess and self.hits):
            self.pieces(typed, lacking)

    @cached_property
    def deep(self) -> list[str]:
        """The types of which the newest entries are not all."""
        with connection.cursor() as cursor:
            cursor.execute(DEEP, [self.names, NEWEST])
            return [name for (name,) in cursor.fetchall()]

    def newest(self, typed: Typed) -> None:
        parts = " UNION ALL ".join([NEWEST_OF.format(columns=COLUMNS)] * len(self.names))
        params = [one for name in self.names for one in (name, NEWEST)]
        fits = f"({typed.every} OR haystack LIKE ANY (%s))"  # what the index would give
        source = f"({parts}) AS newest WHERE {fits}"
        self._take(typed, source, [*params, *typed.patterns, typed.title_patterns], self.names)

    def further(self, typed: Typed) -> None:
        """What one in some hundreds has, the index would give by the thousand: a few steps further back are shorter.

        Words that begin so, until there are enough; not where the newest have too few to promise that. Several words
        together are rarer: those the index knows.
        """
        least = max(self.limit * NEWEST // FURTHER, 1)
        shares = Counter(hit.record_type for hit in self.hits.values())
        names = [name for name in self.deep if least <= shares[name] < self.limit]
        if names and len(typed.patterns) == 1:
            parts = " UNION ALL ".join([FURTHER_OF.format(columns=COLUMNS)] * len(names))
            every = [(name, NEWEST, FURTHER, typed.beginnings, self.limit) for name in names]
            self._take(typed, f"({parts}) AS further", [one for params in every for one in params], names)

    def indexed(self, typed: Typed, query: str, names: list[str]) -> None:
        if names:
            among = " | ".join(quoted(f"#{name}") for name in names)
            narrowed = query if len(names) == len(self.names) else f"({query}) & ({among})"
            together = "".join(" AND haystack LIKE %s" for _phrase in typed.phrases)
            source = f"{INDEXED}{together} LIMIT {MOST_CANDIDATES}"
            self._take(typed, source, [narrowed, names, *typed.together], names)

    def named(self, ids: list[UUID]) -> None:
        """The entries of these records."""
        source = "records_searchentry WHERE record_type = ANY(%s) AND record_id = ANY(%s)"
        self._take(Typed.of(""), source, [self.names, ids], self.names)

    def counts(self, typed: Typed) -> dict[str, int]:
        """How many of each type the actor would find, counted to `MOST_COUNTED`."""
        params: list[Any]
        if typed.is_short:
            condition, params = f"{LEXEMES} @@ %s::tsquery", [typed.prefix_query]
        else:
            condition, params = f"{typed.every_gram} AND {typed.every}", [*typed.grams, *typed.patterns]
        shown = self._visible(typed)
        parts = [COUNT.format(condition=condition, visible=sql) for sql, _params in shown.values()]
        rest = [one for name, (_sql, seen) in shown.items() for one in (name, name, *params, *seen, MOST_COUNTED)]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts) or "SELECT '', 0 WHERE false", rest)
            return {name: count for name, count in cursor.fetchall() if count}

    def pieces(self, typed: Typed, names: list[str]) -> None:
        among = " | ".join(quoted(f"#{name}") for name in names)
        query = f"({among}) & {typed.short_query}" if typed.short_query else among
        if not typed.short_query and len(names) == len(self.names):
            sql, params = "records_searchentry WHERE ", []
        else:
            sql, params = f"records_searchentry WHERE {LEXEMES} @@ %s::tsquery AND ", [query]
        sql += f"{typed.every_gram} AND {typed.every} AND record_type = ANY(%s) LIMIT {MOST_CANDIDATES}"
        self._take(typed, sql, [*params, *typed.grams, *typed.patterns, names], names)

    def _take(self, typed: Typed, source: str, params: list[Any], names: list[str]) -> None:
        """Run one step and keep the best of each type."""
        branches, rest = self._branches(typed, names)
        if not branches:
            return
        rank = RANK.format(words=typed.every or "true")
        found = f"SELECT {COLUMNS}, {rank} FROM {source}"  # noqa: S608 - texts of this file
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH found AS MATERIALIZED ({found}) {' UNION ALL '.join(branches)}",
                [*typed.ranks, *params, *rest],
            )
            for row in cursor.fetchall():
                self.hits.setdefault(row[1], Hit(*row))

    def _branches(self, typed: Typed, names: list[str]) -> tuple[list[str], list[Any]]:
        visible = self._visible(typed)
        shown = {name: visible[name] for name in names if name in visible}
        branches = [BEST.format(visible=sql) for sql, _params in shown.values()]
        return branches, [one for name, (_sql, seen) in shown.items() for one in (name, *seen, self.limit)]

    def _visible(self, typed: Typed) -> dict[str, tuple[str, tuple[Any, ...]]]:
        """By type, the SELECT that finds the record of an entry if the actor may see it, and the words in it."""
        if typed not in self._shown:
            self._shown[typed] = dict(self._selects(typed))
        return self._shown[typed]

    def _selects(self, typed: Typed) -> Iterator[tuple[str, tuple[str, tuple[Any, ...]]]]:
        for record_type in self.types:
            rows = visible_to(self.actor, record_type).filter(pk=RawSQL("seen.record_id", []))
            if closed := closed_to(self.actor, record_type):
                rows = rows.filter(closed.condition(lambda marks: Q(Finds(RawSQL("seen.haystack", []), typed, marks))))
            try:
                yield record_type.name, rows.order_by().values("pk").query.sql_with_params()
            except EmptyResultSet:  # nothing of this type is for this actor
                continue

    def _worst(self, name: str) -> int:
        """The rank that an entry has to beat to be shown; beyond all ranks while there is room."""
        ranks = sorted(hit.rank for hit in self.hits.values() if hit.record_type == name)
        return ranks[self.limit - 1] if len(ranks) >= self.limit else PIECES + 1

    def best(self) -> dict[str, list[Hit]]:
        groups: dict[str, list[Hit]] = {}
        for hit in sorted(self.hits.values(), key=lambda one: one.order):
            groups.setdefault(hit.record_type, []).append(hit)
        return {name: groups[name][: self.limit] for name in self.names if name in groups}

    def spelt(self, typed: Typed) -> str:
        """The corrected words as the best hit spells them."""
        best = min(self.hits.values(), key=lambda hit: hit.order, default=None)
        return typed.spelt_in(best.haystack) if best else ""


def readable(actor: Actor, hits: list[Hit]) -> list[Hit]:
    """Hits of one type, with what the actor may read of their second lines."""
    record_type = type_named(hits[0].record_type)
    if not is_limited(actor, record_type, record_type.subtitle):
        return hits
    with context.acting(actor):
        rows = visible_to(actor, record_type).filter(pk__in=[hit.record_id for hit in hits])
        lines = {row.pk: record_type.subtitle_of(row) for row in rows}
    return [replace(hit, subtitle=lines.get(hit.record_id, "")) for hit in hits]


def seen_entries(actor: Actor, wanted: Sequence[tuple[str, UUID]]) -> list[Hit]:
    """The entries of these records, in this order, without those that the actor may not see."""
    names = list(dict.fromkeys(name for name, _id in wanted))
    finder = Finder(actor, [found for found in searchable(actor) if found.name in names], len(wanted))
    ids = [record_id for _name, record_id in wanted]
    if finder.types:
        finder.named(ids)
    hits = [hit for group in finder.best().values() for hit in readable(actor, group)]
    return sorted(hits, key=lambda hit: ids.index(hit.record_id))
