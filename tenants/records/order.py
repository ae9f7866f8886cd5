"""The order in which record types can be brought in: what others point at comes first."""

from collections.abc import Iterable

from tenants.records.fields import Relation, Uuid
from tenants.records.registry import RecordType, record_types, type_of


def in_order(types: Iterable[RecordType]) -> list[RecordType]:
    """Types that know anybody by id alone come last; circles are cut where they are met."""
    wanted = sorted(types, key=lambda one: (_points_anywhere(one), one.name))
    found: list[RecordType] = []
    for one in wanted:
        _take(one, wanted, found, [])
    return found


def _take(one: RecordType, wanted: list[RecordType], found: list[RecordType], path: list[str]) -> None:
    if one in found or one.name in path:
        return
    for other in _needed(one):
        if other in wanted:
            _take(other, wanted, found, [*path, one.name])
    found.append(one)


def _needed(one: RecordType) -> list[RecordType]:
    targets = (type_of(field.target) for field in one.own_fields.values() if isinstance(field, Relation))
    return [target for target in targets if target and target is not one]


def _points_anywhere(one: RecordType) -> bool:
    return any(isinstance(field, Uuid) for field in one.own_fields.values())


def all_in_order() -> list[RecordType]:
    return in_order(record_types())
