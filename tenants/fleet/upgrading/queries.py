"""What the control panel shows of the fleet. In public."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from tenants.directory.models import Company
from tenants.fleet.models import Schema, SchemaState
from tenants.fleet.upgrading.groups import Group, Standing, groups


@dataclass(frozen=True)
class Trouble:
    """A schema with something to tell, and whose it is."""

    schema: Schema
    company: Company | None


@dataclass(frozen=True)
class Overview:
    groups: list[Group]

    @property
    def total(self) -> int:
        return sum(len(group.names) for group in self.groups)

    def count(self, standing: Standing) -> int:
        return sum(len(group.names) for group in self.groups if group.standing == standing)

    @property
    def at_head(self) -> int:
        return self.count(Standing.HEAD)

    @property
    def behind(self) -> int:
        return self.total - self.at_head


def overview() -> Overview:
    return Overview(groups())


def failed() -> QuerySet[Schema]:
    return Schema.objects.filter(state=SchemaState.CLAIMED).exclude(error="").order_by("-failed_at", "name")


def drifted() -> QuerySet[Schema]:
    return Schema.objects.filter(state=SchemaState.CLAIMED).exclude(drift=[]).order_by("name")


def with_companies(schemas: Iterable[Schema]) -> list[Trouble]:
    rows = list(schemas)
    names = [row.name for row in rows]
    companies = {one.schema_name: one for one in Company.objects.select_related("agency").filter(schema_name__in=names)}
    return [Trouble(row, companies.get(row.name)) for row in rows]
