"""Names for the ids of records that stand in the settings of steps."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from tenants.automation.catalogue import Param, actions
from tenants.automation.definition.oddities import walked
from tenants.automation.definition.scopes import id_of
from tenants.records.fields import Relation
from tenants.records.queries import seen_of
from tenants.records.registry import record_types

Wanted = tuple[Any, UUID]
"""A model and an id."""


def names_in(definition: Mapping[str, Any], type_name: str) -> dict[str, str]:
    """By id; one query for each model that is named. What may not be seen has no name."""
    wanted: dict[Any, set[UUID]] = defaultdict(set)
    for _at, step in walked(definition.get("steps") or (), "steps"):
        kind = actions().get(str(step.get("action")))
        for param in kind.params if kind else ():
            for model, found in _ids(param, step.get("params") or {}, type_name):
                wanted[model].add(found)
    return {str(row.pk): str(row) for model, ids in wanted.items() for row in seen_of(model, ids)}


def _ids(param: Param, values: Mapping[str, Any], type_name: str) -> Iterator[Wanted]:
    value = values.get(param.name)
    types = {one.name: one for one in record_types()}
    record_type = types.get(str(values.get(param.of) or "") if param.of else type_name)
    if record_type is None:
        return
    if param.kind == "record" and (found := id_of(value)):
        yield record_type.model, found
    given = {"value": {values.get("field"): value}, "values": value}.get(param.kind)
    for name, one in given.items() if isinstance(given, dict) else ():
        field = record_type.fields.get(str(name))
        if isinstance(field, Relation) and (found := id_of(one)):
            yield field.target, found
