"""Reads of sharing rules."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.filters import compile_rule
from tenants.records.models import Rule
from tenants.records.queries import rows_matching
from tenants.records.registry import RecordType, record_types


def rules() -> QuerySet[Rule]:
    return Rule.objects.select_related("role", "team").order_by("-is_active", "name")


def rule_by_id(rule_id: UUID) -> Rule:
    found = rules().filter(pk=rule_id).first()
    if not found:
        raise NotFound("There is no such sharing rule.")
    return found


def shareable() -> list[RecordType]:
    """Types a rule may be about: those whose records belong to somebody."""
    return [one for one in record_types() if not one.is_common]


def counts(found: Iterable[Rule], actor: Actor) -> dict[UUID, int | None]:
    """How many records each rule opens now, by rule; None where its filter no longer fits. A query for each type."""
    types = {one.name: one for one in record_types()}
    known: dict[UUID, int | None] = {}
    asked: dict[str, dict[str, Q]] = {}
    for rule in found:
        condition = _condition(rule.filter, types.get(rule.record_type), actor)
        known[rule.pk] = None
        if condition is not None:
            asked.setdefault(rule.record_type, {})[f"n{rule.pk.hex}"] = condition
    for name, conditions in asked.items():
        rows = types[name].model._default_manager.filter(deleted_at=None)
        numbers = rows.aggregate(**{key: Count("pk", filter=one, distinct=True) for key, one in conditions.items()})
        known |= {UUID(key[1:]): number for key, number in numbers.items()}
    return known


def _condition(tree: Mapping[str, Any], record_type: RecordType | None, actor: Actor) -> Q | None:
    if not record_type or not tree:
        return None
    try:
        return compile_rule(tree, record_type, actor)
    except Invalid:
        return None


def number_open(record_type: RecordType, tree: Mapping[str, Any], actor: Actor) -> int:
    """How many records a filter that is being written would open, of those the actor sees.

    With the actor's own eyes, so that nobody finds out by counting what a hidden field holds. Raises Invalid, Denied.
    """
    return rows_matching(actor, record_type, tree=dict(tree)).count()
