"""Text as the search compares it: small letters, no accents, cut into words.

Done here and not in the database, whose servers need no extensions for it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import combining, normalize
from zlib import crc32

GRAM = 3
MOST_WORD = 60
MOST_WORDS = 200
# Letters that Unicode does not take apart.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\x00", "")
)
# Punctuation and signs; everything else is part of a word, vowel signs of Indian scripts too.
_BETWEEN = re.compile(r"[\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf×÷\u2000-\u206f\u20a0-\u20cf\u3000-\u303f।॥]+")
_EMAIL = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_NUMBER = re.compile(r"\+?[\d\s().\-/]{5,}$")
# Nukta, voicing marks and virama make letters of their own; the rest are accents.
_KEPT_MARKS = (0, 7, 8, 9)


def fold(text: str) -> str:
    """Small letters without accents: José and JOSE are one, so are Łódź and lodz."""
    if text.isascii():
        return text.lower().replace("\x00", "")
    return _folded(text)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    apart = normalize("NFKD", text.translate(_PLAIN).casefold()).translate(_PLAIN)
    return normalize("NFC", "".join(letter for letter in apart if combining(letter) in _KEPT_MARKS))


def words_in(text: str) -> list[str]:
    """The folded words of a text; an e-mail address is one word."""
    folded = fold(text)
    if "@" not in folded:
        return _split(folded)
    found: list[str] = []
    end = 0
    for match in _EMAIL.finditer(folded):
        found += [*_split(folded[end : match.start()]), match.group()[:MOST_WORD]]
        end = match.end()
    return found + _split(folded[end:])


def _split(folded: str) -> list[str]:
    return [word[:MOST_WORD] for word in _BETWEEN.split(folded) if word]


def digits_of(text: str) -> str:
    """The digits of a text that is nothing but a written number, like +91 98200-11842; else empty."""
    return re.sub(r"\D", "", text) if _NUMBER.match(text) else ""


def title_key(text: str) -> str:
    """A whole title as one word."""
    return "=" + "_".join(_split(fold(text)))[:120]


def haystack_of(title: str, parts: Iterable[tuple[str, str]]) -> str:
    """What is searched of a record, as `SearchEntry.haystack` keeps it.

    Texts are parted by bars, so that a phrase is never found across two; a text that
    stands there already is left out. Behind a bar stands the mark of what the text is,
    so that it can be left out for those from whom that is hidden.
    """
    found = f"{title_key(title)} "
    for mark, text in (("", title), *parts):
        digits = digits_of(text)
        words = " ".join([digits] if digits else words_in(text)[:MOST_WORDS])
        if words and f" {words} " not in found:
            found += f"|{mark} {words} "
    return found


@lru_cache(maxsize=8_192)  # of words as such: those of companies, places and titles come again and again
def grams_of(word: str) -> frozenset[int]:
    """The pieces of a word, hashed to 16 bits: matches are looked at again, so a clash costs only time."""
    return frozenset([_gram(word[i : i + GRAM]) for i in range(len(word) - GRAM + 1)])


@lru_cache(maxsize=65_536)
def _gram(piece: str) -> int:
    return (crc32(piece.encode()) & 0xFFFF) - 0x8000


def grams_in(haystack: str) -> set[int]:
    """The pieces of every word of a haystack but the first, which repeats the title."""
    found: set[int] = set()
    for word in haystack.split()[1:]:
        found |= grams_of(word)
    return found
