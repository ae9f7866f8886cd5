"""What is wrong with a value of a file, in which column, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rapidfuzz import process

from tenants.kernel.secrets import MASK
from tenants.records.fields import Field, MultiSelect, Select
from tenants.records.importing.plan import Plan

MOST_VALUE = 500
LIKELY = 70


@dataclass(frozen=True)
class Fault:
    column: str
    value: str
    message: str
    fix: str = ""


def shown(value: Any) -> str:
    """A value as it can be kept and shown: zero bytes made visible, long ones cut."""
    text = str(value if value is not None else "").replace("\x00", "␀").encode(errors="replace").decode()
    return text if len(text) <= MOST_VALUE else f"{text[:MOST_VALUE]}…"


def faults_of(plan: Plan, errors: Mapping[str, list[str]], raws: Mapping[str, Any]) -> list[Fault]:
    """The messages of fields as faults of columns."""
    fields = plan.record_type.fields
    return [
        _fault(plan.header_for(name) if name else "", fields.get(name), raws.get(name), messages)
        for name, messages in errors.items()
    ]


def _fault(header: str, field: Field | None, raw: Any, messages: list[str]) -> Fault:
    value, words = shown(MASK if field and field.is_secret and raw else raw), " ".join(map(str, messages))
    if not field:
        return Fault(header, value, words, _("Correct the row, or leave it out."))
    if raw in (None, ""):
        return Fault(header, value, _("%(field)s is missing.") % {"field": field.label}, words)
    if "\x00" in str(raw):
        return Fault(header, value, _("This value holds a zero byte."), words)
    return Fault(header, value, _problem(field, value), _suggestion(field, value) or words)


def _problem(field: Field, value: str) -> str:
    problems = {
        "email": _("This is no e-mail address."), "phone": _("This is no phone number."),
        "date": _("This is no date."), "datetime": _("This is no date and time."),
        "number": _("This is no whole number that fits."), "money": _("This is no amount."),
        "decimal": _("This is no number."), "percent": _("This is no number from 0 to 100."),
        "select": _("This is none of the choices."), "multi_select": _("This is none of the choices."),
        "boolean": _("This is neither yes nor no."), "url": _("This is no web address."),
        "currency": _("This is no currency."), "json": _("This is no JSON."),
    }  # fmt: skip
    if field.max_length and len(value) > field.max_length:
        return _("This is too long.")
    return problems.get(field.kind, _("This value cannot be used."))


def _suggestion(field: Field, value: str) -> str:
    """The choice that somebody meant, perhaps."""
    if not isinstance(field, Select | MultiSelect):
        return ""
    known = [word for pair in field.choices for word in pair]
    best = process.extractOne(value, known, score_cutoff=LIKELY)
    return _("Did you mean “%(word)s”?") % {"word": best[0]} if best else ""
