"""The conditions of a workflow: the filter language, with templates as values and formulas as conditions.

    {"all": [{"field": "amount", "op": "gt", "value": "{{vars.limit}}"},
             {"formula": "trigger.payload.outcome == 'answered'"}]}

Formulas are worked out first; what is left is a tree of the house's filter language, asked in SQL as the workflow's
own actor. So one question goes for many records at once.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from tenants.automation.definition.formulas import evaluate
from tenants.automation.definition.scopes import Scope, plain
from tenants.automation.definition.templates import has_templates, render
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.filters import compile_filter
from tenants.records.registry import RecordType
from tenants.records.sight import sight

Tree = Mapping[str, Any]


def is_constant(tree: Any) -> bool:
    """Whether the same tree is asked whatever the scope: no formulas, no templates."""
    return not has_templates(tree) and not has_formulas(tree)


def has_formulas(tree: Any) -> bool:
    if isinstance(tree, Mapping):
        return "formula" in tree or any(has_formulas(one) for one in tree.values())
    return isinstance(tree, list) and any(has_formulas(one) for one in tree)


def settled(tree: Tree, scope: Scope) -> Tree | bool:
    """The tree with its formulas worked out and its templates filled in: what is left to ask of the record.

    True or False where nothing is left. Raises ValidationError.
    """
    if not tree:
        return True
    if "formula" in tree:
        return bool(evaluate(str(tree["formula"]), scope))
    if "field" in tree:
        return {name: plain(render(one, scope)) for name, one in tree.items()}
    if "not" in tree:
        found = settled(tree["not"], scope)
        return not found if isinstance(found, bool) else {"not": found}
    word = "all" if "all" in tree else "any"
    return _group(word, [settled(one, scope) for one in tree[word]])


def _group(word: str, parts: list[Tree | bool]) -> Tree | bool:
    decides = word == "any"
    if any(one is decides for one in parts):
        return decides
    left = [one for one in parts if not isinstance(one, bool)]
    if not left:
        return not decides
    return left[0] if len(left) == 1 else {word: left}


def holding(
    tree: Tree | bool, record_type: RecordType, ids: Iterable[UUID], actor: Actor, *, in_bin: bool = False
) -> set[UUID]:
    """Of these records those that are there, that the actor may see, and that meet the tree. One query.

    A value that a template made and that does not fit meets nothing.
    """
    wanted = set(ids)
    if tree is False or not wanted:
        return set()
    rows = record_type.model._default_manager.filter(pk__in=wanted, deleted_at__isnull=not in_bin)
    seen = sight(actor, record_type)
    if seen is not None:
        rows = rows.filter(seen)
    try:
        condition = compile_filter(tree, record_type, actor) if tree is not True else None
    except Invalid:
        return set()
    if condition is not None:
        rows = rows.filter(condition)
    return set(rows.order_by().values_list("pk", flat=True))


def holds(tree: Tree, scope: Scope, record_type: RecordType | None, record_id: UUID | None, actor: Actor) -> bool:
    """Whether one record meets it, in the state it is in now. Without a record only formulas can."""
    try:
        left = settled(tree, scope)
    except ValidationError:
        return False
    if isinstance(left, bool):
        return left
    return bool(record_type and record_id and holding(left, record_type, [record_id], actor))
