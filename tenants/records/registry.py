"""Record types: one declaration beside a model, and the house does the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.fields import Field, Relation, describe
from tenants.records.models import Record

T = TypeVar("T", bound="type[RecordType]")
_types: dict[str, "RecordType"] = {}


@dataclass(frozen=True, kw_only=True)
class Board:
    """Columns by a relation or select field, each with the sum of an amount.

    `of` names the relation of the column rows that the board shows one of at a
    time: a deal board shows the stages of one pipeline.
    """

    by: str
    sums: str = ""
    of: str = ""


class RecordType:
    """What the house knows of a kind of record. Subclass, decorate, done."""

    model: ClassVar[type[Record]]
    title: ClassVar[str] = "name"
    subtitle: ClassVar[str] = ""
    icon: ClassVar[str] = "database"
    columns: ClassVar[tuple[str, ...]] = ()
    form: ClassVar[tuple[str, ...]] = ()
    """Fields a person fills in, in order; the API takes these as well."""
    extra: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")
    history: ClassVar[Mapping[str, tuple[str, Any]]] = {}
    """Icon and words of the module's own actions in the timeline, like {"issued": ("send", _("issued this"))}."""
    quiet: ClassVar[tuple[str, ...]] = ()
    """Derived fields that history keeps but the timeline does not tell."""
    search: ClassVar[tuple[str, ...]] = ()
    sort: ClassVar[str] = "-created_at"
    board: ClassVar[Board | None] = None
    card_template: ClassVar[str] = "records/card.html"
    hidden: ClassVar[tuple[str, ...]] = ()
    """Form fields that travel unseen, like what a task is about."""
    is_square: ClassVar[bool] = False
    """Drawn as an organisation, not a person."""
    has_face: ClassVar[bool] = False
    """Shown with a picture or initials."""
    name: str

    @property
    def label(self) -> str:
        text = str(self.model._meta.verbose_name_plural)
        return text[:1].upper() + text[1:]

    @property
    def singular(self) -> str:
        return str(self.model._meta.verbose_name)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field that is shown, filtered, sorted or written, by name."""
        names = dict.fromkeys([self.title, *self.columns, *self.form, "owner", *self.extra])
        found = {name: describe(self.model._meta.get_field(name)) for name in names}  # type: ignore[arg-type]
        return {name: field for name, field in found.items() if field}

    @cached_property
    def relations(self) -> tuple[str, ...]:
        """What a list has to fetch along, so that rows cost no query of their own."""
        return tuple(name for name, field in self.fields.items() if isinstance(field, Relation))

    def relation(self, name: str) -> Relation:
        found = self.fields[name]
        assert isinstance(found, Relation)
        return found

    def field(self, name: str) -> Field:
        found = self.fields.get(name)
        if not found:
            raise Invalid({name: [f"There is no such field. Known: {', '.join(self.fields)}."]})
        return found

    def path(self, dotted: str) -> str:
        """`account.name` as the ORM writes it."""
        return dotted.replace(".", "__")

    def clean(self, values: Mapping[str, Any], *, creating: bool) -> dict[str, Any]:
        """Parsed values of writable fields. Raises Invalid, naming every field at fault."""
        errors: dict[str, list[str]] = {}
        cleaned: dict[str, Any] = {}
        wanted = dict.fromkeys([*values, *(self.required if creating else ())])
        for name in wanted:
            try:
                cleaned[name] = self._writable(name).parse(values.get(name))
            except ValidationError as error:
                errors[name] = list(error.messages)
        if errors:
            raise Invalid(errors)
        # What a new record leaves empty takes its default, or is derived by the type's rules.
        return {name: value for name, value in cleaned.items() if not creating or values.get(name) not in (None, "")}

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name in self.form if self.fields[name].is_required)

    def _writable(self, name: str) -> Field:
        if name not in self.writable:
            known = ", ".join(self.writable)
            raise ValidationError(f"There is no such field to write. Known: {known}.")
        return self.fields[name]

    @cached_property
    def writable(self) -> tuple[str, ...]:
        names = dict.fromkeys([*self.form, "owner"])
        return tuple(name for name in names if not self.fields[name].is_read_only)

    def initial(self, actor: Actor) -> dict[str, Any]:
        """What a new record's form starts with."""
        return {"owner": actor.user_id}

    def before_save(self, record: Any, changed: Iterable[str], by: Actor) -> None:
        """Check states and derive fields, inside the write's transaction."""

    def before_move(self, record: Any, action: str, by: Actor) -> None:
        """Refuse to put a record into the bin ("deleted") or to take it out ("restored")."""

    def saved(self, record: Any, changes: Mapping[str, Any], by: Actor) -> None:
        """Follow up in other rows of this module, inside the transaction."""

    def decorate(self, rows: list[Any]) -> None:
        """Add to rows what cards or lists show beyond fields, in one query for all."""

    def subtitle_of(self, record: Any) -> str:
        value = getattr(record, self.subtitle, "") if self.subtitle else ""
        return str(value or "")

    @property
    def list_url(self) -> str:
        return reverse("records:list", args=[self.name])

    def url_of(self, record: models.Model) -> str:
        return reverse("records:record", args=[self.name, record.pk])


def record_type(cls: T) -> T:
    """Register a record type under its class's name in small letters, like `deals`."""
    found = cls()
    found.name = cls.__name__.lower()
    if found.name in _types:
        raise ValueError(f"Two record types are called {found.name}")
    _types[found.name] = found
    return cls


def type_named(name: str) -> RecordType:
    """The record type, or NotFound."""
    found = _types.get(name)
    if not found:
        raise NotFound(f"There is no record type “{name}”")
    return found


def type_of(record: models.Model | type[models.Model]) -> RecordType | None:
    """The record type of a model, or None when it has none."""
    model = record if isinstance(record, type) else type(record)
    return next((found for found in _types.values() if found.model is model), None)


def record_types() -> list[RecordType]:
    return list(_types.values())
