"""The one filter language: a JSON tree of all, any, not and typed conditions.

    {"all": [{"field": "stage", "op": "is_not", "value": "…"},
             {"field": "account.name", "op": "contains", "value": "solar"}]}

Compiled to one Q. Whatever does not fit is refused with the place of the fault.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.fields import Field, Relation
from tenants.records.registry import RecordType, type_of

MOST_CONDITIONS = 100
MOST_DEPTH = 8
MOST_STEPS = 4
Maker = Callable[[str, Field, Any, Actor], Q]


def parse_filter(text: str) -> dict[str, Any]:
    """The tree of a URL's `filter`. Raises Invalid for what is not JSON."""
    try:
        tree = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise Invalid({"filter": [f"This is not JSON: {error}"]}) from error
    if not isinstance(tree, dict):
        raise Invalid({"filter": ['Write an object, like {"field": "name", "op": "is", "value": "…"}.']})
    return tree


def compile_filter(tree: Mapping[str, Any], record_type: RecordType, actor: Actor) -> Q:
    """One Q for a whole tree; an empty tree lets everything through. Raises Invalid."""
    return _Compiler(record_type, actor).node(tree, "filter", 0) if tree else Q()


class _Compiler:
    def __init__(self, record_type: RecordType, actor: Actor) -> None:
        self.record_type = record_type
        self.actor = actor
        self.conditions = 0

    def node(self, tree: Any, at: str, depth: int) -> Q:
        if not isinstance(tree, Mapping) or depth > MOST_DEPTH:
            raise Invalid({at: [f"Write an object here, at most {MOST_DEPTH} deep."]})
        if "field" in tree:
            return self.condition(tree, at)
        match list(tree):
            case ["all"]:
                return self.group(tree["all"], f"{at}.all", depth, Q.AND)
            case ["any"]:
                return self.group(tree["any"], f"{at}.any", depth, Q.OR)
            case ["not"]:
                return ~self.node(tree["not"], f"{at}.not", depth + 1)
        raise Invalid({at: ["Use exactly one of all, any, not, or field with op and value."]})

    def group(self, parts: Any, at: str, depth: int, connector: str) -> Q:
        if not isinstance(parts, list) or not parts:
            raise Invalid({at: ["Give a list with at least one condition."]})
        return Q(*(self.node(part, f"{at}[{i}]", depth + 1) for i, part in enumerate(parts)), _connector=connector)

    def condition(self, tree: Mapping[str, Any], at: str) -> Q:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            raise Invalid({at: [f"Use at most {MOST_CONDITIONS} conditions."]})
        field, path = resolve(self.record_type, str(tree["field"]), at)
        operator = str(tree.get("op", "is"))
        if operator not in field.operators:
            raise Invalid({f"{at}.op": [f"{field.label} knows: {', '.join(field.operators)}."]})
        try:
            return OPERATORS[operator](path, field, tree.get("value"), self.actor)
        except ValidationError as error:
            raise Invalid({f"{at}.value": list(error.messages)}) from error


def resolve(record_type: RecordType, dotted: str, at: str = "field") -> tuple[Field, str]:
    """The field at the end of a path like `account.owner`, and its ORM path."""
    *steps, last = dotted.split(".")
    if len(steps) > MOST_STEPS:
        raise Invalid({at: [f"Follow at most {MOST_STEPS} relations."]})
    path = ""
    for step in steps:
        field = record_type.field(step)
        target = type_of(field.target) if isinstance(field, Relation) else None
        if not target:
            raise Invalid({at: [f"{step} does not lead to another record."]})
        path, record_type = f"{path}{field.path}__", target
    field = record_type.field(last)
    return field, f"{path}{field.path}"


def _parsed(field: Field, value: Any) -> Any:
    if value is None or value == "":
        raise ValidationError("Give a value.")
    if isinstance(field, Relation):
        return _uuid(value)
    return field.checked(value)


def _uuid(value: Any) -> Any:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise ValidationError("Give the id of a record.") from error


def _values(field: Field, value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ValidationError("Give a list of values.")
    return [_parsed(field, one) for one in value]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\x00" in value:
        raise ValidationError("Give some text.")
    return value


def _days(value: Any) -> int:
    if not isinstance(value, int | str) or not str(value).isdecimal() or int(value) > 36_500:
        raise ValidationError("Give a number of days.")
    return int(value)


def _lookup(suffix: str) -> Maker:
    return lambda path, field, value, actor: Q(**{f"{path}{suffix}": _parsed(field, value)})


def _textual(suffix: str) -> Maker:
    return lambda path, field, value, actor: Q(**{f"{path}{suffix}": _text(value)})


def _is(path: str, field: Field, value: Any, actor: Actor) -> Q:
    suffix = "__iexact" if field.kind in ("text", "email") else ""
    return Q(**{f"{path}{suffix}": _parsed(field, value)})


def _empty(path: str, field: Field, value: Any, actor: Actor) -> Q:
    absent = Q(**{f"{path}__isnull": True})
    return absent | Q(**{path: ""}) if field.empty == "" and not field.is_nullable else absent


def _between(path: str, field: Field, value: Any, actor: Actor) -> Q:
    values = _values(field, value)
    if len(values) != 2:
        raise ValidationError("Give two values: from and to.")
    return Q(**{f"{path}__gte": values[0], f"{path}__lte": values[1]})


def _window(before_days: int, after_days: int, path: str, field: Field) -> Q:
    now = timezone.now() if field.kind == "datetime" else timezone.localdate()
    return Q(**{f"{path}__gte": now - timedelta(days=before_days), f"{path}__lte": now + timedelta(days=after_days)})


OPERATORS: dict[str, Maker] = {
    "is": _is,
    "is_not": lambda p, f, v, a: ~_is(p, f, v, a),
    "contains": _textual("__icontains"),
    "starts_with": _textual("__istartswith"),
    "gt": _lookup("__gt"),
    "gte": _lookup("__gte"),
    "lt": _lookup("__lt"),
    "lte": _lookup("__lte"),
    "between": _between,
    "in": lambda p, f, v, a: Q(**{f"{p}__in": _values(f, v)}),
    "not_in": lambda p, f, v, a: ~Q(**{f"{p}__in": _values(f, v)}),
    "empty": _empty,
    "not_empty": lambda p, f, v, a: ~_empty(p, f, v, a),
    "in_last_days": lambda p, f, v, a: _window(_days(v), 0, p, f),
    "in_next_days": lambda p, f, v, a: _window(0, _days(v), p, f),
    "me": lambda p, f, v, a: Q(**{p: a.user_id}),
}
