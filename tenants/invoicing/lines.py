"""Lines as people and programs send them, checked field by field."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.invoicing.facts import code_fault
from tenants.invoicing.models import InvoiceLine
from tenants.kernel.errors import Invalid
from tenants.records.fields import Field, describe

NAMES = ("description", "code", "quantity", "unit", "unit_price", "discount_percent", "tax_rate")
MOST_LINES = 200
LARGEST = Decimal(10) ** 12


def field_named(name: str) -> Field:
    found = describe(InvoiceLine._meta.get_field(name))  # type: ignore[arg-type]
    assert found
    return found


def clean_line(values: Mapping[str, Any], *, country: str, at: str = "") -> dict[str, Any]:
    """The fields that were sent, parsed. Raises Invalid, each field named with `at` before it."""
    errors: dict[str, list[str]] = {}
    cleaned: dict[str, Any] = {}
    for name, raw in values.items():
        try:
            cleaned[name] = _parsed(name, raw, country)
        except ValidationError as error:
            errors[f"{at}{name}"] = list(error.messages)
    if errors:
        raise Invalid(errors)
    return cleaned


def _parsed(name: str, raw: Any, country: str) -> Any:
    if name not in NAMES:
        raise ValidationError(_("There is no such field. Known: %(known)s.") % {"known": ", ".join(NAMES)})
    field = field_named(name)
    value = field.parse(raw)
    value = Decimal(value) if field.is_numeric else value
    field.source.run_validators(value)
    if name == "quantity" and value <= 0:
        raise ValidationError(_("Write a quantity above zero."))
    if name == "unit_price" and value < 0:
        raise ValidationError(_("Write a price of zero or more; use the discount to lower it."))
    if name == "code" and country == "IN" and (fault := code_fault(str(value))):
        raise ValidationError(fault)
    return value


def clean_lines(rows: Sequence[Mapping[str, Any]], *, country: str) -> list[dict[str, Any]]:
    """All rows parsed; errors are named like `lines.0.quantity`."""
    if len(rows) > MOST_LINES:
        raise Invalid({"lines": [_("Use at most %(most)d lines.") % {"most": MOST_LINES}]})
    errors: dict[str, list[str]] = {}
    cleaned = []
    for place, row in enumerate(rows):
        sent = {"description": ""} | {name: value for name, value in row.items() if name != "id"}
        try:
            cleaned.append(clean_line(sent, country=country, at=f"lines.{place}."))
        except Invalid as error:
            errors |= error.errors
    if errors:
        raise Invalid(errors)
    return cleaned


def refuse_huge(total: Decimal) -> None:
    if total >= LARGEST:
        raise Invalid({"lines": [_("This total is too large.")]})
