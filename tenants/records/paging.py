"""Keyset pages: as quick at row 90,000 as at row 1, and steady while rows come and go."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.fields import Field, Relation
from tenants.records.registry import RecordType, type_of
from tenants.records.sight import sight

PAGE_SIZE = 50
MOST_ROWS = 200


@dataclass(frozen=True)
class Page:
    items: Sequence[Any]
    next: str | None
    previous: str | None = None


@dataclass(frozen=True)
class Order:
    """One sort key, then the id, so that the order is total. Empty values come last.

    A list is walked in stretches, the rows with a value and those without: each is a
    plain range of an index, so that row 90,000 costs what row 1 does.
    """

    field: Field
    is_descending: bool

    def keys(self, backwards: bool) -> list[Any]:
        """The order of a whole list, empty values last (backwards: first)."""
        nulls: dict[str, Any] = {"nulls_first": True} if backwards else {"nulls_last": True}
        return self._keys(backwards, nulls if self.field.is_nullable else {})

    def keys_of_stretch(self, backwards: bool) -> list[Any]:
        """The order within a stretch, where an index need not know of empty values."""
        return self._keys(backwards, {})

    def _keys(self, backwards: bool, nulls: dict[str, Any]) -> list[Any]:
        key = self.field.expression() if self.field.is_custom else F(self.field.sort_path)
        if self.is_descending != backwards:
            return [key.desc(**nulls), F("id").desc()]
        return [key.asc(**nulls), F("id").asc()]

    def stretches(self, place: tuple[Any, UUID] | None, backwards: bool) -> list[Q]:
        """Conditions of the stretches that lie ahead of a place, in the direction of travel."""
        filled, empty = Q(self._find("isnull", False)), Q(self._find("isnull", True))
        if not self.field.is_nullable:
            return [self._beyond(*place, backwards)] if place else [Q()]
        ahead = [empty, filled] if backwards else [filled, empty]
        if place is None:
            return ahead
        value, row_id = place
        if value is not None:
            beyond = self._beyond(value, row_id, backwards)
            return [beyond] if backwards else [beyond, empty]
        same = empty & Q(**{f"id{self._step(backwards)}": row_id})
        return [same, filled] if backwards else [same]

    def _beyond(self, value: Any, row_id: UUID, backwards: bool) -> Q:
        """Rows past (value, id). The first part repeats what follows: it is what an index can start from."""
        step = self._step(backwards)
        start = self._find(f"{step[2:]}e", value)
        return start & (self._find(step[2:], value) | (self._find("exact", value) & Q(**{f"id{step}": row_id})))

    def _step(self, backwards: bool) -> str:
        return "__lt" if self.is_descending != backwards else "__gt"

    def _find(self, lookup: str, value: Any) -> Q:
        if self.field.is_custom:
            expression = self.field.expression()
            known = value if lookup == "isnull" else self.field.comparable(value)
            return Q(expression.output_field.get_lookup(lookup)(expression, known))
        return Q(**{f"{self.field.sort_path}__{lookup}": value})

    def place_of(self, record: Any) -> tuple[Any, UUID]:
        return self.value_of(record), record.pk

    def value_of(self, record: Any) -> Any:
        if self.field.is_custom:
            return self.field.place(record.custom)
        value: Any = record
        for step in self.field.sort_path.split("__"):
            value = getattr(value, step, None)
        return value


def order_for(record_type: RecordType, sort: str) -> Order:
    """The order a `sort` like `-amount` asks for. Raises Invalid for unknown fields."""
    name = sort.removeprefix("-")
    field = record_type.fields.get(name)
    if not field or not field.is_sortable:
        known = ", ".join(name for name, field in record_type.fields.items() if field.is_sortable)
        raise Invalid({"sort": [f"Sort by one of: {known}; with - in front for falling."]})
    target = type_of(field.target) if isinstance(field, Relation) else None
    if target and sight(context.actor(), target) is not None:
        label = target.label.lower()
        raise Invalid({"sort": [f"You see only some {label}, so lists cannot be sorted by them."]})
    return Order(field, sort.startswith("-"))


def page_of(
    rows: "QuerySet[Any]", order: Order, *, after: str = "", before: str = "", limit: int = PAGE_SIZE,
    place_of: Callable[[Any], tuple[Any, UUID]] | None = None,
) -> Page:  # fmt: skip
    """One page behind `after` or ahead of `before`; one row more is read to know if there is another.

    `place_of` tells sort value and id of rows that are not records.
    """
    place_of = place_of or order.place_of
    backwards = bool(before)
    cursor = before or after
    place = _read(cursor, order) if cursor else None
    found: list[Any] = []
    for stretch in order.stretches(place, backwards):
        found += rows.filter(stretch).order_by(*order.keys_of_stretch(backwards))[: limit + 1 - len(found)]
        if len(found) > limit:
            break
    has_more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, has_more) if backwards else (has_more, bool(after))
    return Page(
        items=found,
        next=cursor_of(*place_of(found[-1])) if found and has_next else None,
        previous=cursor_of(*place_of(found[0])) if found and has_previous else None,
    )


def first_stretch(rows: "QuerySet[Any]", order: Order, limit: int) -> "QuerySet[Any]":
    """The beginning of a list, and one row more, as far as it lies in one stretch."""
    return rows.filter(order.stretches(None, False)[0]).order_by(*order.keys_of_stretch(False))[: limit + 1]


def cursor_at(order: Order, record: Any) -> str:
    """The cursor behind a record."""
    return cursor_of(*order.place_of(record))


def cursor_of(value: Any, row_id: UUID) -> str:
    """The cursor behind a sort value and an id."""
    text = json.dumps([_plain(value), str(row_id)])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return (
        str(value)
        if isinstance(value, Decimal | UUID)
        else value.isoformat()
        if isinstance(value, date | datetime)
        else value
    )


def _read(cursor: str, order: Order) -> tuple[Any, UUID]:
    """Sort value and id of the row a cursor stands at. Raises Invalid for a cursor not ours."""
    try:
        value, row_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return _sort_value(order.field, value), UUID(row_id)
    except (ValueError, TypeError, AttributeError, ValidationError) as error:
        raise Invalid({"cursor": ["This cursor is not one of ours. Start again without it."]}) from error


def _sort_value(field: Field, value: Any) -> Any:
    """Text is compared as it stands, empty too; the rest is read back from JSON. Raises ValueError."""
    if value is None:
        return None
    if isinstance(field, Relation) or field.api_type is str:
        if not isinstance(value, str) or "\x00" in value:
            raise ValueError(value)
        return value
    return field.checked(value)
