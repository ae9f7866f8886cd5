"""Rows by the values of one field: for boards, grouped lists and their figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, DecimalField, F, Q, QuerySet, Sum, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext as _

from tenants.records.fields import Boolean, Field, FileLink, Relation, Select
from tenants.records.locale import company_currency, money
from tenants.records.registry import RecordType

MOST_SLOTS = 40
MOST_STRETCHES = 15
SUM: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=4)


@dataclass(frozen=True)
class Slot:
    """One value of the field that rows are parted by; `value` is empty for rows without one."""

    value: str
    label: str
    row: Any = None

    @property
    def kind(self) -> str:
        return str(getattr(self.row, "kind", ""))


@dataclass
class Figures:
    """How many rows, and their sums, each currency by itself: different moneys are never added."""

    count: int = 0
    sums: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def add(self, count: int, currency: str, total: Decimal, weighted: Decimal) -> None:
        before = self.sums.get(currency, (Decimal(), Decimal()))
        self.count += count
        self.sums[currency] = (before[0] + total, before[1] + weighted)

    def _text(self, index: int) -> str:
        order = sorted(self.sums, key=lambda code: (code != company_currency(), code))
        shown = [money(self.sums[code][index], code) for code in order if self.sums[code][index]]
        return " + ".join(shown) or money(Decimal(), company_currency())

    @property
    def total_text(self) -> str:
        return self._text(0)

    @property
    def weighted_text(self) -> str:
        return self._text(1) if any(total != weighted for total, weighted in self.sums.values()) else ""


def can_group(field: Field) -> bool:
    """Whether rows can be parted by this field: it has one of a few values."""
    return isinstance(field, Select | Relation | Boolean) and not isinstance(field, FileLink)


def key_of(value: Any) -> str:
    """A database value as slots, URLs and pages name it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def slots_of(field: Field, *, within: Mapping[str, Any] | None = None, only: "list[str] | None" = None) -> list[Slot]:
    """The values of a field in their order; `only` those keys, where a relation has too many."""
    if isinstance(field, Boolean):
        return [Slot("true", _("Yes")), Slot("false", _("No"))]
    if isinstance(field, Select):
        return [Slot(value, label) for value, label in field.choices]
    assert isinstance(field, Relation)
    rows = field.options().filter(**(within or {}))
    if only is not None:
        rows = rows.filter(pk__in=only)
    if hasattr(field.target, "position"):
        rows = rows.order_by("position")
    return [Slot(str(row.pk), str(row), row) for row in rows[:MOST_SLOTS]]


def empty_slot(field: Field) -> Slot:
    return Slot("", _("No %(field)s") % {"field": field.label[:1].lower() + field.label[1:]})


def figures_of(rows: "QuerySet[Any]", record_type: RecordType, field: Field, sums: str = "") -> dict[str, Figures]:
    """Per value of the field: count and sums. One query."""
    amount = record_type.fields.get(sums)
    has_currency = amount is not None and amount.kind == "money" and "currency" in record_type.fields
    probability = record_type.fields.get("probability")
    total = Sum(amount.expression()) if amount else Value(0)
    # Divided once for each sum, not once for each row.
    weighted = Sum(amount.expression() * F("probability")) / 100 if amount and probability else total
    by = ["slot_key", "currency"] if has_currency else ["slot_key"]
    found = rows.order_by().annotate(slot_key=_expression(field)).values(*by)
    found = found.annotate(
        slot_count=Count("*"),  # not of a column, so that an index alone can answer
        slot_sum=Coalesce(total, 0, output_field=SUM),
        slot_weighted=Coalesce(weighted, 0, output_field=SUM),
    )
    figures: dict[str, Figures] = {}
    for row in found:
        own = figures.setdefault(_bucket(field, row["slot_key"]), Figures())
        own.add(row["slot_count"], row.get("currency") or company_currency(), row["slot_sum"], row["slot_weighted"])
    return figures


def first_rows(
    rows: "QuerySet[Any]", field: Field, slots: list[Slot], keys: list[Any], most: int
) -> dict[str, list[Any]]:
    """The first rows of every slot, in two queries: their ids, then those rows. `keys` order them within a slot."""
    found: dict[str, list[Any]] = {slot.value: [] for slot in slots}
    known = {slot.value: slot.row for slot in slots if slot.row is not None and not field.is_custom}
    ids = _first_ids(rows.order_by().select_related(None), field, slots, keys, most)
    whole = _without(rows, field) if known else rows
    for row in whole.filter(pk__in=ids).annotate(slot_key=_expression(field)).order_by(*keys) if ids else ():
        key = _bucket(field, row.slot_key)
        own = found.get(key)
        if own is not None and len(own) < most:
            own.append(row)
            if key in known:
                setattr(row, field.name, known[key])
    return found


def _without(rows: "QuerySet[Any]", field: Field) -> "QuerySet[Any]":
    """Rows with what they point at, except what the slots hold already."""
    joined = rows.query.select_related
    names = [name for name in joined if name != field.name] if isinstance(joined, dict) else []
    return rows.select_related(None).select_related(*names) if names else rows


def _first_ids(narrow: "QuerySet[Any]", field: Field, slots: list[Slot], keys: list[Any], most: int) -> list[Any]:
    """One short stretch of an index for each slot; a window, which sorts every row, only for a great many."""
    if not slots:
        return []
    if len(slots) > MOST_STRETCHES:
        place = Window(RowNumber(), partition_by=_expression(field), order_by=keys)
        return list(narrow.annotate(slot_place=place).filter(slot_place__lte=most).values_list("pk", flat=True))
    first, *rest = (narrow.filter(_of_slot(field, slot)).order_by(*keys).values_list("pk")[:most] for slot in slots)
    return [pk for (pk,) in (first.union(*rest, all=True) if rest else first)]


def _of_slot(field: Field, slot: Slot) -> Q:
    if isinstance(field, Boolean):
        return field.equals("", slot.value == "true")
    return field.equals("", slot.value) if slot.value else field.is_empty("")


def condition_for(field: Field, value: str) -> dict[str, Any]:
    """The condition that lets exactly one slot's rows through."""
    if value:
        return {"field": field.name, "op": "is", "value": value}
    return {"field": field.name, "op": "empty"}


def _expression(field: Field) -> Any:
    if isinstance(field, Boolean) and not field.is_custom:
        return Coalesce(field.expression(), False, output_field=BooleanField())
    return field.expression()


def _bucket(field: Field, key: Any) -> str:
    """A yes-or-no field without a value says no."""
    return key_of(key) or ("false" if isinstance(field, Boolean) else "")
