"""Field rules: which fields of a type exist for the one who acts, and which of them they may write."""

from collections.abc import Mapping
from copy import copy

from tenants.kernel import context
from tenants.kernel.permits import FieldLimit, Permit
from tenants.records.fields import Field


def allowed(type_name: str, known: Mapping[str, Field]) -> Mapping[str, Field]:
    """The fields the actor of the context may see; the same object as long as nothing has changed."""
    here = context.current_or_none()
    limits = here.actor.permit.limits(type_name) if here else None
    return _limited(here.actor.permit, type_name, known) if here and limits else known


def _limited(permit: Permit, type_name: str, known: Mapping[str, Field]) -> Mapping[str, Field]:
    kept = permit.kept.get(type_name)
    if kept is None or kept[0] is not known:
        limits = permit.limits(type_name)
        found = {name: _one(field, limits.get(name)) for name, field in known.items()}
        kept = permit.kept[type_name] = (known, {name: field for name, field in found.items() if field})
    fields: Mapping[str, Field] = kept[1]
    return fields


def _one(field: Field, limit: FieldLimit | None) -> Field | None:
    if limit is FieldLimit.HIDDEN:
        return None
    if limit is None or field.is_read_only:
        return field
    found = copy(field)
    found.is_read_only = True
    return found
