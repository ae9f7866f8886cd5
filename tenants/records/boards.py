"""Boards: columns with count and sums from SQL, cards paged per column."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from tenants.kernel.errors import NotFound
from tenants.records.fields import Relation, Select
from tenants.records.listing import Listing
from tenants.records.locale import company_currency, money
from tenants.records.queries import options_for, sums_by
from tenants.records.registry import Board, RecordType

CARDS = 25


@dataclass(frozen=True)
class Column:
    """One value of the board's field, and its first cards."""

    value: str
    label: str
    row: Any
    cards: list[Any]
    count: int
    total: Any
    weighted: Any

    list_query: str = ""

    @property
    def has_more(self) -> bool:
        return len(self.cards) < self.count

    @property
    def total_text(self) -> str:
        return money(self.total, company_currency())

    @property
    def weighted_text(self) -> str:
        return money(self.weighted, company_currency()) if self.weighted != self.total else ""


def board_of(listing: Listing, board: Board, *, chosen: str = "") -> tuple[list[Column], list[Any], Any]:
    """Columns, what the board may show one of (pipelines), and which is shown.

    A handful of queries whatever the number of columns or cards.
    """
    field = listing.record_type.fields[board.by]
    shown = _groups(board, field)
    group = _chosen(shown, chosen)
    values = _values(board, field, group)
    rows = listing.rows.filter(**{f"{board.by}__in": [value for value, _label, _row in values]})
    weight = "probability" if "probability" in listing.record_type.fields else ""
    sums = sums_by(rows, board.by, board.sums, weight)
    cards = _cards(listing.record_type, rows, board, values)
    columns = [
        _column(
            value, label, row, cards, sums, listing.with_condition({"field": board.by, "op": "is", "value": str(value)})
        )
        for value, label, row in values
    ]
    return columns, shown, group


def _groups(board: Board, field: Any) -> list[Any]:
    if not board.of or not isinstance(field, Relation):
        return []
    model: Any = field.target._meta.get_field(board.of).related_model
    return list(options_for(model))


def _chosen(groups: list[Any], chosen: str) -> Any:
    if not groups:
        return None
    if not chosen:
        return next((group for group in groups if getattr(group, "is_default", False)), groups[0])
    found = next((group for group in groups if str(group.pk) == chosen), None)
    if not found:
        raise NotFound
    return found


def _values(board: Board, field: Any, group: Any) -> list[tuple[Any, str, Any]]:
    if isinstance(field, Select):
        return [(value, label, None) for value, label in field.choices]
    rows = field.options().filter(**({board.of: group} if group else {}))
    rows = rows.order_by("position") if hasattr(field.target, "position") else rows
    return [(row.pk, str(row), row) for row in rows]


def _cards(
    record_type: RecordType, rows: Any, board: Board, values: list[tuple[Any, str, Any]]
) -> dict[Any, list[Any]]:
    """The first cards of every column in one query, the most recently moved first."""
    place = Window(RowNumber(), partition_by=F(board.by), order_by=(F("updated_at").desc(), F("id").desc()))
    found: dict[Any, list[Any]] = {value: [] for value, _label, _row in values}
    by = f"{board.by}_id" if values and isinstance(values[0][0], UUID) else board.by
    for card in rows.annotate(place=place).filter(place__lte=CARDS).order_by("place"):
        found[getattr(card, by)].append(card)
    record_type.decorate([card for cards in found.values() for card in cards])
    return found


def _column(
    value: Any, label: str, row: Any, cards: dict[Any, list[Any]], sums: dict[Any, Any], list_query: str
) -> Column:
    figures = sums.get(value, {"count": 0, "total": Decimal(), "weighted": Decimal()})
    return Column(
        str(value), label, row, cards[value], figures["count"], figures["total"], figures["weighted"], list_query
    )


def path_of(board: Board, record_type: RecordType, record: Any) -> list[tuple[str, str, str]]:
    """The columns of the record's own group as (value, label, kind): the way to winning, and where it is."""
    field = record_type.fields[board.by]
    here = field.value(record)
    group = getattr(here, board.of) if board.of else None
    rows = [(str(value), label, getattr(row, "kind", "")) for value, label, row in _values(board, field, group)]
    if isinstance(field, Select):
        return rows
    last = next((i for i, row in enumerate(rows) if row[2] == "won"), len(rows))
    return [row for i, row in enumerate(rows) if (i <= last and row[2] != "lost") or row[0] == str(here.pk)]
