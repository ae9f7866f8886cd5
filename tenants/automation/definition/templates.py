"""`{{record.first_name|default:"there"}}`: a path into the scope, then filters. Nothing is ever called or run.

A text that is one template and nothing else keeps the value's type, so `{{record.account}}` can fill a relation.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from tenants.automation.definition.scopes import ROOTS, Scope, as_text, plain
from tenants.records.locale import company_currency, money, number

TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
PIECE = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^|:"'\s]+))\s*""")
NAME = re.compile(r"^-?[A-Za-z0-9_][A-Za-z0-9_-]*$")
MOST_LETTERS = 100_000
MOST_FILTERS = 8


@dataclass(frozen=True)
class Expression:
    """What stands between the braces."""

    path: tuple[str, ...]
    filters: tuple[tuple[str, str | None], ...] = ()

    def value(self, scope: Scope) -> Any:
        found = scope.look_up(self.path)
        for name, argument in self.filters:
            found = FILTERS[name](found, argument)
        return found


@lru_cache(maxsize=4_000)  # of texts as such
def parse(text: str) -> tuple[str | Expression, ...]:
    """The parts of a text in order. Raises ValidationError."""
    parts: list[str | Expression] = []
    last = 0
    for found in TEMPLATE.finditer(text):
        parts += [text[last : found.start()]] if found.start() > last else []
        parts.append(_expression(found[1]))
        last = found.end()
    rest = text[last:]
    if "{{" in rest:
        raise ValidationError(_("“{{” is not closed by “}}”."))
    return (*parts, rest) if rest else tuple(parts)


def _expression(raw: str) -> Expression:
    head, *rest = _split(raw)
    path = tuple(head.strip().split("."))
    if not all(NAME.match(name) for name in path) or path[0] not in ROOTS:
        words = {"raw": head.strip()[:60], "roots": ", ".join(ROOTS)}
        raise ValidationError(_("There is no variable “%(raw)s”. They begin with one of: %(roots)s.") % words)
    if len(rest) > MOST_FILTERS:
        raise ValidationError(_("Use at most %(most)d filters.") % {"most": MOST_FILTERS})
    return Expression(path, tuple(_filter(one) for one in rest))


def _split(raw: str) -> list[str]:
    """By bars that do not stand in quotation marks."""
    return re.findall(r"""(?:[^|"']|"[^"]*"|'[^']*')+""", raw) or [""]


def _filter(raw: str) -> tuple[str, str | None]:
    name, colon, argument = raw.partition(":")
    name = name.strip()
    if name not in FILTERS:
        words = {"name": name[:40], "known": ", ".join(FILTERS)}
        raise ValidationError(_("There is no filter “%(name)s”. Known: %(known)s.") % words)
    if not colon:
        return name, None
    found = PIECE.fullmatch(argument)
    if not found:
        raise ValidationError(_("Write one value after “%(name)s:”, in quotation marks.") % {"name": name})
    return name, next(one for one in found.groups() if one is not None)


def is_template(value: Any) -> bool:
    return isinstance(value, str) and "{{" in value


def has_templates(value: Any) -> bool:
    return any(True for _text in texts_in(value) if "{{" in _text)


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)


def render(value: Any, scope: Scope) -> Any:
    """A value with its templates filled in, whatever its shape. Raises ValidationError for what is too long."""
    if isinstance(value, str):
        return _rendered(value, scope) if "{{" in value else value
    if isinstance(value, Mapping):
        return {name: render(one, scope) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [render(one, scope) for one in value]
    return value


def _rendered(text: str, scope: Scope) -> Any:
    parts = parse(text)
    if len(parts) == 1 and isinstance(parts[0], Expression):
        return parts[0].value(scope)
    found = "".join(one if isinstance(one, str) else as_text(one.value(scope)) for one in parts)
    if len(found) > MOST_LETTERS:
        raise ValidationError(_("With its variables filled in this is longer than %(most)d letters.") % {
            "most": MOST_LETTERS
        })  # fmt: skip
    return found


# Filters: of a value and perhaps an argument


def _date(value: Any, pattern: str | None) -> Any:
    found = moment_of(value)
    return found.strftime(pattern or "%Y-%m-%d") if found else ""


def moment_of(value: Any) -> date | datetime | None:
    """A day or a moment, of what is one or is written as one; moments where the company is."""
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    return value if isinstance(value, date) else None


def _parsed(text: str) -> date | datetime | None:
    try:
        return (parse_date(text) if len(text) == 10 else None) or parse_datetime(text)
    except ValueError:
        return None


def decimal_of(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _money(value: Any, currency: str | None) -> Any:
    found = decimal_of(value)
    return money(found, currency or company_currency()) if found is not None else ""


def _number(value: Any, places: str | None) -> Any:
    found = decimal_of(value)
    if found is None:
        return ""
    return number(round(found, int(places)) if places and places.isdecimal() and len(places) < 3 else found)


def _cut(value: Any, most: str | None) -> str:
    text = as_text(value)
    length = int(most) if most and most.isdecimal() and len(most) < 7 else 100
    return text if len(text) <= length else text[: max(0, length - 1)] + "…"


def _item(place: int) -> Callable[[Any, str | None], Any]:
    return lambda value, _argument: value[place] if isinstance(value, list | tuple | str) and value else None


def _of_text(change: Callable[[str], Any]) -> Callable[[Any, str | None], Any]:
    return lambda value, _argument: change(as_text(value))


FILTERS: dict[str, Callable[[Any, str | None], Any]] = {
    "upper": _of_text(str.upper),
    "lower": _of_text(str.lower),
    "title": _of_text(str.title),
    "trim": _of_text(str.strip),
    "length": lambda value, _argument: len(value) if isinstance(value, list | tuple | str | Mapping) else 0,
    "default": lambda value, argument: (argument or "") if value in (None, "", [], {}) else value,
    "date": _date,
    "time": lambda value, pattern: _date(value, pattern or "%H:%M"),
    "money": _money,
    "number": _number,
    "cut": _cut,
    "first": _item(0),
    "last": _item(-1),
    "join": lambda value, by: (
        (by if by is not None else ", ").join(map(as_text, value))
        if isinstance(value, list | tuple)
        else as_text(value)
    ),
    "url": _of_text(lambda text: quote(text, safe="")),
    "json": lambda value, _argument: json.dumps(plain(value), ensure_ascii=False),
    "text": _of_text(str),
}
