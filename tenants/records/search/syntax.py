"""The search language: `type:deal stage:won amount>10000 owner:me -source:web "exact phrase" solar`.

Words are looked for everywhere; `field:value` and its kin become the filter language
of one record type each. Fields are called as in the API, or by their label with dashes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from rapidfuzz import process

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.fields import Field, Relation, Select
from tenants.records.filters import compile_filter, resolve
from tenants.records.operators import PERIODS
from tenants.records.registry import RecordType
from tenants.records.search.folding import fold

MOST_TEXT = 200
MOST_NAMED = 200
TOKEN = re.compile(
    r"""(?P<not>-)?(?P<name>[^\W\d][\w.-]*)(?P<op>:|>=|<=|>|<|=)(?P<value>"[^"]*"?|\S*)|(?P<no>-)?"(?P<phrase>[^"]*)"?|(?P<word>\S+)"""
)
COMPARISONS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
TYPE = "type"


@dataclass(frozen=True)
class Condition:
    """One `name:value` as it was typed."""

    name: str
    operator: str
    value: str
    is_not: bool = False

    @property
    def typed(self) -> str:
        return f"{'-' if self.is_not else ''}{self.name}{self.operator}{self.value}"


@dataclass(frozen=True)
class Asked:
    """A search taken apart: free words, phrases that must stand together, conditions, types."""

    words: str = ""
    phrases: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    types: tuple[str, ...] = ()


def parse(text: str) -> Asked:
    """Take a search apart. An address or a time is a word, not a condition."""
    words: list[str] = []
    phrases: list[str] = []
    conditions: list[Condition] = []
    types: list[str] = []
    for match in TOKEN.finditer(text.replace("\x00", "")[:MOST_TEXT]):
        name, value = match["name"], (match["value"] or "").strip('"')
        if name and fold(name) == TYPE and match["op"] in ":=":
            types += [part for part in value.split(",") if part]
        elif name and not value.startswith("//"):
            conditions.append(Condition(fold(name), match["op"], value, bool(match["not"])))
        elif match["phrase"] is not None:
            phrases += [match["phrase"]] if match["phrase"].strip() else []
        else:
            words.append(match[0])
    return Asked(" ".join(words), tuple(phrases), tuple(conditions), tuple(types))


def chosen_types(asked: Asked, types: Sequence[RecordType]) -> list[RecordType]:
    """The types that `type:` names, among those the actor may see. Raises Invalid."""
    if not asked.types:
        return list(types)
    names = {name: found for found in types for name in _names_of(found)}
    unknown = [name for name in asked.types if fold(name) not in names]
    if unknown:
        known = ", ".join(found.name for found in types)
        raise Invalid(
            {"q": [_("There is no type “%(name)s”. Types: %(known)s.") % {"name": unknown[0], "known": known}]}
        )
    return list(dict.fromkeys(names[fold(name)] for name in asked.types))


def _names_of(record_type: RecordType) -> set[str]:
    return {fold(name) for name in (record_type.name, record_type.label, record_type.singular)}


def trees(asked: Asked, types: Sequence[RecordType], actor: Actor) -> dict[str, Q]:
    """The compiled filter of each type that has all the fields named. Raises Invalid when none has."""
    found: dict[str, Q] = {}
    refusals: list[Invalid] = []
    for record_type in types:
        try:
            found[record_type.name] = Q(*(_compiled(one, record_type, actor) for one in asked.conditions))
        except Invalid as refusal:
            refusals.append(refusal)
    if not found:
        raise _clearest(refusals, asked, types)
    return found


class NoField(Invalid):
    """A type has no field of this name."""


def _clearest(refusals: list[Invalid], asked: Asked, types: Sequence[RecordType]) -> Invalid:
    """A wrong value of a field says more than that other types lack the field."""
    told = [refusal for refusal in refusals if not isinstance(refusal, NoField)]
    if told or len(types) == 1:
        return Invalid({"q": next(iter((told or refusals)[0].errors.values()))})
    missing = next((one for one in asked.conditions if not any(_has(one, found) for found in types)), None)
    if missing:
        return Invalid({"q": [_unknown(missing.name, [name for found in types for name in found.fields])]})
    names = ", ".join(one.name for one in asked.conditions)
    return Invalid({"q": [_("No kind of record has all of these fields: %(names)s.") % {"names": names}]})


def _has(condition: Condition, record_type: RecordType) -> bool:
    try:
        _field(condition.name, record_type)
    except Invalid:
        return False
    return True


def _unknown(name: str, known: Sequence[str]) -> str:
    near = process.extractOne(name, list(known), score_cutoff=60)
    said = _("There is no field “%(name)s”.") % {"name": name}
    if near:
        return said + " " + _("Did you mean %(near)s?") % {"near": near[0]}
    return said + " " + _("Fields: %(known)s.") % {"known": ", ".join(dict.fromkeys(known))}


def _field(name: str, record_type: RecordType) -> tuple[str, Field]:
    """A field by its name, its label with dashes, or the name of a custom field without `custom.`."""
    by_name = {fold(key): key for key in record_type.fields}
    by_label = {fold(one.label).replace(" ", "-"): key for key, one in record_type.fields.items()}
    found = by_name.get(name) or by_name.get(f"custom.{name}") or by_label.get(name)
    found = found or ({"tag": "tags", "created": "created_at", "updated": "updated_at"}.get(name) if name else None)
    if found in record_type.fields:
        return str(found), record_type.fields[str(found)]
    if "." in name:
        try:
            return name, resolve(record_type, name)[0]
        except Invalid as refusal:
            raise NoField({"q": list(next(iter(refusal.errors.values())))}) from refusal
    raise NoField({"q": [_unknown(name, list(record_type.fields))]})


def _compiled(condition: Condition, record_type: RecordType, actor: Actor) -> Q:
    """A condition in the filter language. Raises Invalid, in words of the search box."""
    path, found = _field(condition.name, record_type)
    if not condition.value:
        said = _("Say what “%(name)s” should be, like %(name)s:value.") % {"name": condition.name}
        raise Invalid({"q": [said]})
    tree = _condition(condition, path, found)
    if tree["op"] not in found.operators:
        said = _("“%(typed)s” cannot be asked of %(label)s.") % {"typed": condition.typed, "label": found.label}
        raise Invalid({"q": [said]})
    try:
        return compile_filter({"not": tree} if condition.is_not else tree, record_type, actor)
    except Invalid as refusal:
        reason = next(iter(refusal.errors.values()))[0]
        raise Invalid({"q": [f"{condition.typed}: {reason}"]}) from refusal


def _condition(condition: Condition, path: str, found: Field) -> dict[str, Any]:
    value = condition.value
    if condition.operator in COMPARISONS:
        return {"field": path, "op": COMPARISONS[condition.operator], "value": value}
    low, dots, high = value.partition("..")
    if dots and "between" in found.operators:
        ends = {("low", "high"): "between", ("low",): "gte", ("high",): "lte"}
        given = tuple(name for name, end in (("low", low), ("high", high)) if end)
        return {
            "field": path,
            "op": ends.get(given, "between"),
            "value": [low, high] if len(given) != 1 else low or high,
        }
    if value in ("none", "*"):
        return {"field": path, "op": "empty" if value == "none" else "not_empty"}
    return _equal(condition, path, found)


def _equal(condition: Condition, path: str, found: Field) -> dict[str, Any]:
    """What a colon or an equals sign means for this kind of field."""
    value = condition.value
    if value == "me" and "me" in found.operators:
        return {"field": path, "op": "me"}
    if value in ("team", "my-team") and "my_team" in found.operators:
        return {"field": path, "op": "my_team"}
    if "during" in found.operators and (period := value.replace("-", "_")) in PERIODS:
        return {"field": path, "op": "during", "value": period}
    if "in_last_days" in found.operators and re.fullmatch(r"\d{1,4}d", value):
        return {"field": path, "op": "in_last_days", "value": value[:-1]}
    if isinstance(found, Relation):
        return {"field": path, "op": "in", "value": _named(found, condition)}
    if found.is_many:
        return {"field": path, "op": "has_any", "value": value.split(",")}
    if isinstance(found, Select):
        return {"field": path, "op": "in", "value": [_choice(found, part) for part in value.split(",") if part]}
    if "contains" in found.operators and condition.operator == ":":
        return {"field": path, "op": "contains", "value": value}
    return {"field": path, "op": "is", "value": value}


def _choice(found: Select, value: str) -> str:
    """A choice by its value or label, in any case."""
    names = {fold(name): key for key, label in found.choices for name in (key, label)}
    return names.get(fold(value), value)


def _named(found: Relation, condition: Condition) -> list[str]:
    """The ids of what is called so, whole names before parts of names. Raises Invalid when nothing is."""
    title = getattr(found.target, "title_field", "name")
    ids: list[str] = []
    for part in filter(None, condition.value.split(",")):
        rows = found.options().order_by()
        whole = list(rows.filter(**{f"{title}__iexact": part}).values_list("pk", flat=True)[:MOST_NAMED])
        some = whole or list(rows.filter(**{f"{title}__icontains": part}).values_list("pk", flat=True)[:MOST_NAMED])
        if not some:
            said = _("%(label)s: nothing is called “%(value)s”.") % {"label": found.label, "value": part}
            raise Invalid({"q": [said]})
        ids += map(str, some)
    return ids
