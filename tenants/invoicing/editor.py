"""The line editor of a draft: rows as they were typed, before anything is stored."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from tenants.invoicing.lines import MOST_LINES, NAMES, clean_lines
from tenants.invoicing.models import Invoice, InvoicingProfile
from tenants.invoicing.paper import Draft, draft_paper
from tenants.kernel.errors import Invalid


@dataclass
class Row:
    """What stands in the inputs of one line, and what is wrong with it."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    amount: str = ""
    id: str = ""


def stored_rows(invoice: Invoice) -> list[Row]:
    return [Row({name: _typed(getattr(line, name)) for name in NAMES}, id=str(line.pk)) for line in invoice.lines.all()]


def _typed(value: Any) -> str:
    """2 rather than 2.000: as a person would have typed it."""
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def sent_rows(data: QueryDict) -> list[Row]:
    """Each input comes once per row, under the same name. Raises Invalid when they do not match up."""
    columns = {name: data.getlist(name) for name in ("id", *NAMES)}
    count = len(columns["description"])
    if count > MOST_LINES or any(len(values) != count for values in columns.values()):
        raise Invalid({"lines": [_("The lines did not arrive complete. Load the page again.")]})
    return [Row({name: columns[name][i] for name in NAMES}, id=columns["id"][i]) for i in range(count)]


def blank_row(profile: InvoicingProfile) -> Row:
    start = dict.fromkeys(NAMES, "") | {"quantity": "1", "discount_percent": "0"}
    return Row(start | {"code": profile.default_code, "tax_rate": _typed(profile.default_tax_rate)})


def worked_out(invoice: Invoice, rows: list[Row], profile: InvoicingProfile, *, is_typing: bool = False) -> Draft:
    """What the rows come to, by the engine. Rows at fault get their errors and count as nothing.

    While somebody is typing, a description that is still empty is no fault.
    """
    known = []
    for row in rows:
        values = _cleaned(row, profile.country, is_typing=is_typing)
        known.append(SimpleNamespace(**_NOTHING | values))
    draft = draft_paper(invoice, known, profile)
    for row, line in zip(rows, draft.paper.lines, strict=True):
        row.amount = "" if row.errors else line.amount
    return draft


_NOTHING: dict[str, Any] = dict.fromkeys(("description", "code", "unit"), "") | {
    "quantity": 1,
    "unit_price": 0,
    "discount_percent": 0,
    "tax_rate": 0,
}


def _cleaned(row: Row, country: str, *, is_typing: bool) -> dict[str, Any]:
    values = row.values | ({"description": row.values["description"] or "…"} if is_typing else {})
    try:
        return clean_lines([values], country=country)[0]
    except Invalid as error:
        row.errors = {name.rpartition(".")[2]: messages[0] for name, messages in error.errors.items()}
        return {}
