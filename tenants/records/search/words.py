"""The words a typo is corrected to: learnt after the commit, never while a record is being written."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from zlib import crc32

from django.db import connection, transaction
from rapidfuzz.distance import OSA

from tenants.kernel import context
from tenants.records.search.folding import title_key
from tenants.records.search.matching import Typed

SHORTEST, LONGEST = 3, 40
LONG = 7
"""From here on two letters may be wrong, looked up by the first eight."""
FRONT = 8
MOST_SPELLINGS = 3
MOST_NEAR = 100
KEPT = 200_000
INSERT = """
INSERT INTO records_searchword (word, misspelt)
SELECT word, misspelt::int[] FROM unnest(%s::text[], %s::text[]) AS new (word, misspelt)
ON CONFLICT DO NOTHING
"""
# One look-up a hash: asked for all at once, the planner reads the whole vocabulary.
NEAR = """
SELECT DISTINCT near.word FROM unnest(%s::int[]) AS asked (hash),
LATERAL (SELECT word FROM records_searchword WHERE misspelt @> ARRAY[asked.hash] LIMIT %s) AS near
"""
_known: "OrderedDict[tuple[str, str], None]" = OrderedDict()
"""Words that this process has seen in the vocabulary, by company: most words of a new record are."""


def learnable(haystack: str) -> set[str]:
    """The words of a haystack; addresses and whatever has a digit stay out."""
    return {
        word
        for word in haystack.split()[1:]
        if SHORTEST <= len(word) <= LONGEST
        and not set(word) & {"@", "|"}
        and not any(letter.isdigit() for letter in word)
    }


def unknown(words: Iterable[str]) -> list[str]:
    """Those that this process has not yet seen in the vocabulary, in one order for all writers."""
    salt = context.place().salt
    return sorted(word for word in words if (salt, word) not in _known)


def learn(words: Iterable[str]) -> None:
    """Take words into the vocabulary, in one statement."""
    new = unknown(words)
    if not new:
        return
    with connection.cursor() as cursor:
        # One learner at a time in a company: two would wait for each other's words.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.words'))")
        cursor.execute(INSERT, [new, [f"{{{','.join(map(str, misspelt(word)))}}}" for word in new]])
    salt = context.place().salt
    transaction.on_commit(lambda: _remember(salt, new))


def _remember(salt: str, words: list[str]) -> None:
    _known.update(((salt, word), None) for word in words)
    while len(_known) > KEPT:
        _known.popitem(last=False)


def misspelt(word: str) -> set[int]:
    """Hashes of the word and of what is left of it without one letter, or two of a long one.

    Two spellings that are near share one of them.
    """
    front = word[:FRONT]
    most = 2 if len(word) >= LONG else 1
    found = {front}
    for missing in range(1, most + 1):
        for places in combinations(range(len(front)), missing):
            found.add("".join(letter for i, letter in enumerate(front) if i not in places))
    return {crc32(one.encode()) - 2**31 for one in found}


def corrected(typed: Typed) -> Typed | None:
    """The same words in known spellings; None when a word is like none that is known."""
    spellings = tuple(_near(word) for word in typed.words)
    if not all(spellings) or spellings == typed.spellings:
        return None
    return replace(typed, spellings=spellings, key=title_key(" ".join(one[0] for one in spellings)))


def _near(word: str) -> tuple[str, ...]:
    """Known words that somebody may have meant, the likeliest first."""
    if word not in learnable(f"= {word}"):
        return (word,)
    most = 2 if len(word) >= LONG else 1
    rated = []
    for known in _sharing(word):
        distance = OSA.distance(word, known, score_cutoff=most)
        # An unfinished word is as near as its beginning.
        begun = OSA.distance(word, known[: len(word)], score_cutoff=most) if len(word) > SHORTEST else distance
        if min(distance, begun) <= most:
            rated.append((distance if distance <= most else begun + 1, known[0] != word[0], len(known), known))
    return tuple(known for *_rest, known in sorted(rated)[:MOST_SPELLINGS])


def _sharing(word: str) -> list[str]:
    """Known words that share a misspelling with this one."""
    with connection.cursor() as cursor:
        cursor.execute(NEAR, [list(misspelt(word)), MOST_NEAR])
        return [known for (known,) in cursor.fetchall()]
