"""Record types: one declaration beside a model, and the house does the rest."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.bulk.protocol import BulkAction
from tenants.records.fields import Field, Relation, describe, mask_of
from tenants.records.limits import allowed
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


@dataclass(frozen=True, kw_only=True)
class Section:
    """Some fields under a head of their own, in forms and on the record's page.

    `shown_if` leaves the head out of the page of a record that does not meet it.
    """

    label: Any
    fields: tuple[str, ...]
    shown_if: Callable[[Any], bool] | None = None


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
    card_fields: ClassVar[tuple[str, ...]] = ()
    """What the generic card shows under its title; empty: the first columns."""
    sections: ClassVar[tuple[Section, ...]] = ()
    """Heads that part the fields; what none of them names comes first."""
    hidden: ClassVar[tuple[str, ...]] = ()
    """Form fields that travel unseen, like what a task is about."""
    is_common: ClassVar[bool] = False
    """Belongs to the whole company, like the stages of a pipeline: whoever may see the type sees every row."""
    is_square: ClassVar[bool] = False
    """Drawn as an organisation, not a person."""
    has_face: ClassVar[bool] = False
    """Shown with a picture or initials."""
    bulk: ClassVar[tuple[BulkAction, ...]] = ()
    """What the module lets people do to many of its records, besides editing and deleting."""
    natural: ClassVar[tuple[str, ...]] = ()
    """Fields that together name one record among all of the type, like the pipeline and name of a stage."""
    singly: ClassVar[tuple[str, ...]] = ()
    """Fields whose rules look at other rows of the type: rows that carry them are written one after the other."""
    comes_in: ClassVar[bool] = True
    """Whether a whole company's file may bring some in; issued documents stay with who issued them."""
    kept: ClassVar[tuple[str, ...]] = ("created_by",)
    """Columns that no list shows, and that go along when a company moves as a whole."""
    set_apart: ClassVar[tuple[str, ...]] = ()
    """Read-only columns that imports and undo leave alone: an action of their own sets them."""
    duplicate_keys: ClassVar[tuple[str, ...] | None] = None
    """Fields by which two records may be one; None guesses from the kinds of fields, () never looks."""
    name: str
    _writable: tuple[Mapping[str, Field] | None, tuple[str, ...]] = (None, ())

    @property
    def label(self) -> str:
        text = str(self.model._meta.verbose_name_plural)
        return text[:1].upper() + text[1:]

    @property
    def singular(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Every field that the one who acts may see, by name: ours, then the company's own.

        What is hidden from them does not exist for them: not in lists, forms, filters, orders, files or the API.
        """
        return allowed(self.name, self.known_fields)

    @property
    def open_fields(self) -> Mapping[str, Field]:
        """Those of them that lists, cards, filters and files may hold: all but the confidential ones."""
        fields = self.fields
        return {n: one for n, one in fields.items() if not one.is_secret} if _has_secrets(fields) else fields

    @property
    def known_fields(self) -> Mapping[str, Field]:
        """Every field, whoever acts: for the house's own work, like history and merging."""
        from tenants.records.custom.memory import with_own  # definitions may point at record types

        return with_own(self.name, self.own_fields)

    @property
    def all_fields(self) -> Mapping[str, Field]:
        """All that a record holds: also what no list shows, and values of fields that were retired."""
        from tenants.records.custom.memory import retired_fields  # definitions may point at record types

        hidden = {name: describe(self.model._meta.get_field(name)) for name in self.kept}  # type: ignore[arg-type]
        known = {name: field for name, field in hidden.items() if field}
        return {**known, **retired_fields(self.name), **self.known_fields}

    @cached_property
    def own_fields(self) -> dict[str, Field]:
        """The fields that are columns, the same for every company."""
        names = dict.fromkeys([self.title, *self.columns, *self.form, "owner", "tags", "external_id", *self.extra])
        found = {name: describe(self.model._meta.get_field(name)) for name in names}  # type: ignore[arg-type]
        return {name: field for name, field in found.items() if field}

    @cached_property
    def relations(self) -> tuple[str, ...]:
        """What a list has to fetch along, so that rows cost no query of their own."""
        return tuple(name for name, field in self.own_fields.items() if isinstance(field, Relation))

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
        fields, writable = self.fields, self.writable
        for name in wanted:
            try:
                if name not in writable:
                    raise ValidationError(f"There is no such field to write. Known: {', '.join(writable)}.")
                cleaned[name] = fields[name].parse(values.get(name))
            except ValidationError as error:
                errors[name] = list(error.messages)
        if errors:
            raise Invalid(errors)
        # What a new record leaves empty takes its default, or is derived by the type's rules.
        return {name: value for name, value in cleaned.items() if not creating or values.get(name) not in (None, "")}

    @property
    def required(self) -> tuple[str, ...]:
        fields = self.fields
        return tuple(name for name in self.asked if fields[name].is_required)

    @property
    def asked(self) -> tuple[str, ...]:
        """What a form asks for: `form`, then the company's own fields."""
        fields = self.fields
        form = (name for name in self.form if name in fields)
        return (*form, *(name for name, field in fields.items() if field.is_custom))

    @property
    def every_writable(self) -> tuple[str, ...]:
        """What may be written by whoever no field rule stops."""
        known = self.known_fields
        own = (name for name, field in known.items() if field.is_custom)
        names = dict.fromkeys([*self.form, *own, "owner", "tags", "external_id"])
        return tuple(name for name in names if not known[name].is_read_only)

    @property
    def unhideable(self) -> Mapping[str, str]:
        """Fields that no rule hides, by name, each with the reason: the house could not work without them."""
        reasons = {
            "owner": _("It decides who may see and change a record."),
            "tags": _("They belong to everybody who sees the record."),
            "external_id": _("Programs find the record by it."),
            **dict.fromkeys(self.natural, _("It tells one record from another.")),
            self.title: _("It is what the record is called by."),
        }
        if self.board:
            reasons[self.board.by] = _("The board is made of it.")
        known = self.known_fields
        return {name: reason for name, reason in reasons.items() if name in known}

    @property
    def writable(self) -> tuple[str, ...]:
        fields = self.fields
        if self._writable[0] is not fields:  # a page asks a hundred times
            names = dict.fromkeys([*self.asked, "owner", "tags", "external_id"])
            self._writable = fields, tuple(n for n in names if n in fields and not fields[n].is_read_only)
        return self._writable[1]

    def initial(self, actor: Actor) -> dict[str, Any]:
        """What a new record's form starts with."""
        return {"owner": actor.user_id}

    def named(self, text: str) -> dict[str, Any]:
        """The values of a record of which only a name is known, as somebody types it into a picker."""
        return {self.title: text}

    def before_save(self, record: Any, changed: Iterable[str], by: Actor) -> None:
        """Check states and derive fields, inside the write's transaction."""

    def before_move(self, record: Any, action: str, by: Actor) -> None:
        """Refuse to put a record into the bin ("deleted") or to take it out ("restored")."""

    def saved(self, record: Any, changes: Mapping[str, Any], by: Actor) -> None:
        """Follow up in other rows of this module, inside the transaction."""

    def brought(self, record: Any, by: Actor) -> None:
        """Follow up on a record brought here whole, in place of `saved`: what that did happened where it came from."""

    def begin(self, by: Actor) -> None:
        """A whole company's file is about to bring the first rows: make room where untouched ones were planted."""

    def decorate(self, rows: list[Any]) -> None:
        """Add to rows what cards or lists show beyond fields, in one query for all."""

    @property
    def has_own_card(self) -> bool:
        """Whether the type draws its cards itself; the generic card shows fields of the list."""
        return self.card_template != RecordType.card_template or type(self).card is not RecordType.card

    def card(self, record: Any) -> SafeString | None:
        """The record as a card of a board, `decorate`d before; None leaves it to `card_template`."""
        return None

    def subtitle_of(self, record: Any) -> str:
        """The second line, if the one who acts may see what it says."""
        return self.subtitles_of([record])[0]

    def subtitles_of(self, records: Iterable[Any]) -> list[str]:
        """The second line of each; whether a rule hides it is asked once."""
        if self.subtitle in self.known_fields and self.subtitle not in self.fields:
            return ["" for _record in records]
        mask = mask_of(self.subtitle)
        return [self.second_line(one) if getattr(one, mask, True) else "" for one in records]

    def second_line(self, record: Any) -> str:
        """What stands below the title, whoever reads it."""
        value = getattr(record, self.subtitle, "") if self.subtitle else ""
        return str(value or "")

    @property
    def list_url(self) -> str:
        return self._base_url

    @cached_property
    def _base_url(self) -> str:
        """Found once: a page of rows asks for it hundreds of times."""
        return reverse("records:list", args=[self.name])

    def url_of(self, record: models.Model) -> str:
        return f"{self._base_url}{record.pk}/"


def _has_secrets(fields: Mapping[str, Field]) -> bool:
    return any(one.is_secret for one in fields.values())


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
