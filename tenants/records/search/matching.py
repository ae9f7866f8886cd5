"""What somebody typed, and the conditions on entries that the index can answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Q

from tenants.records.models.search import Lexemes
from tenants.records.search.folding import GRAM, MOST_WORD, digits_of, fold, grams_of, title_key, words_in

MOST_TYPED = 8


class Holds(Lexemes):
    """Whether an entry's words satisfy a tsquery."""

    conditional = True

    def __init__(self, query: str = "") -> None:
        super().__init__()
        self.query = query
        self.output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        sql, params = super().as_sql(compiler, connection, *args, **extra)
        return f"({sql} @@ %s::tsquery)", [*params, self.query]


@dataclass(frozen=True)
class Typed:
    """Words that must all be found, each as one of its spellings; every word may be unfinished."""

    spellings: tuple[tuple[str, ...], ...]
    key: str
    phrases: tuple[str, ...] = ()
    """Folded words that must stand together in one text."""

    @classmethod
    def of(cls, text: str, phrases: Iterable[str] = ()) -> "Typed":
        together = tuple(" ".join(words_in(phrase)) for phrase in phrases)
        text = " ".join([text, *together])
        digits = digits_of(text.strip())
        # A trunk zero is no part of the number as it is kept.
        words = [digits.lstrip("0") or digits] if digits else _words(text)
        return cls(tuple((word,) for word in dict.fromkeys(words[:MOST_TYPED])), title_key(text), together)

    @cached_property
    def words(self) -> list[str]:
        return [spelling[0] for spelling in self.spellings]

    @property
    def is_short(self) -> bool:
        """Too little to look up by beginnings or pieces: too many have it."""
        return all(len(word) < GRAM for word in self.words)

    @property
    def prefix_query(self) -> str:
        """The tsquery of entries with words that begin so, or a title that begins so."""
        every = [" | ".join(f"{quoted(word)}:*" for word in spelling) for spelling in self.spellings]
        return f"({' & '.join(f'({one})' for one in every)}) | {self.title_query}"

    @property
    def exact_query(self) -> str:
        """Entries that have exactly these words, or a title that begins so."""
        every = [" | ".join(map(quoted, spelling)) for spelling in self.spellings]
        return f"({' & '.join(f'({one})' for one in every)}) | {self.title_query}"

    @property
    def title_query(self) -> str:
        return f"{quoted(self.key)}:*"

    @property
    def short_query(self) -> str:
        """The words too short for pieces, as beginnings."""
        return " & ".join(f"{quoted(word)}:*" for word in self.words if len(word) < GRAM)

    @property
    def together(self) -> list[str]:
        """What LIKE must find of the phrases."""
        return [f"% {like(phrase)} %" for phrase in self.phrases]

    @property
    def every(self) -> str:
        """SQL that asks for every word; `patterns` are its parameters."""
        return " AND ".join(["haystack LIKE ANY (%s)"] * len(self.patterns))

    @property
    def patterns(self) -> list[list[str]]:
        return [
            [f"%{like(word)}%" if len(word) >= GRAM else f"% {like(word)}%" for word in spelling]
            for spelling in self.spellings
        ] + [[pattern] for pattern in self.together]

    @property
    def beginnings(self) -> list[str]:
        """What LIKE must find where a single word begins so; of a phrase, the phrase."""
        return [f"% {like(word)}%" for spelling in self.spellings for word in spelling] or self.together

    @property
    def title_patterns(self) -> list[str]:
        """What LIKE must find of a title that begins so, if its words are not found as they stand: a trunk zero."""
        return [] if self.phrases else [f"{like(self.key)}%"]

    @property
    def every_gram(self) -> str:
        """SQL that asks for the pieces of every word; `grams` are its parameters."""
        return " AND ".join(f"({' OR '.join(['grams @> %s::smallint[]'] * len(spelling))})" for spelling in self._long)

    @property
    def grams(self) -> list[list[int]]:
        return [sorted(grams_of(word)) for spelling in self._long for word in spelling]

    @property
    def _long(self) -> list[tuple[str, ...]]:
        return [spelling for spelling in self.spellings if len(spelling[0]) >= GRAM]

    @property
    def ranks(self) -> list[Any]:
        """For ranks 0 to 3: the whole title, a whole address or number; the title's beginning; words; beginnings."""
        title, words = like(self.key), self.words
        is_own = len(words) == 1 and ("@" in words[0] or (len(words[0]) > 6 and words[0].isdigit()))
        return [
            f"{title} %", [f"% {like(words[0])} %"] if is_own else [], f"{title}%",
            *([f"% {like(word)} %" for word in spelling] for spelling in self.spellings),
            *([pattern] for pattern in self.together),
            *([f"% {like(word)}%" for word in spelling] for spelling in self.spellings),
            *([pattern] for pattern in self.together),
        ]  # fmt: skip

    def spelt_in(self, haystack: str) -> str:
        """Each word in the spelling that stands there."""
        return " ".join(next((w for w in spelling if f" {w}" in haystack), spelling[0]) for spelling in self.spellings)


def _words(text: str) -> list[str]:
    """Parts of an address stay one word: riya@cust, @customer."""
    found: list[str] = []
    for part in fold(text).split():
        part = part.strip("<>,;:\"'()")
        found += [part] if "@" in part.rstrip("@") else words_in(part)
    return [word[:MOST_WORD] for word in found]


def quoted(word: str) -> str:
    """A word as a lexeme of a tsquery."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def like(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def entry_filter(typed: Typed) -> Q:
    """Entries in which every word begins or stands inside a word, as the index answers it."""
    found = Q()
    grams = sorted({gram for word in typed.grams for gram in word})
    if grams:
        found &= Q(grams__contains=grams)
    if typed.short_query:
        found &= Q(Holds(typed.short_query))
    for word in typed.words:
        if len(word) > GRAM:
            found &= Q(haystack__contains=word)
    for phrase in typed.phrases:
        found &= Q(haystack__contains=f" {phrase} ")
    return found
