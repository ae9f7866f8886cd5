"""What the wizard's pages send, as a plan; and what they show of one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.custom.actions import create_custom_field
from tenants.records.importing.faults import Fault
from tenants.records.importing.formats.base import Row
from tenants.records.importing.guessing import DATE_FORMATS, date_format, decimal_sign
from tenants.records.importing.plan import Column, Plan
from tenants.records.importing.queries import samples
from tenants.records.importing.reading import Reader
from tenants.records.importing.targets import BY_ID, ID, Target
from tenants.records.importing.values import NUMBERS

NEW = "new:"
NEW_KINDS = {
    "text": _("Text"), "long_text": _("Long text"), "number": _("Whole number"), "decimal": _("Decimal number"),
    "date": _("Date"), "boolean": _("Yes or no"), "email": _("E-mail"), "phone": _("Phone"), "url": _("Web address"),
}  # fmt: skip
DATE_WORDS = {"%Y": "2026", "%y": "26", "%m": "12", "%d": "31", "%b": "Dec", "%B": "December"}


@dataclass(frozen=True)
class Shown:
    """A line of the mapping table."""

    index: int
    column: Column
    samples: list[str]
    status: str
    target: Target | None
    faults: list[Fault]
    count: int

    @property
    def has_dates(self) -> bool:
        return bool(self.target and self.target.kind in ("date", "datetime"))

    @property
    def has_decimals(self) -> bool:
        return bool(self.target and self.target.kind in NUMBERS)


def shown(plan: Plan, rows: Sequence[Sequence[Any]], actor: Actor, errors: Mapping[str, list[str]]) -> list[Shown]:
    """Every column with its samples, and what the first rows say against its field."""
    faults = early_faults(plan, rows, actor)
    found = []
    for index, column in enumerate(plan.columns):
        wrong = [Fault(column.header, "", word) for word in errors.get(column.header, [])] + faults.get(
            column.header, []
        )
        status = "error" if wrong else "mapped" if column.target else "unmapped"
        target = plan.targets.get(column.target)
        found.append(Shown(index, column, samples(list(map(list, rows)), index), status, target, wrong[:3], len(wrong)))
    return found


def early_faults(plan: Plan, rows: Sequence[Sequence[Any]], actor: Actor) -> dict[str, list[Fault]]:
    """By column, before anything is decided."""
    usable = replace(
        plan, columns=tuple(c if c.target in plan.targets else replace(c, target="") for c in plan.columns)
    )
    found: dict[str, list[Fault]] = defaultdict(list)
    for item in Reader(usable, actor, is_dry=True).read([Row(n, list(cells)) for n, cells in enumerate(rows, start=2)]):
        for fault in item.faults:
            found[fault.column].append(fault)
    return found


def mapped_plan(
    plan: Plan, data: Mapping[str, str], rows: Sequence[Sequence[Any]], by: Actor, *, creates: bool
) -> Plan:
    """The plan with what was sent for its columns. New fields are made when `creates`. Raises Invalid."""
    columns = []
    for index, column in enumerate(plan.columns):
        target = data.get(f"target.{index}", column.target)
        if creates and target.startswith(NEW):
            target = _new_field(plan, column.header, target.removeprefix(NEW), by)
        is_same = target == column.target
        values = [str(row[index]).strip() for row in rows if index < len(row) and str(row[index]).strip()]
        dates = data.get(f"dates.{index}", "") if is_same else ""
        decimals = data.get(f"decimals.{index}", "") if is_same else ""
        columns.append(
            Column(
                column.header, target, dates if dates in DATE_FORMATS else date_format(values),
                decimals if decimals in (".", ",") else decimal_sign(values), fills=f"fills.{index}" in data,
            )
        )  # fmt: skip
    return Plan.loaded(replace(plan, columns=tuple(columns)).dumped())


def _new_field(plan: Plan, header: str, kind: str, by: Actor) -> str:
    try:
        made = create_custom_field(record_type=plan.record_type, label=header, kind=kind, by=by)
    except (Invalid, Denied) as error:
        raise Invalid({header: [str(error.detail)]}) from error
    return f"custom.{made.key}"


def detailed_plan(plan: Plan, data: Any) -> Plan:
    """With the answers of the details page."""
    tags = tuple(dict.fromkeys(tag.strip() for tag in data.get("tags", "").split(",") if tag.strip()))
    return replace(
        plan, keys=tuple(data.getlist("keys")), mode=data.get("mode", "both"), repeats=data.get("repeats", "skip"),
        owners=data.get("owners", "error"), creates="creates" in data, tags=tags,
        overwrites=data.get("overwrites") != "blank",
    )  # fmt: skip


def key_choices(plan: Plan) -> list[tuple[str, str]]:
    """What known records can be found by: mapped fields that may name one."""
    mapped = [column.target for column in plan.columns if column.target]
    fine = ("text", "email", "phone", "url", "number", "id")
    found = [
        (n, plan.targets[n].label)
        for n in mapped
        if n == ID or (plan.targets[n].kind in fine and not n.endswith(BY_ID)) or n == "external_id"
    ]
    title = plan.record_type.title
    if title not in mapped and {"first_name", "full_name"} & set(mapped):
        found.append((title, str(plan.record_type.fields[title].label)))
    if len(plan.record_type.natural) > 1:
        found.append(
            (
                "+".join(plan.record_type.natural),
                " + ".join(plan.record_type.fields[n].label for n in plan.record_type.natural),
            )
        )
    return found


def date_choices() -> list[tuple[str, str]]:
    """Ways of writing the last day of 2026."""
    found = []
    for form in DATE_FORMATS:
        text = form
        for sign, word in DATE_WORDS.items():
            text = text.replace(sign, word)
        found.append((form, text))
    return found
