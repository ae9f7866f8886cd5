"""Tables that come along when a company goes out or in as a whole. One declaration serves both ways."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.kernel.models import Row
from tenants.records.fields import Field, Json, Relation, describe
from tenants.records.importing.matching import comparable
from tenants.records.order import in_order
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, type_named, type_of

if TYPE_CHECKING:
    from tenants.records.whole.here import Here

T = TypeVar("T", bound="type[Table]")
POINTER = "record_id"
_tables: dict[str, "Table"] = {}


class Table(RecordType):
    """Rows that are no records but belong to some, or shape them: products of deals, notes, tags.

    Declared like a record type in an app's `carried.py`, with `columns` as they stand in
    the file. It has no pages and no routes: it is only ever written out and brought in.
    """

    model: ClassVar[type[Row]]  # type: ignore[assignment]
    keys: ClassVar[tuple[str, ...]] = ()
    """Beside the id: fields that together find a row which stands in the other company already."""
    parent: ClassVar[str] = ""
    """What it hangs on: a relation to a record, or `record_id` for any record. Empty: the company."""
    is_first: ClassVar[bool] = False
    """Comes in before the records, since they are shaped by it."""

    @property
    def label(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @cached_property
    def own_fields(self) -> dict[str, Field]:
        found = ((name, describe(self.model._meta.get_field(name))) for name in (*self.columns, "created_at"))  # type: ignore[arg-type]
        return {name: _roomy(field) for name, field in found if field}

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.own_fields

    @property
    def all_fields(self) -> Mapping[str, Field]:
        return self.own_fields

    @property
    def asked(self) -> tuple[str, ...]:
        return self.columns

    @property
    def writable(self) -> tuple[str, ...]:
        return self.columns

    # Out

    def goes_with(self, types: Sequence[RecordType]) -> bool:
        """Whether it has anything to say of these types."""
        if self.parent in ("", POINTER):
            return True
        return type_of(self.relation(self.parent).target) in types

    def rows(self, actor: Actor, types: Sequence[RecordType]) -> "QuerySet[Any]":
        """What the actor may see of it: rows of visible records, in the order in which they were made."""
        rows = self.model._default_manager.select_related(*self.relations).order_by("pk")
        if self.parent == POINTER:
            found = Q(pk__in=[])
            for one in types:
                found |= Q(record_type=one.name, record_id__in=visible_to(actor, one).order_by().values("pk"))
            return rows.filter(found)
        if self.parent:
            target = type_of(self.relation(self.parent).target)
            assert target
            return rows.filter(**{f"{self.parent}__in": visible_to(actor, target).order_by().values("pk")})
        return rows

    # In

    def candidates(self, wanted: Iterable[Any]) -> "QuerySet[Any]":
        """Rows among which the keys look: those of the same parents, or all of a table that is never long."""
        rows = self.model._default_manager.all()
        if not self.parent:
            return rows
        first = self.own_fields[self.keys[0]]
        return rows.filter(**{f"{first.path}__in": {first.to_api(one) for one in wanted}})

    def key_of(self, row: Any) -> tuple[Any, ...]:
        return tuple(comparable(name, self.own_fields[name].to_api(row)) for name in self.keys)

    def fill(self, row: Any, here: "Here") -> None:
        """Derive what is not in the file, and refuse what does not fit. Raises Invalid."""

    def check_change(self, row: Any, candidate: Any) -> None:
        """Raises Invalid when the row of this company cannot become the one of the file."""

    def store(self, row: Any, given_id: str, here: "Here") -> None:
        """Bring what a new row needs beside its columns. Raises Invalid."""

    def before_new(self, rows: Sequence[Any]) -> None:
        """Make room for new rows, in their transaction."""

    def write_over(self, row: Any, candidate: Any, names: Sequence[str], by: Actor) -> None:
        for name in names:
            setattr(row, name, getattr(candidate, name))
        row.save(update_fields=[*names, "updated_at"])

    def written(self, rows: Sequence[Any], by: Actor) -> None:
        """Follow up on new and changed rows, in their transaction."""


class Roomy(Json):
    """JSON of ours, which may be longer than what programs send; the cell of the file has its own limit."""

    def checked(self, raw: Any) -> Any:
        try:
            value = json.loads(raw) if isinstance(raw, str) else raw
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("This is not JSON: %(why)s") % {"why": error}) from error
        if "\\u0000" in json.dumps(value):
            raise ValidationError(_("Remove the zero byte."))
        return value

    @property
    def empty(self) -> Any:
        return self.source.get_default()


def _roomy(field: Field) -> Field:
    return Roomy(field.source) if isinstance(field, Json) else field


def carried(cls: T) -> T:
    """Register a table under its class's name, like `deal_lines` for DealLines."""
    found = cls()
    found.name = "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in cls.__name__).lstrip("_")
    if found.name in _tables:
        raise ValueError(f"Two tables are called {found.name}")
    _tables[found.name] = found
    return cls


def tables() -> list[Table]:
    """All of them, as they come in: what shapes records, then what hangs on them; as declared otherwise."""
    return sorted(_tables.values(), key=lambda one: not one.is_first)


def arranged(parts: Iterable[RecordType]) -> list[RecordType]:
    """In the order in which they can be brought in."""
    found = list(parts)
    along = [one for one in tables() if one in found]
    types = in_order(one for one in found if not isinstance(one, Table))
    return [*(one for one in along if one.is_first), *types, *(one for one in along if not one.is_first)]


def part_named(name: str) -> RecordType:
    """A record type or a table. Raises NotFound."""
    found = _tables.get(name)
    return found or type_named(name)


def is_known(name: str) -> bool:
    try:
        return bool(part_named(name))
    except NotFound:
        return False


def people_of(table: RecordType) -> list[str]:
    """Relations to a colleague without whom a row makes no sense."""
    fields = table.own_fields.values()
    return [f.name for f in fields if isinstance(f, Relation) and f.kind == "user" and f.is_required]
