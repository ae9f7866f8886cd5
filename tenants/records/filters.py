"""The one filter language: a JSON tree of all, any, not and typed conditions.

    {"all": [{"field": "stage", "op": "is_not", "value": "…"},
             {"field": "account.name", "op": "contains", "value": "solar"},
             {"field": "custom.tier", "op": "in", "value": ["gold", "silver"]},
             {"field": "expected_close_on", "op": "during", "value": "this_quarter"}]}

Compiled to one Q. Whatever does not fit is refused with the place of the fault.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.fields import Address, Field, Relation
from tenants.records.fields.shapes import ADDRESS_PARTS
from tenants.records.operators import OPERATORS, Asked
from tenants.records.registry import RecordType, type_of
from tenants.records.sight import sight

MOST_CONDITIONS = 100
MOST_DEPTH = 8
MOST_STEPS = 4


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


def compile_rule(tree: Mapping[str, Any], record_type: RecordType, actor: Actor, prefix: str = "") -> Q:
    """The Q of a sharing rule: the company's own words, so no field is hidden from it. Raises Invalid."""
    return _Compiler(record_type, actor, prefix, is_rule=True).node(tree, "filter", 0) if tree else Q()


class _Compiler:
    def __init__(self, record_type: RecordType, actor: Actor, prefix: str = "", *, is_rule: bool = False) -> None:
        self.record_type = record_type
        self.actor = actor
        self.prefix = prefix
        self.is_rule = is_rule
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
        path = follow(self.record_type, str(tree["field"]), at, is_rule=self.is_rule)
        field = path.field
        operator = str(tree.get("op", "has_any" if field.is_many else "is"))
        if operator not in field.operators:
            raise Invalid({f"{at}.op": [f"{field.label} knows: {', '.join(field.operators)}."]})
        try:
            found = OPERATORS[operator](
                Asked(field, f"{self.prefix}{path.prefix}", tree.get("value"), self.actor, self.is_rule)
            )
        except ValidationError as error:
            raise Invalid({f"{at}.value": list(error.messages)}) from error
        return found if self.is_rule else self._seen(found, path)

    def _seen(self, found: Q, path: "Path") -> Q:
        """Nothing is learnt of records that the actor may not see by asking for what they point at."""
        for prefix, target in path.through:
            seen = sight(self.actor, target, prefix=f"{self.prefix}{prefix}")
            found = found if seen is None else found & seen
        return found


@dataclass(frozen=True)
class Path:
    """Where a dotted name leads: a field, behind an ORM prefix, through records of other types."""

    field: Field
    prefix: str = ""
    through: tuple[tuple[str, RecordType], ...] = ()


def resolve(record_type: RecordType, dotted: str, at: str = "field") -> tuple[Field, str]:
    """The field at the end of a path, and the ORM prefix of the relations that lead there.

    `owner`, `account.city`, `custom.tier`, `account.custom.tier`, `custom.address.city`.
    """
    path = follow(record_type, dotted, at)
    return path.field, path.prefix


def follow(record_type: RecordType, dotted: str, at: str = "field", *, is_rule: bool = False) -> Path:
    """The same, with the types that lie on the way. A rule of the company's knows every field."""
    prefix = ""
    through: tuple[tuple[str, RecordType], ...] = ()
    steps = dotted.split(".")
    for _step in range(MOST_STEPS + 1):
        name, rest = _next(steps)
        field = record_type.field(name) if not is_rule else _known(record_type, name)
        if not rest:
            return Path(field, prefix, through)
        if isinstance(field, Address) and rest in ([part] for part in ADDRESS_PARTS):
            return Path(field.part(rest[0]), prefix, through)
        record_type, prefix, steps = _followed(field, at), f"{prefix}{field.path}__", rest
        through = (*through, (prefix, record_type))
    raise Invalid({at: [f"Follow at most {MOST_STEPS} relations."]})


def _known(record_type: RecordType, name: str) -> Field:
    found = record_type.known_fields.get(name)
    if not found:
        raise Invalid({name: ["There is no such field."]})
    return found


def _next(steps: list[str]) -> tuple[str, list[str]]:
    """The first name of a path, and the rest. A company's own field has a name of two words."""
    taken = 2 if steps[0] == "custom" else 1
    return ".".join(steps[:taken]), steps[taken:]


def _followed(field: Field, at: str) -> RecordType:
    is_column = isinstance(field, Relation) and not field.is_custom
    target = type_of(field.target) if isinstance(field, Relation) and is_column else None
    if not target:
        raise Invalid({at: [f"{field.name} does not lead to another record's fields."]})
    return target
