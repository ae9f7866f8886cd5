"""How a file is to be read and written: what the wizard asks, kept with the job."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Self

from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.importing.targets import BY_ID, FULL_NAME, ID, Target, targets_of
from tenants.records.registry import RecordType, type_named

MODES = ("both", "create", "update")
REPEATS = ("skip", "update")
OWNERS = ("error", "me", "empty")
DECIMALS = (".", ",")
MOST_TAGS = 20


@dataclass(frozen=True)
class Column:
    """One column of the file: what it becomes, and how its dates and numbers are written.

    One that only `fills` leaves alone what a known record has there already.
    """

    header: str
    target: str = ""
    dates: str = ""
    decimals: str = "."
    fills: bool = False


@dataclass(frozen=True)
class Plan:
    """What becomes of a table.

    `keys` are tried in turn until one finds the record a row speaks of. `mode` says
    which rows are written: new ones, known ones or both. `repeats` says what to do with
    a row whose key came before in the same file. `creates` allows to make what a
    relation names and is not there. `is_whole` brings records as they were in another
    company, read-only values and age included.
    """

    type_name: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()
    mode: str = "both"
    repeats: str = "skip"
    owners: str = "error"
    tags: tuple[str, ...] = ()
    creates: bool = False
    overwrites: bool = True
    is_whole: bool = False
    section: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def record_type(self) -> RecordType:
        from tenants.records.whole.tables import part_named  # tables read their rows through this room

        return part_named(self.type_name) if self.is_whole else type_named(self.type_name)

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        return targets_of(self.record_type, is_whole=self.is_whole)

    @cached_property
    def mapped(self) -> list[tuple[int, Column]]:
        return [(i, column) for i, column in enumerate(self.columns) if column.target]

    @cached_property
    def filling(self) -> frozenset[str]:
        """Fields of known records that the file fills only where they are empty."""
        names = [column.target for _i, column in self.mapped if column.fills or not self.overwrites]
        parts = ["first_name", "last_name"] if FULL_NAME in names else []
        return frozenset([*(name.removesuffix(BY_ID) for name in names), *parts])

    def header_for(self, name: str) -> str:
        """The column that a field's value came from."""
        ways = (name, f"{name}{BY_ID}", FULL_NAME if name in ("first_name", "last_name") else name)
        found = (column.header for way in ways for column in self.columns if column.target == way)
        return next(found, name)

    def dumped(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def loaded(cls, kept: Mapping[str, Any]) -> Self:
        values = dict(kept)
        columns = tuple(Column(**one) for one in values.pop("columns"))
        listed: dict[str, Any] = {name: tuple(values.pop(name)) for name in ("keys", "tags")}
        return cls(columns=columns, **listed, **values)


def whole_plan(record_type: RecordType, headers: Sequence[str]) -> Plan:
    """For a table of a whole company's file: every column by its own name, records by their ids."""
    targets = targets_of(record_type, is_whole=True)
    columns = tuple(Column(header, header if header in targets else "") for header in headers)
    natural = ["+".join(record_type.natural)] if record_type.natural else []
    return Plan(
        type_name=record_type.name, columns=columns, keys=("id", "external_id", *natural), owners="empty",
        is_whole=True, section=record_type.name,
    )  # fmt: skip


def default_keys(record_type: RecordType, mapped: Sequence[str]) -> tuple[str, ...]:
    """What names one record for sure and stands in the file: ids, then e-mail, or else phone, or else the name."""
    fields = record_type.fields
    named = {one.removesuffix(BY_ID) for one in mapped} | (
        {"first_name", record_type.title} if FULL_NAME in mapped else set()
    )
    ids = [name for name in (ID, "external_id") if name in mapped]
    kinds = [
        name for kind in ("email", "phone") for name, one in fields.items() if one.kind == kind and not one.is_custom
    ]
    natural = ["+".join(record_type.natural)] if record_type.natural and set(record_type.natural) <= named else []
    titles = [record_type.title] if record_type.title in named else []
    contact = [name for name in kinds if name in mapped]
    return tuple([*ids, *(natural or contact or ([] if ids else titles))[:1]])


def checked(plan: Plan, by: Actor) -> Plan:
    """The plan, if it makes sense. Raises Invalid, naming what does not."""
    errors: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for column in plan.columns:
        if column.target and column.target not in plan.targets:
            errors[column.header] = [_("There is no field “%(name)s”.") % {"name": column.target}]
        elif column.target and column.target in seen:
            words = {"one": seen[column.target], "other": column.header}
            errors[column.header] = [_("“%(one)s” and “%(other)s” would fill the same field. Choose one.") % words]
        seen[column.target] = column.header
    if not any(column.target for column in plan.columns):
        errors["columns"] = [_("Choose a field for at least one column.")]
    errors |= _unfit(plan, set(seen), by)
    if errors:
        raise Invalid(errors)
    return plan


def _unfit(plan: Plan, mapped: set[str], by: Actor) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    named = {one.removesuffix(BY_ID) for one in mapped} | (
        {"first_name", "last_name", "name"} if FULL_NAME in mapped else set()
    )
    given = {name for name, value in {**plan.record_type.initial(by), **plan.fixed}.items() if value}
    missing = [plan.targets[one].label for one in plan.record_type.required if one not in named | given]
    if plan.mode != "update" and missing:
        words = _("New records need %(names)s. Choose a column for it, or only update.")
        errors["columns"] = [words % {"names": ", ".join(missing)}]
    for key in plan.keys:
        if not all(part in named or part in mapped for part in key.split("+")):
            errors["keys"] = [_("To match by “%(key)s”, a column must be mapped to it.") % {"key": key}]
    if plan.mode == "update" and not plan.keys:
        errors["keys"] = [_("Choose by what known records are found.")]
    for name, value, known in (
        ("mode", plan.mode, MODES),
        ("repeats", plan.repeats, REPEATS),
        ("owners", plan.owners, OWNERS),
    ):
        if value not in known:
            errors[name] = [_("Choose one of: %(known)s.") % {"known": ", ".join(known)}]
    if len(plan.tags) > MOST_TAGS or any(len(tag) > 60 for tag in plan.tags):
        errors["tags"] = [_("Give at most %(most)d tags of at most 60 characters.") % {"most": MOST_TAGS}]
    return errors
