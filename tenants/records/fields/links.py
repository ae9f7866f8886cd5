"""Other rows: records, users, teams, files."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.records.fields.base import CHOICE_OPERATORS
from tenants.records.fields.choices import Inside


class Uuid(Inside):
    """An id that points somewhere without a relation."""

    kind = "uuid"
    operators = ("is", "is_not", "in", "not_in", "empty", "not_empty")
    api_type = UUID
    is_sortable = False

    @property
    def empty(self) -> Any:
        return None

    def checked(self, raw: Any) -> UUID:
        try:
            return UUID(str(raw))
        except ValueError as error:
            raise ValidationError(_("Give an id, like 01890a5d-ac96-774b-bcce-b302099a8057.")) from error


def mask_of(name: str) -> str:
    """What a row calls it that the actor may see the record behind a relation."""
    return f"sees_{name}"


class Relation(Inside):
    """Another record, by id. `target` is the model; its title is what people see and sort by.

    As a custom field it holds the id alone: a page of rows loads what they point at in one
    query (`queries.with_links`), and what is gone reads as empty.
    """

    kind = "relation"
    operators: ClassVar[tuple[str, ...]] = CHOICE_OPERATORS
    api_type = UUID

    def __init__(self, source: Any, *, key: str = "") -> None:
        super().__init__(source, key=key)
        self.target: type[models.Model] = source.related_model
        self.sort_path = f"{source.name}__{getattr(self.target, 'title_field', 'name')}"
        if key:
            self.is_sortable = False  # type: ignore[misc]  # its title is in another table

    @property
    def id_name(self) -> str:
        return f"{self.name}_id"

    @property
    def empty(self) -> Any:
        return None

    def value(self, record: Any) -> Any:
        """The record; None, too, where the row was read for somebody who may not see it."""
        return super().value(record) if getattr(record, mask_of(self.name), True) else None

    def stored(self, value: Any) -> Any:
        return str(getattr(value, "pk", value))

    def loaded(self, stored: Any, record: Any) -> Any:
        if not stored:
            return None
        links = record.__dict__.setdefault("_links", {})
        if stored not in links:
            from tenants.records.queries import seen_of  # fields are below queries

            links[stored] = seen_of(self.target, [stored]).first()
        return links[stored]

    def options(self) -> "models.QuerySet[Any]":
        """Rows to choose from, those of `visible_to` when the target is a record type."""
        from tenants.records.queries import options_for  # fields are below queries

        return options_for(self.target)

    def checked(self, raw: Any) -> models.Model:
        if isinstance(raw, self.target):
            return raw
        raw = raw.get("id") if isinstance(raw, dict) else raw
        try:
            wanted = UUID(str(raw))
        except ValueError as error:
            raise ValidationError(_("Give the id of one of them.")) from error
        found: models.Model | None = self.options().filter(pk=wanted).first()
        if not found:
            raise ValidationError(_("There is none with this id."))
        return found

    def to_api(self, record: Any) -> Any:
        """The id, without a query."""
        if not self.key:
            return getattr(record, self.source.attname) if getattr(record, mask_of(self.name), True) else None
        stored = record.custom.get(self.key)
        return UUID(stored) if stored else None

    def api_of(self, value: Any) -> Any:
        return {"id": str(value.pk), "name": str(value)} if value else None

    def find(self, prefix: str, lookup: str, value: Any) -> Q:
        if not self.key:
            return Q(**{f"{prefix}{self.path}__{lookup}": value})
        return super().find(prefix, lookup, value)

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.Select, **self.form_words)


class Person(Relation):
    """A user of the company."""

    kind = "user"
    operators: ClassVar[tuple[str, ...]] = (*CHOICE_OPERATORS, "me", "my_team")

    def checked(self, raw: Any) -> models.Model:
        """Whoever acts is known to be there: most records are made by those who will own them."""
        actor = context.actor()
        if actor.user_id and str(raw) == str(actor.user_id):
            return self.target.from_db(None, ["id", "name"], [actor.user_id, actor.name])
        return super().checked(raw)


class TeamLink(Relation):
    """A team of the company."""

    kind = "team"
    operators: ClassVar[tuple[str, ...]] = (*CHOICE_OPERATORS, "my_team")


class FileLink(Relation):
    """A file kept with the record."""

    kind = "file"
    operators: ClassVar[tuple[str, ...]] = ("empty", "not_empty")
    is_sortable = False

    def options(self) -> "models.QuerySet[Any]":
        return self.target._default_manager.filter(deleted_at=None)

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.ClearableFileInput, **self.form_words)
