"""The field object: what the house knows of one field, whatever it is stored in.

A field parses input, sorts, filters, and speaks to forms, files and the API; how it
looks in a cell is in `cells`. It stands for a column of the table, or, when it has a
`key`, for a value in the record's `custom`, where a company's own fields live.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _

TEXT_OPERATORS = ("is", "is_not", "contains", "not_contains", "starts_with", "in", "not_in", "empty", "not_empty")
ORDER_OPERATORS = ("is", "is_not", "gt", "gte", "lt", "lte", "between", "empty", "not_empty")
CHOICE_OPERATORS = ("is", "is_not", "in", "not_in", "empty", "not_empty")
SET_OPERATORS = ("has_any", "has_all", "has_none", "empty", "not_empty")


class Field:
    """One field of a record type. `path` is its ORM look-up, `name` what the outside calls it."""

    kind: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = TEXT_OPERATORS
    api_type: ClassVar[Any] = str
    is_numeric: ClassVar[bool] = False
    is_sortable: ClassVar[bool] = True
    is_many: ClassVar[bool] = False
    """The value is a list."""
    ignores_case: ClassVar[bool] = True
    is_secret: ClassVar[bool] = False
    """Encrypted, and out of sight: lists, filters, files and searches do not know the field."""

    def __init__(self, source: "models.Field[Any, Any]", *, key: str = "") -> None:
        self.source = source
        self.key = key
        self.name = f"custom.{key}" if key else source.name
        self.path = self.sort_path = f"custom__{key}" if key else source.name
        self.label = str(source.verbose_name)[:1].upper() + str(source.verbose_name)[1:]
        self.help_text = str(source.help_text)
        self.is_read_only = not source.editable or isinstance(source, models.GeneratedField)
        self.is_required = not (source.blank or source.null or source.has_default() or self.is_read_only)
        self.is_nullable = source.null or bool(key)
        self.max_length = getattr(source, "max_length", None)

    @property
    def is_custom(self) -> bool:
        return bool(self.key)

    # Values

    def value(self, record: Any) -> Any:
        return self.loaded(record.custom.get(self.key), record) if self.key else getattr(record, self.name)

    def assign(self, record: Any, value: Any) -> None:
        """Set the value on a record; what is empty leaves no trace in `custom`."""
        if not self.key:
            setattr(record, self.name, value)
        elif self.is_blank(value):
            record.custom.pop(self.key, None)
        else:
            record.custom[self.key] = self.stored(value)

    def stored(self, value: Any) -> Any:
        """As `custom` keeps it: JSON, and text that sorts as the values do where that matters."""
        return value

    def loaded(self, stored: Any, record: Any) -> Any:
        """What `stored` wrote, as a value again."""
        return stored

    def place(self, custom: Mapping[str, Any]) -> Any:
        """Where a record stands in the order of a custom field: its value, or None without one."""
        stored = custom.get(self.key)
        return None if stored is None else self.loaded(stored, None)

    def is_blank(self, value: Any) -> bool:
        return value is None or value in ("", [], {})

    def parse(self, raw: Any) -> Any:
        """Outside to inside; None or "" for empty. Raises ValidationError with words for a person."""
        if raw is None or (isinstance(raw, str) and not raw.strip()) or raw in ([], {}):
            if self.is_required:
                raise ValidationError(_("Fill this in."))
            return None if self.is_nullable else self.empty
        return self.checked(raw)

    @property
    def empty(self) -> Any:
        return ""

    def checked(self, raw: Any) -> Any:
        text = str(raw).strip() if self.kind not in ("long_text", "rich_text") else str(raw)
        if "\x00" in text:
            raise ValidationError(_("Remove the zero byte."))
        if self.max_length and len(text) > self.max_length:
            raise ValidationError(
                _("Use at most %(most)d characters; this has %(now)d.") % {"most": self.max_length, "now": len(text)}
            )
        return text

    # The API, files and history

    def to_api(self, record: Any) -> Any:
        return self.value(record)

    def api_of(self, value: Any) -> Any:
        """A plain value as history, events and files keep it: JSON types only."""
        return value if value is None or isinstance(value, bool | int | str) else str(value)

    # Forms

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, max_length=self.max_length, **self.form_words)

    @property
    def form_words(self) -> dict[str, Any]:
        return {"label": self.label, "help_text": self.help_text}

    def sent(self, data: Any) -> Any:
        """The raw value in a form that was sent; None when the form did not carry the field."""
        return data.get(self.name)

    def shown(self, record: Any) -> Any:
        """What a form starts with."""
        return self.to_api(record)

    # The database

    def expression(self, prefix: str = "") -> Any:
        """The value in SQL. `prefix` leads through relations, like `account__`."""
        return self.cast(KeyTextTransform(self.key, f"{prefix}custom")) if self.key else F(f"{prefix}{self.path}")

    def cast(self, text: Any) -> Any:
        """From the text in `custom` to what compares as the values do."""
        return text

    def index_expression(self) -> Any:
        """What an index on a custom field holds; None where the one of `custom` serves."""
        from django.db.models.functions import Upper

        return Upper(self.expression())

    def find(self, prefix: str, lookup: str, value: Any) -> Q:
        """A condition on the value, by the name of a look-up of Django's."""
        if not self.key:
            return Q(**{f"{prefix}{self.path}__{lookup}": value})
        expression = self.expression(prefix)
        return Q(expression.output_field.get_lookup(lookup)(expression, self.comparable(value)))

    def comparable(self, value: Any) -> Any:
        """A value as `expression` compares it, for custom fields."""
        return self.stored(value)

    def equals(self, prefix: str, value: Any) -> Q:
        return self.find(prefix, "iexact" if self.ignores_case else "exact", value)

    def differs(self, prefix: str, value: Any) -> Q:
        return ~self.equals(prefix, value) | self._absent(prefix)

    def one_of(self, prefix: str, values: list[Any]) -> Q:
        found = Q()
        for value in values:
            found |= self.equals(prefix, value)
        return found

    def none_of(self, prefix: str, values: list[Any]) -> Q:
        return ~self.one_of(prefix, values) | self._absent(prefix)

    def is_empty(self, prefix: str) -> Q:
        if self.key or self.is_nullable:
            absent = self._absent(prefix)
            return absent if self.key or self.empty != "" else absent | self.find(prefix, "exact", "")
        # Through a relation that may be missing, a value is missing too.
        absent = Q(**{f"{prefix}{self.path}__isnull": True})
        return absent | self.find(prefix, "exact", "") if self.empty == "" else absent

    def _absent(self, prefix: str) -> Q:
        if self.key:
            return Q(IsNull(self.expression(prefix), True))
        return Q(**{f"{prefix}{self.path}__isnull": True})
