"""Conditions as a person builds them: which inputs a field and an operator want, and back to the filter language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from json import dumps
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenants.kernel.errors import Invalid
from tenants.records.fields import Boolean, Field, Relation
from tenants.records.filters import resolve
from tenants.records.layouts.wording import MANY_VALUES, NO_VALUE, PERIOD_WORDS, Reader, operators_of
from tenants.records.registry import RecordType, type_of

MOST_CHOICES = 30
INPUTS = {"date": "date", "datetime": "datetime-local"}
DEPTH = 2
"""How deep groups may stand within the outermost one."""


@dataclass
class Question:
    """One condition as inputs: field, operator, value."""

    record_type: RecordType
    name: str
    op: str = ""
    value: Any = None
    error: str = ""

    @cached_property
    def field(self) -> Field | None:
        try:
            return resolve(self.record_type, self.name)[0] if self.name else None
        except Invalid:
            return None

    @property
    def label(self) -> str:
        return Reader(self.record_type, {}).label({"field": self.name})

    @property
    def operators(self) -> list[tuple[str, str]]:
        return operators_of(self.field) if self.field else []

    @property
    def operator(self) -> str:
        known = [name for name, _words in self.operators]
        if self.op in known:
            return self.op
        preferred = {"text": "contains", "email": "contains", "date": "during", "datetime": "during"}
        wanted = preferred.get(self.field.kind if self.field else "", "")
        choices = [name for name in (wanted, "in", "has_any", "is") if name in known]
        return choices[0] if choices else (known or [""])[0]

    @property
    def shape(self) -> str:
        """How many values: none, one, two, many, days, period."""
        op = self.operator
        if op in NO_VALUE:
            return "none"
        if op == "between":
            return "two"
        if op == "during":
            return "period"
        return "many" if op in MANY_VALUES else "days" if op.endswith("_days") else "one"

    @property
    def input_type(self) -> str:
        return INPUTS.get(self.field.kind if self.field else "", "text")

    @property
    def input_mode(self) -> str:
        return "decimal" if self.field and self.field.is_numeric else ""

    @property
    def values(self) -> list[str]:
        """What was chosen, as texts."""
        given = self.value if isinstance(self.value, list) else [self.value]
        return [str(one) for one in given if one not in (None, "")]

    @property
    def first(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def second(self) -> str:
        return self.values[1] if len(self.values) > 1 else ""

    @property
    def periods(self) -> list[tuple[str, str]]:
        return [(name, str(words)) for name, words in PERIOD_WORDS.items()]

    @property
    def is_relation(self) -> bool:
        return isinstance(self.field, Relation)

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """What can be chosen; of a relation what is chosen already, then the first few."""
        found = self.field
        if isinstance(found, Boolean):
            return [("true", _("Yes")), ("false", _("No"))]
        if isinstance(found, Relation):
            return related_choices(found, self.values)
        if found is not None and found.kind == "tags":
            return _tags(self.values)
        return list(getattr(found, "choices", ()) or ())


def _tags(chosen: list[str]) -> list[tuple[str, str]]:
    from tenants.records.models import Tag

    names = dict.fromkeys([*chosen, *Tag.objects.values_list("name", flat=True)[:200]])
    return [(name, name) for name in names]


def related_choices(found: Relation, chosen: list[str], text: str = "") -> list[tuple[str, str]]:
    """Rows to choose from: the chosen ones first, then those that match the text."""
    title = getattr(found.target, "title_field", "name")
    ids = [one for one in chosen if _is_id(one)]
    picked = list(found.options().filter(pk__in=ids)) if ids else []
    rows = found.options().exclude(pk__in=ids)
    if text.strip():
        rows = rows.filter(**{f"{title}__icontains": text.strip().replace("\x00", "")})
    return [(str(row.pk), str(row)) for row in [*picked, *rows[:MOST_CHOICES]]]


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def condition_from(record_type: RecordType, data: Any) -> dict[str, Any]:
    """The condition that a form of one question sent."""
    name = str(data.get("field", ""))
    question = Question(record_type, name, str(data.get("op", "")))
    if question.field is None:
        raise Invalid({"field": [_("Choose a field.")]})
    condition: dict[str, Any] = {"field": name, "op": question.operator}
    match question.shape:
        case "none":
            return condition
        case "two":
            return condition | {"value": [data.get("value", ""), data.get("value_to", "")]}
        case "many":
            return condition | {"value": _sent_values(data)}
    return condition | {"value": data.get("value", "")}


def _sent_values(data: Any) -> list[str]:
    """Ticked boxes, or words between commas."""
    given = [one for one in data.getlist("value") if one.strip()]
    return [part.strip() for part in given[0].split(",") if part.strip()] if data.get("typed") and given else given


def condition_of(record_type: RecordType, found: Field, record: Any, *, is_not: bool) -> dict[str, Any]:
    """The condition that lets through, or keeps out, whatever has this record's value."""
    value = found.api_of(found.value(record)) if not isinstance(found, Relation) else found.to_api(record)
    if value in (None, "", [], {}) and "empty" in found.operators:
        return {"field": found.name, "op": "not_empty" if is_not else "empty"}
    if found.is_many:
        return {"field": found.name, "op": "has_none" if is_not else "has_any", "value": list(value or [])}
    if found.kind == "datetime":
        return _that_day(found, record, is_not=is_not)
    if "is" not in found.operators:
        raise Invalid({found.name: [_("%(field)s cannot be filtered by its value.") % {"field": found.label}]})
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return {"field": found.name, "op": "is_not" if is_not else "is", "value": text}


def _that_day(found: Field, record: Any, *, is_not: bool) -> dict[str, Any]:
    from django.utils import timezone

    day = timezone.localtime(found.value(record)).date().isoformat()
    condition = {"field": found.name, "op": "between", "value": [f"{day}T00:00", f"{day}T23:59:59"]}
    return {"not": condition} if is_not else condition


# The builder


@dataclass
class Group:
    """A group of the builder: all, any or none of its parts."""

    mode: str = "all"
    parts: list[Any] = field(default_factory=list)
    depth: int = 0
    raw: str = ""

    @property
    def may_nest(self) -> bool:
        return self.depth < DEPTH

    @property
    def is_group(self) -> bool:
        return True


@dataclass
class Kept:
    """A part that the builder cannot draw: it stays as it is."""

    tree: Mapping[str, Any]
    words: str

    @property
    def json(self) -> str:
        return dumps(self.tree)


def group_of(record_type: RecordType, tree: Mapping[str, Any], errors: Mapping[str, list[str]] | None = None) -> Group:
    """A filter as the builder draws it, with what was wrong at each condition."""
    reader = Reader(record_type, tree)
    found = _drawn(record_type, tree, "filter", 0, errors or {}, reader) if tree else Group()
    return found if isinstance(found, Group) else Group("all", [found])


def _drawn(
    record_type: RecordType, tree: Any, at: str, depth: int, errors: Mapping[str, list[str]], reader: Reader
) -> Any:
    if not isinstance(tree, Mapping):
        return Kept({}, str(tree))
    if "field" in tree:
        error = next(
            (messages[0] for place, messages in errors.items() if place in (at, f"{at}.op", f"{at}.value")), ""
        )
        return Question(record_type, str(tree["field"]), str(tree.get("op", "is")), tree.get("value"), error)
    inner, mode, inside = _opened(tree, at)
    if mode is None or depth > DEPTH:
        return Kept(tree, reader.sentence(tree))
    parts = [_drawn(record_type, part, f"{inside}[{i}]", depth + 1, errors, reader) for i, part in enumerate(inner)]
    return Group(mode, parts, depth)


def _opened(tree: Mapping[str, Any], at: str) -> tuple[list[Any], str | None, str]:
    """Parts, mode and place of a group; `not any` is the mode none."""
    for mode in ("all", "any"):
        if isinstance(tree.get(mode), list):
            return list(tree[mode]), mode, f"{at}.{mode}"
    inner = tree.get("not")
    if isinstance(inner, Mapping) and isinstance(inner.get("any"), list):
        return list(inner["any"]), "none", f"{at}.not.any"
    return [], None, at


def choosable(record_type: RecordType) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Fields to filter by in sections: the type's own, then those of each record it points at."""
    own = [(name, one.label, one.kind) for name, one in record_type.fields.items() if one.operators]
    yield record_type.singular, own
    for name, one in record_type.fields.items():
        target = type_of(one.target) if isinstance(one, Relation) and not one.is_custom else None
        if target:
            yield one.label, [(f"{name}.{inner}", f.label, f.kind) for inner, f in target.fields.items() if f.operators]
