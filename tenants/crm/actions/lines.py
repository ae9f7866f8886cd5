"""What a deal is about: its products, whose sum is its amount."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.crm.models import Deal, DealLine
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.actions import note_change, update_record
from tenants.records.locale import typed_number
from tenants.records.queries import require_on

MOST_LINES = 200
MOST_WORTH = Decimal(10) ** 14
LIMITS = {"quantity": (Decimal("0.001"), Decimal(10) ** 9), "price": (Decimal(0), Decimal(10) ** 13)}


@transaction.atomic
def set_lines(*, deal: Deal, rows: Sequence[Mapping[str, Any]], by: Actor) -> list[DealLine]:
    """Give a deal exactly these products; its amount becomes their sum. Raises Invalid, Denied.

    A row has name, quantity, price and discount in percent. Without rows the amount stays as it is.
    """
    require_on(by, "edit", deal)
    lines = _lines(rows)
    Deal.objects.select_for_update().filter(pk=deal.pk).first()
    before = list(deal.lines.all())
    deal.lines.all().delete()
    for line in lines:
        line.deal = deal
    DealLine.objects.bulk_create(lines)
    if _words(before) != _words(lines):
        note_change(record=deal, action="products", changes={"products": [_words(before), _words(lines)]}, by=by)
    if lines:
        update_record(record=deal, values={"amount": sum(line.total for line in lines)}, by=by)
    return lines


def _lines(rows: Sequence[Mapping[str, Any]]) -> list[DealLine]:
    if len(rows) > MOST_LINES:
        raise Invalid({"lines": [_("A deal has at most %(most)d products.") % {"most": MOST_LINES}]})
    errors: dict[str, list[str]] = {}
    lines = [_line(number, row, errors) for number, row in enumerate(rows)]
    if not errors and sum(line.total for line in lines) >= MOST_WORTH:
        errors["lines"] = [_("Together they are too large an amount.")]
    if errors:
        raise Invalid(errors)
    return lines


def _line(number: int, row: Mapping[str, Any], errors: dict[str, list[str]]) -> DealLine:
    """A line of one row; what does not fit goes to `errors` under `lines[0].price`."""
    name = str(row.get("name") or "").replace("\x00", "").strip()
    if not name or len(name) > 200:
        errors[f"lines[{number}].name"] = [_("Name the product, in at most 200 characters.")]
    quantity = _number(row.get("quantity"), Decimal(1), *LIMITS["quantity"])
    price = _number(row.get("price"), Decimal(0), *LIMITS["price"])
    discount = _number(row.get("discount"), Decimal(0), Decimal(0), Decimal(100))
    for field, value, words in (
        ("quantity", quantity, _("Write how many: more than 0.")),
        ("price", price, _("Write the price of one, like 99.50.")),
        ("discount", discount, _("Write a percentage from 0 to 100.")),
    ):
        if value is None:
            errors[f"lines[{number}].{field}"] = [words]
    line = DealLine(
        position=number + 1,
        name=name,
        quantity=(quantity or Decimal(1)).quantize(Decimal("0.001")),
        price=(price or Decimal(0)).quantize(Decimal("0.0001")),
        discount=(discount or Decimal(0)).quantize(Decimal("0.01")),
    )
    line.total = line.worth
    return line


def _number(raw: Any, empty: Decimal, least: Decimal, most: Decimal) -> Decimal | None:
    if raw is None or str(raw).strip() == "":
        return empty
    value = typed_number(raw)
    return value if value is not None and least <= value <= most else None


def _words(lines: Sequence[DealLine]) -> str:
    return ", ".join(f"{line.quantity.normalize():f} × {line.name}" for line in lines)[:500]
