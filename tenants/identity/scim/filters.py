"""The filters of SCIM: `userName eq "a" and (active eq true or not (name co "b"))`, as conditions of the database."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q

from tenants.identity.scim.errors import ScimError

LONGEST: Final = 2000
DEEPEST: Final = 20
WORD: Final = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>[()\[\]])|(?P<word>[^\s()\[\]"]+))')
LOOKUPS: Final = {"eq": "iexact", "co": "icontains", "sw": "istartswith", "ew": "iendswith"}
ORDERED: Final = {"gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}
CONSTANTS: Final = {"true": True, "false": False, "null": None}


def condition(text: str, columns: Mapping[str, str]) -> Q:
    """The filter over `columns` (SCIM name in small letters to a path of the ORM). Raises ScimError."""
    if len(text) > LONGEST or "\x00" in text:
        raise _wrong("it is too long or holds what cannot be searched")
    reader = _Reader(_words(text), columns)
    found = reader.any_of(0)
    if reader.words:
        raise _wrong(f"“{reader.words[0]}” was not expected")
    return found


def _words(text: str) -> list[str]:
    found, at, text = [], 0, text.strip()
    while at < len(text):
        match = WORD.match(text, at)
        if not match:
            raise _wrong("a quotation mark is missing")
        found.append(match.group().strip())
        at = match.end()
    return found


class _Reader:
    def __init__(self, words: list[str], columns: Mapping[str, str]) -> None:
        self.words, self.columns = words, columns

    def _next(self) -> str:
        if not self.words:
            raise _wrong("it ends too early")
        return self.words.pop(0)

    def _takes(self, word: str) -> bool:
        if self.words and self.words[0].lower() == word:
            self.words.pop(0)
            return True
        return False

    def any_of(self, depth: int) -> Q:
        if depth > DEEPEST:
            raise _wrong("it is too deep")
        found = self._all_of(depth)
        while self._takes("or"):
            found |= self._all_of(depth)
        return found

    def _all_of(self, depth: int) -> Q:
        found = self._one(depth)
        while self._takes("and"):
            found &= self._one(depth)
        return found

    def _one(self, depth: int) -> Q:
        if self._takes("not"):
            return ~self._one(depth + 1) if depth < DEEPEST else self.any_of(depth + 1)
        if self._takes("("):
            found = self.any_of(depth + 1)
            if not self._takes(")"):
                raise _wrong("a bracket is not closed")
            return found
        return self._comparison()

    def _comparison(self) -> Q:
        path, sign = self._column(self._next()), self._next().lower()
        if sign == "pr":
            return ~(Q(**{f"{path}__isnull": True}) | (Q(**{path: ""}) if path not in ("is_active", "pk") else Q()))
        value = self._value(self._next())
        if sign == "ne":
            return ~_equal(path, value)
        if sign == "eq":
            return _equal(path, value)
        lookup = LOOKUPS.get(sign) or ORDERED.get(sign)
        if not lookup or not isinstance(value, str) or path in ("is_active", "pk"):
            raise _wrong(f"“{sign}” does not fit here")
        return Q(**{f"{path}__{lookup}": value})

    def _column(self, name: str) -> str:
        found = self.columns.get(name.rpartition(":")[2].lower())
        if not found:
            raise _wrong(f"there is nothing called “{name[:60]}” to search by")
        return found

    def _value(self, word: str) -> Any:
        if word.startswith('"'):
            return re.sub(r"\\(.)", r"\1", word[1:-1])
        if word.lower() not in CONSTANTS:
            raise _wrong(f"“{word[:60]}” needs quotation marks")
        return CONSTANTS[word.lower()]


def _equal(path: str, value: Any) -> Q:
    if value is None:
        return Q(**{f"{path}__isnull": True})
    if path == "is_active":
        return Q(is_active=value if isinstance(value, bool) else str(value).lower() == "true")
    if path.endswith("pk"):
        return Q(**{path: value}) if _is_uuid(value) else Q(pk__in=[])
    return Q(**{f"{path}__iexact": str(value)})


def _is_uuid(value: Any) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", str(value)))


def _wrong(why: str) -> ScimError:
    return ScimError(f"This filter cannot be read: {why}.", kind="invalidFilter")
