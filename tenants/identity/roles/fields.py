"""Field rules: which fields of a type a role does not see, or sees and leaves alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenants.identity.roles.matrix import NONE, Matrix, cell, types
from tenants.kernel.errors import Invalid
from tenants.kernel.permits import FieldLimit
from tenants.records.registry import RecordType

HIDDEN, READ_ONLY = FieldLimit.HIDDEN.value, FieldLimit.READ_ONLY.value
Rules = dict[str, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A field as the editor shows it. `locked`: why it cannot be hidden."""

    name: str
    label: str
    limit: str
    locked: str
    is_read_only: bool
    error: str = ""


def lines(record_type: RecordType, rules: Mapping[str, str], errors: Mapping[str, Any]) -> list[Line]:
    locked = record_type.unhideable
    return [
        Line(
            name=name, label=one.label, limit=rules.get(name, ""), locked=locked.get(name, ""),
            is_read_only=one.is_read_only, error=" ".join(errors.get(f"fields.{record_type.name}.{name}", [])),
        )
        for name, one in record_type.known_fields.items()
    ]  # fmt: skip


def checked(given: Mapping[str, Mapping[str, str]], records: Matrix) -> Rules:
    """Rules as the row keeps them: only those that say something. Raises Invalid, naming each field at fault."""
    errors: dict[str, list[str]] = {}
    found: Rules = {}
    for name, rules in given.items():
        record_type = types().get(name)
        if not record_type:
            errors[f"fields.{name}"[:80]] = [_("There is no such type of record.")]
            continue
        said = {field: limit for field, limit in rules.items() if limit}
        errors |= dict(_faults(record_type, said, may_create=cell(records, name, "create") != NONE))
        if said:
            found[name] = said
    if errors:
        raise Invalid(errors)
    return found


def _faults(record_type: RecordType, rules: Mapping[str, str], *, may_create: bool) -> Iterator[tuple[str, list[str]]]:
    known, locked = record_type.known_fields, record_type.unhideable
    for name, limit in rules.items():
        place = f"fields.{record_type.name}.{name}"[:120]
        if name not in known:
            yield place, [_("There is no such field.")]
        elif limit not in (HIDDEN, READ_ONLY):
            yield place, [_("Choose from: %(known)s.") % {"known": f"{HIDDEN}, {READ_ONLY}"}]
        elif limit == HIDDEN and name in locked:
            yield place, [_("This field cannot be hidden. %(why)s") % {"why": locked[name]}]
        elif may_create and known[name].is_required:
            yield place, [_("New records need this field: leave it open, or let the role create none.")]
