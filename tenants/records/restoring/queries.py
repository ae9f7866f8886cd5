"""What a restored copy has that the company has not, by record type, in words. In public."""

from dataclasses import dataclass
from uuid import UUID

from tenants.directory.models import Company
from tenants.fleet.restoring.comparing import Difference, differences, samples
from tenants.fleet.restoring.models import Restore
from tenants.fleet.restoring.queries import place_of
from tenants.kernel import context
from tenants.kernel.context import Place
from tenants.records.registry import RecordType, record_types


@dataclass(frozen=True)
class Sample:
    id: UUID
    title: str


@dataclass(frozen=True, kw_only=True)
class TypeDifference:
    """Counts of one record type, and the first of each kind by name."""

    record_type: RecordType
    counts: Difference
    added: list[Sample]
    removed: list[Sample]
    changed: list[Sample]


@dataclass(frozen=True)
class Preview:
    types: list[TypeDifference]
    others: list[Difference]
    """Tables that hold no records of their own: history, files, settings, search."""

    @property
    def is_same(self) -> bool:
        return not self.types and not self.others


def preview_of(company: Company, restore: Restore) -> Preview:
    """What a swap would change; right after a swap, what going back would."""
    found = differences(company.schema_name, restore.schema_name)
    by_table = {one.model._meta.db_table: one for one in record_types()}
    types = [_in_words(company, restore, by_table[one.table], one) for one in found if one.table in by_table]
    return Preview(types, [one for one in found if one.table not in by_table])


def _in_words(company: Company, restore: Restore, record_type: RecordType, counts: Difference) -> TypeDifference:
    """The copy's names for what is added or changed, the company's for what it would lose."""
    places = {"added": place_of(restore), "changed": place_of(restore), "removed": company.place}
    found = {
        kind: _titles(place, record_type, samples(company.schema_name, restore.schema_name, counts.table, kind))
        for kind, place in places.items()
        if getattr(counts, kind)
    }
    return TypeDifference(
        record_type=record_type,
        counts=counts,
        added=found.get("added", []),
        removed=found.get("removed", []),
        changed=found.get("changed", []),
    )


def _titles(place: Place, record_type: RecordType, ids: list[UUID]) -> list[Sample]:
    with context.inside(place):
        return [Sample(one.pk, str(one)) for one in record_type.model._default_manager.filter(pk__in=ids)]
