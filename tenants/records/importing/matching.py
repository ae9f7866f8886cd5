"""Which record a row speaks of: by the chosen keys, one query for each of them and a batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from tenants.kernel.actors import Actor
from tenants.records.fields import Field, Relation
from tenants.records.importing.resolving import derived_id, uuid_in
from tenants.records.importing.targets import ID
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType

Values = Mapping[str, Any]
Key = tuple[Any, ...]
STORED_LOWER = ("email",)
EXACT = ("external_id",)


def key_of(record_type: RecordType, key: str, values: Values) -> Key | None:
    """A row's value under a key like `email` or `name+account`; None where a part is missing."""
    parts = tuple(_part(record_type, name, values) for name in key.split("+"))
    return None if any(part in (None, "") for part in parts) else parts


def _part(record_type: RecordType, name: str, values: Values) -> Any:
    if name == ID:
        return uuid_in(values.get(ID))
    if name == record_type.title and name not in values and "first_name" in values:
        return f"{values['first_name']} {values.get('last_name') or ''}".strip().casefold()
    return comparable(name, values.get(name))


def comparable(name: str, value: Any) -> Any:
    if hasattr(value, "pk"):
        return value.pk
    if name in EXACT:
        return value
    return value.strip().casefold() if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def records_by_key(record_type: RecordType, key: str, wanted: Sequence[Key], actor: Actor) -> dict[Key, list[Any]]:
    """The visible records of these key values."""
    if not wanted:
        return {}
    rows = visible_to(actor, record_type)
    found: dict[Key, list[Any]] = defaultdict(list)
    if key == ID:
        by_id = {
            row.pk: row
            for row in rows.filter(pk__in=[one for (given,) in wanted for one in (given, derived_id(given))])
        }
        for (given,) in wanted:
            if row := by_id.get(given) or by_id.get(derived_id(given)):
                found[(given,)].append(row)
        return found
    names = key.split("+")
    fields = [record_type.fields[name] for name in names]
    for row in _narrowed(rows, fields[0], {one[0] for one in wanted}):
        found[tuple(comparable(field.name, _kept(field, row)) for field in fields)].append(row)
    return found


def _kept(field: Field, row: Any) -> Any:
    return field.to_api(row) if isinstance(field, Relation) else field.value(row)


def _narrowed(rows: Any, field: Field, values: Iterable[Any]) -> Any:
    """Rows whose field has one of these values, by index where there is one."""
    given = list(values)
    if isinstance(field, Relation) or field.kind in STORED_LOWER or not isinstance(given[0], str):
        if not field.is_custom:
            return rows.filter(**{f"{field.path}__in": given})
        return rows.filter(Q(*(field.equals("", value) for value in given), _connector=Q.OR))
    if not field.is_custom and (field.kind == "phone" or field.name in EXACT):
        return rows.filter(**{f"{field.path}__in": given})
    return rows.annotate(as_key=Lower(field.expression())).filter(as_key__in=given)
