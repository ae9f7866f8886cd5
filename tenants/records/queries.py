"""The only door to rows: what an actor may see, and nothing else."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Model, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound
from tenants.records.fields import Relation, mask_of
from tenants.records.filters import compile_filter
from tenants.records.past.glance import glance
from tenants.records.past.words import matching_then
from tenants.records.registry import RecordType, type_of
from tenants.records.search.query import matching
from tenants.records.sight import VIEW, sight

MOST_OPTIONS = 500


def require(actor: Actor, verb: str, subject: str) -> None:
    """Raise Denied unless the actor's grants name the verb for the subject."""
    if not actor.may(verb, subject):
        raise Denied(f"You may not {verb} {subject}.")


def visible_to(actor: Actor, record_type: RecordType, verb: str = VIEW) -> "QuerySet[Any]":
    """Rows of a type the actor may see (or `verb`), without those in the bin.

    What a row points at is shown only where the actor may see that, too: see `masks`.
    """
    require(actor, verb, record_type.name)
    rows = record_type.model._default_manager.filter(deleted_at=None).select_related(*record_type.relations)
    seen = sight(actor, record_type, verb)
    rows = rows if seen is None else rows.filter(seen)
    found = masks(actor, record_type)
    return rows.annotate(**found) if found else rows


def masks(actor: Actor, record_type: RecordType) -> dict[str, Any]:
    """By annotation, whether the actor may see what a relation points at. Only where that is not always so."""
    found = {}
    for name in record_type.relations:
        seen = _seen_behind(actor, record_type, name)
        if seen is not None:
            found[mask_of(name)] = Case(When(seen, then=Value(True)), default=Value(False), output_field=BooleanField())
    return found


def masked(actor: Actor, record_type: RecordType) -> tuple[str, ...]:
    """Annotations of a type's rows for the actor: by `masks`, whose conditions are not made for this."""
    return tuple(mask_of(name) for name in record_type.relations if _seen_behind(actor, record_type, name) is not None)


def _seen_behind(actor: Actor, record_type: RecordType, name: str) -> Q | None:
    """What the actor may see of what a relation points at, as a condition on the rows of the type."""
    target = type_of(record_type.relation(name).target) if name in record_type.fields else None
    return sight(actor, target, prefix=f"{name}__") if target else None


def may_touch(actor: Actor, verb: str, record: Any) -> bool:
    """Whether the actor may `verb` this very record. A query where that is not so for all."""
    record_type = type_of(record)
    if not record_type or not actor.may(verb, record_type.name):
        return False
    seen = sight(actor, record_type, verb)
    return seen is None or record_type.model._default_manager.filter(seen, pk=record.pk).exists()


def require_on(actor: Actor, verb: str, record: Any) -> None:
    """Raise Denied unless the actor may `verb` this very record."""
    if not may_touch(actor, verb, record):
        raise Denied(_("You may see this, but not %(verb)s it.") % {"verb": verb})


def record_for(actor: Actor, record_type: RecordType, record_id: UUID) -> Any:
    """One visible record, or NotFound."""
    found = visible_to(actor, record_type).filter(pk=record_id).first()
    if not found:
        raise missing(record_type)
    return found


def missing(record_type: RecordType) -> NotFound:
    """What is answered where a record is not, or not for the one who asks."""
    return NotFound(f"There is no such {record_type.singular}.")


def rows_matching(
    actor: Actor, record_type: RecordType, *, tree: dict[str, Any] | None = None, text: str = ""
) -> "QuerySet[Any]":
    """Visible rows that a filter tree and a quick search let through."""
    rows = visible_to(actor, record_type).filter(compile_filter(tree or {}, record_type, actor))
    if not text.strip():
        return rows
    return rows.filter((matching_then if glance() else matching)(actor, record_type, text))


def with_links(record_type: RecordType, rows: Sequence[Any], names: Iterable[str] | None = None) -> Sequence[Any]:
    """Load what custom fields of these rows point at: one query for each kind of target."""
    fields = record_type.fields
    linked = [f for n in (fields if names is None else names) if isinstance(f := fields[n], Relation) and f.is_custom]
    wanted: dict[type[Model], set[str]] = {}
    for field in linked:
        ids = {row.custom[field.key] for row in rows if row.custom.get(field.key)}
        wanted.setdefault(field.target, set()).update(ids)
    found = {str(one.pk): one for target, ids in wanted.items() if ids for one in seen_of(target, ids)}
    for row in rows:
        row._links = {row.custom[f.key]: found.get(row.custom[f.key]) for f in linked if row.custom.get(f.key)}
    return rows


def seen_of(target: type[Model], ids: Iterable[Any]) -> "QuerySet[Any]":
    """Of the rows with these ids, those that the actor of the context may see."""
    record_type = type_of(target)
    if not record_type:
        return target._default_manager.filter(pk__in=ids)
    actor = context.actor()
    seen = sight(actor, record_type)
    rows = record_type.model._default_manager.filter(pk__in=ids)
    return rows if seen is None else rows.filter(seen)


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
