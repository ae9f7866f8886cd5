"""What a column can become: a field, an id, a full name, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import GeneratedField
from django.utils.translation import gettext as _

from tenants.records.fields import Field, FileLink, Relation, Uuid
from tenants.records.registry import RecordType

ID = "id"
FULL_NAME = "full_name"
BY_ID = "_id"
"""Behind the name of a relation: the column holds ids, and names stand in another one."""


@dataclass(frozen=True)
class Target:
    """One thing that a column can be read as."""

    name: str
    label: str
    kind: str
    field: Field | None = None


def targets_of(record_type: RecordType, *, is_whole: bool = False) -> Mapping[str, Target]:
    """By name, in the order that people choose from; read-only columns too where a company comes whole."""
    found: dict[str, Target] = {}
    if splits_names(record_type):
        found[FULL_NAME] = Target(FULL_NAME, _("Full name"), "text")
    fields = record_type.all_fields if is_whole else record_type.fields
    for name in [*record_type.writable, *(stored_only(record_type) if is_whole else ())]:
        field = fields[name]
        if isinstance(field, FileLink) and not is_whole:
            continue
        found[name] = Target(name, field.label, field.kind, field)
        if isinstance(field, Relation):
            label = _("%(field)s (id)") % {"field": field.label}
            found[f"{name}{BY_ID}"] = Target(f"{name}{BY_ID}", label, "id", field)
    found[ID] = Target(ID, _("Record id"), "id")
    return found


def stored_only(record_type: RecordType) -> tuple[str, ...]:
    """What people do not write but makes a record what it is: its age, when it was won, values of retired fields."""
    left_out = {*record_type.writable, *record_type.set_apart, "updated_at"}
    return tuple(
        name for name, field in record_type.all_fields.items()
        if name not in left_out and not isinstance(field.source, GeneratedField)
    )  # fmt: skip


def splits_names(record_type: RecordType) -> bool:
    """Whether the type has a name of two parts, so that a column with both can be taken apart."""
    return {"first_name", "last_name"} <= set(record_type.writable)


def split_name(text: str) -> dict[str, str]:
    """Priya Nair, or Nair, Priya."""
    last, comma, first = text.partition(",")
    if comma and first.strip():
        return {"first_name": first.strip(), "last_name": last.strip()}
    first, _space, last = text.strip().partition(" ")
    return {"first_name": first, "last_name": last.strip()}


def self_relations(record_type: RecordType) -> tuple[str, ...]:
    """Relations to the same type: what they point at may stand further down in the file."""
    return tuple(
        name for name, field in record_type.fields.items()
        if isinstance(field, Relation) and field.target is record_type.model
    )  # fmt: skip


def file_links(record_type: RecordType) -> tuple[str, ...]:
    """Fields that hold a file: in a whole company's file those come in after the records they hang on."""
    return tuple(name for name, field in record_type.fields.items() if isinstance(field, FileLink))


def pointers(record_type: RecordType) -> dict[str, str]:
    """Ids without a relation, each with the field that says what type it is of: about_id, about_type."""
    fields = record_type.fields
    found = {name: f"{name.removesuffix('_id')}_type" for name, field in fields.items() if isinstance(field, Uuid)}
    return {name: type_field for name, type_field in found.items() if type_field in fields}
