"""The only door to rows: what an actor may see, and nothing else."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, F, Model, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound
from tenants.records.fields import Relation
from tenants.records.filters import compile_filter
from tenants.records.registry import RecordType, type_of
from tenants.records.search.query import matching

MOST_OPTIONS = 500


def require(actor: Actor, verb: str, subject: str) -> None:
    """Raise Denied unless the actor's grants name the verb for the subject."""
    if not actor.may(verb, subject):
        raise Denied(f"You may not {verb} {subject}.")


def visible_to(actor: Actor, record_type: RecordType) -> "QuerySet[Any]":
    """Rows of a type the actor may see, without those in the bin."""
    require(actor, "view", record_type.name)
    return record_type.model._default_manager.filter(deleted_at=None).select_related(*record_type.relations)


def record_for(actor: Actor, record_type: RecordType, record_id: UUID) -> Any:
    """One visible record, or NotFound."""
    found = visible_to(actor, record_type).filter(pk=record_id).first()
    if not found:
        raise NotFound(f"There is no such {record_type.singular}.")
    return found


def rows_matching(
    actor: Actor, record_type: RecordType, *, tree: dict[str, Any] | None = None, text: str = ""
) -> "QuerySet[Any]":
    """Visible rows that a filter tree and a quick search let through."""
    rows = visible_to(actor, record_type).filter(compile_filter(tree or {}, record_type, actor))
    return rows.filter(matching(record_type, text)) if text.strip() else rows


def with_links(record_type: RecordType, rows: Sequence[Any], names: Iterable[str] | None = None) -> Sequence[Any]:
    """Load what custom fields of these rows point at: one query for each kind of target."""
    fields = record_type.fields
    linked = [f for n in (fields if names is None else names) if isinstance(f := fields[n], Relation) and f.is_custom]
    wanted: dict[type[Model], set[str]] = {}
    for field in linked:
        ids = {row.custom[field.key] for row in rows if row.custom.get(field.key)}
        wanted.setdefault(field.target, set()).update(ids)
    found = {
        str(one.pk): one for target, ids in wanted.items() if ids for one in target._default_manager.filter(pk__in=ids)
    }
    for row in rows:
        row._links = {row.custom[f.key]: found.get(row.custom[f.key]) for f in linked if row.custom.get(f.key)}
    return rows


def lean(rows: "QuerySet[Any]", record_type: RecordType) -> "QuerySet[Any]":
    """The same rows with only the columns that the API gives: half the work of a list."""
    paths = ["id", "version", "external_id", "custom", *(field.path for field in record_type.own_fields.values())]
    for name in record_type.relations:
        target = record_type.relation(name).target
        paths += [f"{name}__{column}" for column in getattr(target, "text_fields", ("name",))]
    return rows.only(*paths)


def options_for(model: type[Model]) -> "QuerySet[Any]":
    """Rows a relation may point at, for the actor of the context."""
    record_type = type_of(model)
    if record_type:
        return visible_to(context.actor(), record_type).order_by(record_type.model.title_field)
    rows = model._default_manager.all()
    return rows.filter(is_active=True) if hasattr(model, "is_active") else rows


def sums_by(rows: "QuerySet[Any]", by: str, amount: str, weight: str = "") -> dict[Any, dict[str, Any]]:
    """Per value of `by`: how many rows, the sum of `amount` and the weighted sum. One query."""
    total = Sum(amount) if amount else Value(0)
    weighted = Sum(F(amount) * F(weight) / 100) if amount and weight else total
    found = rows.order_by().values(by)
    found = found.annotate(count=Count("pk"), total=_or_zero(total), weighted=_or_zero(weighted))
    return {row[by]: row for row in found}


def _or_zero(total: Any) -> Coalesce:
    return Coalesce(total, 0, output_field=DecimalField(max_digits=20, decimal_places=4))
