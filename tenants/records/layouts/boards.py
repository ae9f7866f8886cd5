"""Boards: columns with count and sums from SQL, cards paged per column."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.cells import cell
from tenants.records.fields import Field, Relation, Select, describe
from tenants.records.layouts.grouping import (
    MOST_SLOTS,
    Figures,
    Slot,
    can_group,
    condition_for,
    empty_slot,
    figures_of,
    first_rows,
    slots_of,
)
from tenants.records.layouts.listing import Listing
from tenants.records.models import Change
from tenants.records.operators import Asked
from tenants.records.paging import Order, Page, cursor_at, page_of
from tenants.records.queries import with_links
from tenants.records.registry import Board, RecordType

CARDS = 15
USUAL_CARD_FIELDS = 4
END_ICONS = {"won": "trophy", "lost": "thumb-down"}
END_TONES = {"won": "good", "lost": "bad"}


@dataclass(frozen=True)
class Column:
    """One value of the board's field, and its first cards."""

    slot: Slot
    cards: list[Any]
    figures: Figures
    list_query: str = ""
    more: str = ""
    """The cursor behind the last card, where there are more."""
    shown: int = 0

    @property
    def value(self) -> str:
        return self.slot.value

    @property
    def label(self) -> str:
        return self.slot.label

    @property
    def row(self) -> Any:
        return self.slot.row

    @property
    def key(self) -> str:
        """For ids in the page."""
        return self.slot.value or "none"

    @property
    def count(self) -> int:
        return self.figures.count

    @property
    def has_more(self) -> bool:
        return len(self.cards) < self.count


@dataclass
class BoardView:
    """A board as it is asked for: columns by a field, of one group of columns where there are several."""

    field: Field
    sums: str
    columns: list[Column]
    groups: list[Any] = dataclasses.field(default_factory=list)
    group: Any = None
    hidden: int = 0
    """Values that have cards but found no place."""

    @property
    def total(self) -> Figures:
        found = Figures()
        for column in self.columns:
            for currency, (total, weighted) in column.figures.sums.items():
                found.add(0, currency, total, weighted)
            found.count += column.count
        return found


def board_fields(record_type: RecordType) -> list[Field]:
    """What the columns of a board of this type can be: the declared field first."""
    first = record_type.board.by if record_type.board else ""
    found = [one for one in record_type.fields.values() if can_group(one) and _is_movable(record_type, one)]
    return sorted(found, key=lambda one: (one.name != first, not isinstance(one, Select)))


def _is_movable(record_type: RecordType, one: Field) -> bool:
    return one.name in record_type.writable


def board_field(record_type: RecordType, wanted: str = "") -> Field:
    """The field a board is by. Raises NotFound for a type that cannot have one, Invalid for a wrong name."""
    known = board_fields(record_type)
    if not known:
        raise NotFound
    found = next((one for one in known if one.name == wanted), None)
    if wanted and not found:
        raise Invalid({"by": [f"Choose one of: {', '.join(one.name for one in known)}."]})
    return found or known[0]


def board_of(listing: Listing, *, chosen: str = "") -> BoardView:
    """The columns with their figures and first cards, in four queries whatever their number."""
    record_type = listing.record_type
    by = board_field(record_type, listing.by)
    declared = record_type.board if record_type.board and record_type.board.by == by.name else None
    slots, groups, group = _slots(by, declared, chosen)
    # By the ids of the columns, which are known: through the join the planner would guess how many rows there are.
    rows = listing.rows.filter(_in(by, slots)) if declared and group is not None else listing.rows
    sums = record_type.board.sums if record_type.board else ""
    figures = figures_of(rows, record_type, by, sums)
    slots, hidden = _placed(by, slots, figures)
    cards = first_rows(rows.filter(_in(by, slots)), by, slots, _order().keys(False), CARDS)
    record_type.decorate([card for own in cards.values() for card in own])
    columns = [_column(listing, by, slot, cards[slot.value], figures.get(slot.value, Figures())) for slot in slots]
    return BoardView(by, sums, columns, groups, group, hidden)


def _slots(by: Field, declared: Board | None, chosen: str) -> tuple[list[Slot], list[Any], Any]:
    """Columns, what the board may show one of (pipelines), and which is shown. One query."""
    if not declared or not declared.of or not isinstance(by, Relation):
        return slots_of(by), [], None
    rows = list(by.options().select_related(declared.of).order_by(*_position(by)))
    groups = list(dict.fromkeys(getattr(row, declared.of) for row in rows))
    groups.sort(key=lambda one: (not getattr(one, "is_default", False), str(one)))
    group = _chosen(groups, chosen)
    return [Slot(str(row.pk), str(row), row) for row in rows if getattr(row, declared.of) == group], groups, group


def _position(by: Relation) -> tuple[str, ...]:
    return ("position",) if hasattr(by.target, "position") else ("pk",)


def _chosen(groups: list[Any], chosen: str) -> Any:
    """The group asked for; one that is gone gives way to the default."""
    found = next((group for group in groups if str(group.pk) == chosen), None)
    return found or (groups[0] if groups else None)


def _placed(by: Field, slots: list[Slot], figures: dict[str, Figures]) -> tuple[list[Slot], int]:
    """The columns, with one for rows without a value where there are such or may be; and how many did not fit."""
    known = {slot.value for slot in slots}
    missing = [key for key in figures if key and key not in known]
    if missing and isinstance(by, Relation):
        slots = [*slots, *slots_of(by, only=missing[: max(0, MOST_SLOTS - len(slots))])]
        known = {slot.value for slot in slots}
    if "" in figures or (by.is_nullable and not by.is_required):
        slots = [empty_slot(by), *slots] if "" not in known else slots
        known.add("")
    return slots, sum(key not in known for key in figures)


def _in(by: Field, slots: list[Slot]) -> Any:
    """Only rows that have a column: a board never reads what it does not show."""
    values = [slot.value for slot in slots if slot.value]
    if by.kind == "boolean":
        return Q()
    found = by.one_of("", values) if values else Q(pk__in=[])
    return found | by.is_empty("") if any(not slot.value for slot in slots) else found


def _order() -> Order:
    """The most recently changed first."""
    moment = describe(Change._meta.get_field("updated_at"))  # every row of the house has this column
    assert moment
    return Order(moment, True)


def _column(listing: Listing, by: Field, slot: Slot, cards: list[Any], figures: Figures) -> Column:
    more = str(len(cards)) if figures.count > len(cards) else ""
    return Column(slot, cards, figures, listing.with_condition(condition_for(by, slot.value)), more, len(cards))


def column_page(listing: Listing, by: Field, value: str, *, after: str, group: str = "") -> Page:
    """More cards of one column, behind the card of id `after`."""
    condition = by.is_empty("") if not value else by.equals("", Asked(by, "", value, listing.actor).parsed)
    rows = listing.rows.filter(condition)
    order = _order()
    last = rows.filter(pk=after).first() if after else None
    page = page_of(rows, order, after=cursor_at(order, last) if last else "", limit=CARDS)
    listing.record_type.decorate(list(page.items))
    return page


def column_figures(listing: Listing, by: Field, values: list[str]) -> dict[str, Figures]:
    """Figures of some columns, after a card has moved between them."""
    record_type = listing.record_type
    found = figures_of(listing.rows, record_type, by, record_type.board.sums if record_type.board else "")
    return {value: found.get(value, Figures()) for value in values}


def card_fields(listing: Listing, by: Field) -> list[Field]:
    """What cards show under their title: the view's fields, the type's, or the first columns.

    A card that the type draws itself shows only what was chosen on top of that.
    """
    record_type, names = listing.record_type, listing.card_names
    if not names and not record_type.has_own_card:
        names = list(record_type.card_fields) or [
            name for name in record_type.columns if name not in (record_type.title, by.name, "created_at", "owner")
        ][:USUAL_CARD_FIELDS]  # fmt: skip
    return [record_type.fields[name] for name in names if name in record_type.open_fields]


def dress(listing: Listing, by: Field, cards: list[Any]) -> None:
    """Give cards what they show of their fields. A query for each kind of record that own fields point at."""
    fields = card_fields(listing, by)
    with_links(listing.record_type, cards, [one.name for one in fields])
    for card in cards:
        card.card_lines = _card_lines(card, fields)
        card.drawn = listing.record_type.card(card)


def _card_lines(record: Any, fields: list[Field]) -> list[tuple[str, Any]]:
    """Label and drawn value of what a card shows; what is empty takes no room."""
    drawn = ((one.label, cell(one, record)) for one in fields)
    return [(label, shown) for label, shown in drawn if shown]


@dataclass(frozen=True)
class Target:
    """Where a card can be dropped below the board: a column, the bin, or a dialog that asks on."""

    label: str
    icon: str
    tone: str = ""
    column: str = ""
    act: str = "move"
    """move, delete or ask."""


def targets_of(board: BoardView, record_type: RecordType, actor: Actor) -> list[Target]:
    """Won and lost columns, other pipelines, the bin: what the record type does not declare itself."""
    ends = [column for column in board.columns if column.slot.kind in END_ICONS]
    found = [Target(one.label, END_ICONS[one.slot.kind], END_TONES[one.slot.kind], column=one.value) for one in ends]
    if len(board.groups) > 1:
        found.append(Target(_("Another pipeline"), "arrows-right-left", act="ask"))
    if actor.may("delete", record_type.name):
        found.append(Target(_("Delete"), "trash", "bad", act="delete"))
    return found


def path_of(board: Board, record_type: RecordType, record: Any) -> list[tuple[str, str, str]]:
    """The columns of the record's own group as (value, label, kind): the way to winning, and where it is."""
    by = record_type.fields[board.by]
    here = by.value(record)
    within = {board.of: getattr(here, board.of)} if board.of and here else {}
    rows = [(slot.value, slot.label, slot.kind) for slot in slots_of(by, within=within)]
    if isinstance(by, Select):
        return rows
    last = next((i for i, row in enumerate(rows) if row[2] == "won"), len(rows))
    return [row for i, row in enumerate(rows) if (i <= last and row[2] != "lost") or row[0] == str(here.pk)]
