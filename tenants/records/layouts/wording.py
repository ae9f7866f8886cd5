"""Filters in plain words: names of operators, values as people read them, chips."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.kernel.errors import Invalid
from tenants.records.fields import Boolean, Field, Relation
from tenants.records.filters import resolve
from tenants.records.locale import day, moment
from tenants.records.registry import RecordType

WORDS = {
    "is": gettext_lazy("is"), "is_not": gettext_lazy("is not"), "contains": gettext_lazy("contains"),
    "not_contains": gettext_lazy("does not contain"), "starts_with": gettext_lazy("starts with"),
    "empty": gettext_lazy("is empty"), "not_empty": gettext_lazy("is filled"), "gt": gettext_lazy("is more than"),
    "gte": gettext_lazy("is at least"), "lt": gettext_lazy("is less than"), "lte": gettext_lazy("is at most"),
    "between": gettext_lazy("is between"), "in": gettext_lazy("is one of"), "not_in": gettext_lazy("is none of"),
    "has_any": gettext_lazy("has any of"), "has_all": gettext_lazy("has all of"),
    "has_none": gettext_lazy("has none of"), "during": gettext_lazy("is in"),
    "in_last_days": gettext_lazy("in the last days"), "in_next_days": gettext_lazy("in the next days"),
    "older_than_days": gettext_lazy("is older than days"), "me": gettext_lazy("is me"),
    "my_team": gettext_lazy("is in my team"),
}  # fmt: skip
TIME_WORDS = {"gt": gettext_lazy("is after"), "gte": gettext_lazy("is on or after"),
              "lt": gettext_lazy("is before"), "lte": gettext_lazy("is on or before")}  # fmt: skip
PERIOD_WORDS = {
    "today": gettext_lazy("today"), "yesterday": gettext_lazy("yesterday"), "tomorrow": gettext_lazy("tomorrow"),
    "this_week": gettext_lazy("this week"), "last_week": gettext_lazy("last week"),
    "next_week": gettext_lazy("next week"), "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"), "next_month": gettext_lazy("next month"),
    "this_quarter": gettext_lazy("this quarter"), "last_quarter": gettext_lazy("last quarter"),
    "next_quarter": gettext_lazy("next quarter"), "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"), "next_year": gettext_lazy("next year"),
}  # fmt: skip
NO_VALUE = frozenset({"empty", "not_empty", "me", "my_team"})
MANY_VALUES = frozenset({"in", "not_in", "has_any", "has_all", "has_none"})


@dataclass(frozen=True)
class Chip:
    """A condition in plain words, where it stands in the filter, and the list without it."""

    label: str
    operator: str
    value: str
    remove_url: str
    index: int = 0
    is_group: bool = False


def words_of(field: Field, operator: str) -> str:
    if field.kind in ("date", "datetime") and operator in TIME_WORDS:
        return str(TIME_WORDS[operator])
    return str(WORDS.get(operator) or operator.replace("_", " "))


def operators_of(field: Field) -> list[tuple[str, str]]:
    """Name and words of what can be asked of a field."""
    return [(name, words_of(field, name)) for name in field.operators]


def conditions_in(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Every condition of a tree, however deep."""
    if not isinstance(tree, Mapping):
        return
    if "field" in tree:
        yield tree
        return
    for part in tree.values():
        for one in part if isinstance(part, list) else [part]:
            yield from conditions_in(one)


class Reader:
    """Says conditions in words; names of what relations point at are read once for all."""

    def __init__(self, record_type: RecordType, tree: Mapping[str, Any]) -> None:
        self.record_type = record_type
        self._names = self._read(conditions_in(tree))

    def _read(self, conditions: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        wanted: dict[Any, set[UUID]] = {}
        for part in conditions:
            field = self._field(part)
            if isinstance(field, Relation):
                wanted.setdefault(field.target, set()).update(_ids(part.get("value")))
        found: dict[str, str] = {}
        for target, ids in wanted.items():
            found |= {str(row.pk): str(row) for row in target._default_manager.filter(pk__in=ids)} if ids else {}
        return found

    def _field(self, part: Mapping[str, Any]) -> Field | None:
        try:
            return resolve(self.record_type, str(part.get("field", "")))[0]
        except Invalid:
            return None

    def label(self, part: Mapping[str, Any]) -> str:
        """Account › City."""
        names = str(part.get("field", "")).split(".")
        labels: list[str] = []
        for end in range(1, len(names) + 1):
            field = self._field({"field": ".".join(names[:end])})
            labels += [field.label] if field else []
        return " › ".join(labels) or str(part.get("field", ""))

    def words(self, part: Mapping[str, Any]) -> tuple[str, str]:
        """The operator and the value of a condition, as a person says them."""
        field, operator, value = self._field(part), str(part.get("op", "is")), part.get("value")
        if field is None:
            return operator, str(value or "")
        if operator == "during":
            return words_of(field, operator), str(PERIOD_WORDS.get(str(value), value))
        if operator.endswith("_days"):
            return _days(operator, str(value)), ""
        if operator in NO_VALUE:
            return words_of(field, operator), ""
        values = value if isinstance(value, list) else [value]
        shown = [self._value(field, one) for one in values]
        glue = _(" and ") if operator == "between" else ", "
        text = glue.join(shown[:4]) + (f" +{len(shown) - 4}" if len(shown) > 4 else "")
        return words_of(field, operator), text

    def _value(self, field: Field, value: Any) -> str:
        if isinstance(field, Relation):
            return self._names.get(str(value), _("somebody gone") if field.kind == "user" else _("something gone"))
        if isinstance(field, Boolean):
            return _("yes") if str(value).lower() in ("true", "1", "yes", "on") else _("no")
        choices: dict[str, str] = dict(getattr(field, "choices", ()) or ())
        if choices:
            return choices.get(str(value), str(value))
        return _moment(field, value)

    def sentence(self, tree: Mapping[str, Any]) -> str:
        """A whole tree in one line, for chips of groups."""
        if "field" in tree:
            return " ".join(filter(None, (self.label(tree), *self.words(tree))))
        if "not" in tree:
            return _("not (%(what)s)") % {"what": self.sentence(tree["not"])}
        glue = _(" and ") if "all" in tree else _(" or ")
        parts = tree.get("all") or tree.get("any") or []
        return glue.join(self.sentence(part) for part in parts)


def _days(operator: str, value: str) -> str:
    return {
        "in_last_days": _("in the last %(n)s days"),
        "in_next_days": _("in the next %(n)s days"),
        "older_than_days": _("is older than %(n)s days"),
    }.get(operator, operator) % {"n": value}


def _moment(field: Field, value: Any) -> str:
    if field.kind in ("date", "datetime") and value:
        try:
            found = field.checked(value)
        except Exception:
            return str(value)
        return day(found) if field.kind == "date" else moment(found)
    return "" if value is None else str(value)


def _ids(value: Any) -> set[UUID]:
    found: set[UUID] = set()
    for one in value if isinstance(value, list) else [value]:
        try:
            found.add(UUID(str(one)))
        except ValueError:
            continue
    return found
