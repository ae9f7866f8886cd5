"""The filter builder within the panel of a step: what it cannot draw stays as it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.automation.definition.templates import has_templates
from tenants.automation.pages.sent import sent
from tenants.automation.pages.telling import condition_words, sentence, type_called
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.layouts.asking import DEPTH, Group, Kept, Question, choosable
from tenants.records.queries import require
from tenants.records.registry import RecordType

MODES = ("all", "any")


@dataclass
class Formula:
    """A condition that is worked out, not asked of the record."""

    text: str
    is_formula: bool = True


@require_POST
def conditions(request: HttpRequest) -> HttpResponse:
    """Groups and rows for `tree`, a filter of `record_type`; without a type formulas alone."""
    require(context.actor(), "edit", "settings")
    asked = sent(request)
    tree = asked.get("tree") or {}
    if not isinstance(tree, dict):
        raise Invalid({"tree": [_("Give a filter tree.")]})
    record_type = type_called(str(asked.get("record_type") or ""))
    values = {
        "group": drawn(tree, record_type), "type": record_type, "top": True,
        "sections": list(choosable(record_type)) if record_type else [],
    }  # fmt: skip
    return render(request, "automation/_conditions.html", values)


def drawn(tree: Mapping[str, Any], record_type: RecordType | None) -> Group:
    found = _drawn(tree, record_type, 0) if tree else Group()
    return found if isinstance(found, Group) else Group("all", [found])


def _drawn(tree: Any, record_type: RecordType | None, depth: int) -> Any:
    if not isinstance(tree, Mapping):
        return Kept({}, str(tree))
    if "formula" in tree:
        return Formula(str(tree["formula"]))
    if "field" in tree:
        return _condition(tree, record_type)
    mode, inner = _opened(tree)
    if depth > DEPTH or not mode:
        return Kept(tree, sentence(tree, record_type) or json.dumps(tree))
    return Group(mode, [_drawn(part, record_type, depth + 1) for part in inner], depth)


def _condition(tree: Mapping[str, Any], record_type: RecordType | None) -> Any:
    if record_type is None or has_templates(tree.get("value")):
        return Kept(tree, condition_words(tree, record_type))
    return Question(record_type, str(tree["field"]), str(tree.get("op", "is")), tree.get("value"))


def _opened(tree: Mapping[str, Any]) -> tuple[str, list[Any]]:
    for mode in MODES:
        if isinstance(tree.get(mode), list):
            return mode, tree[mode]
    inner = tree.get("not")
    if isinstance(inner, Mapping) and isinstance(inner.get("any"), list):
        return "none", inner["any"]
    return "", []
