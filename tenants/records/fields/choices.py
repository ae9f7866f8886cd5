"""Yes or no, one of a few, some of a few, tags."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from tenants.records.fields.base import CHOICE_OPERATORS, SET_OPERATORS, Field

MOST_CHOICES = 200


class Inside(Field):
    """A custom field that is found by what `custom` contains: one index serves them all."""

    ignores_case = False

    def index_expression(self) -> Any:
        return None

    def equals(self, prefix: str, value: Any) -> Q:
        if self.key:
            return Q(**{f"{prefix}custom__contains": {self.key: self.stored(value)}})
        return super().equals(prefix, value)

    def one_of(self, prefix: str, values: list[Any]) -> Q:
        return super().one_of(prefix, values) if self.key else self.find(prefix, "in", values)


class Boolean(Inside):
    kind = "boolean"
    operators = ("is", "is_not")
    api_type = bool
    WORDS: ClassVar = {
        "true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False,
    }  # fmt: skip

    @property
    def empty(self) -> Any:
        return False

    def loaded(self, stored: Any, record: Any) -> Any:
        return bool(stored)

    def is_blank(self, value: Any) -> bool:
        return not value

    def comparable(self, value: Any) -> Any:
        return "true" if value else "false"

    def differs(self, prefix: str, value: Any) -> Q:
        return self.equals(prefix, not value)

    def equals(self, prefix: str, value: Any) -> Q:
        """In `custom` only what is true is written down."""
        if not self.key:
            return super().equals(prefix, value)
        is_true = super().equals(prefix, True)
        return is_true if value else ~is_true

    def checked(self, raw: Any) -> bool:
        found = self.WORDS.get(str(raw).strip().lower())
        if found is None:
            raise ValidationError(_("Answer yes or no."))
        return found

    def form_field(self) -> forms.Field:
        return forms.BooleanField(required=False, **self.form_words)

    def sent(self, data: Any) -> Any:
        """An unticked box is an answer."""
        return data.get(self.name) or "false"


class Select(Inside):
    kind = "select"
    operators = CHOICE_OPERATORS

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in self.source.flatchoices]

    @property
    def empty(self) -> Any:
        return self.source.get_default() or ""

    def checked(self, raw: Any) -> str:
        """A value of the choices, or its label as people write it in files."""
        text = str(raw).strip()
        if text in dict(self.choices):
            return text
        by_label = {label.casefold(): value for value, label in self.choices}
        if text.casefold() not in by_label:
            known = ", ".join(value for value, _label in self.choices)
            raise ValidationError(_("Choose one of: %(known)s.") % {"known": known})
        return by_label[text.casefold()]

    def text(self, value: Any) -> str:
        return dict(self.choices).get(str(value), "")

    def form_field(self) -> forms.Field:
        choices = self.choices if self.is_required else [("", "—"), *self.choices]
        return forms.CharField(required=self.is_required, widget=forms.Select(choices=choices), **self.form_words)


class Many(Inside):
    """A list of words."""

    operators = SET_OPERATORS
    api_type = list[str]
    is_many = True
    is_sortable = False

    @property
    def empty(self) -> Any:
        return []

    def loaded(self, stored: Any, record: Any) -> Any:
        return list(stored or [])

    def api_of(self, value: Any) -> Any:
        return list(value or [])

    def checked(self, raw: Any) -> list[str]:
        parts = raw if isinstance(raw, list | tuple) else str(raw).split(",")
        found = dict.fromkeys(self.one(str(part).strip()) for part in parts if str(part).strip())
        if len(found) > MOST_CHOICES:
            raise ValidationError(_("Choose at most %(most)d.") % {"most": MOST_CHOICES})
        return list(found)

    def one(self, text: str) -> str:
        return text

    def equals(self, prefix: str, value: Any) -> Q:
        """Has this word."""
        return self.has_all(prefix, [value])

    def has_all(self, prefix: str, values: list[str]) -> Q:
        if self.key:
            return Q(**{f"{prefix}custom__contains": {self.key: values}})
        return self.find(prefix, "contains", values)

    def one_of(self, prefix: str, values: list[str]) -> Q:
        if not self.key:
            return self.find(prefix, "overlap", values)
        found = Q()
        for value in values:
            found |= self.equals(prefix, value)
        return found

    def is_empty(self, prefix: str) -> Q:
        return self._absent(prefix) if self.key else self.find(prefix, "exact", []) | self._absent(prefix)

    def sent(self, data: Any) -> Any:
        """The ticked ones; a form that carries the field says so by a hidden `<name>.sent`."""
        if hasattr(data, "getlist"):
            found = [one for one in data.getlist(self.name) if one]
            return found if found or f"{self.name}.sent" in data or self.name in data else None
        return data.get(self.name)


class MultiSelect(Many):
    kind = "multi_select"

    @property
    def choices(self) -> list[tuple[str, str]]:
        source = getattr(self.source, "base_field", self.source)
        return [(str(value), str(label)) for value, label in source.flatchoices]

    def text(self, value: Any) -> str:
        known = dict(self.choices)
        return ", ".join(known.get(one, one) for one in value)

    def one(self, text: str) -> str:
        known = dict(self.choices)
        by_label = {label.casefold(): value for value, label in self.choices}
        found = text if text in known else by_label.get(text.casefold())
        if found is None:
            raise ValidationError(_("Choose among: %(known)s.") % {"known": ", ".join(known)})
        return found

    def form_field(self) -> forms.Field:
        widget = forms.CheckboxSelectMultiple(choices=self.choices)
        return forms.MultipleChoiceField(
            required=self.is_required, widget=widget, choices=self.choices, **self.form_words
        )


class Tags(Many):
    kind = "tags"
    MOST_LETTERS = 60

    def one(self, text: str) -> str:
        if len(text) > self.MOST_LETTERS or "\x00" in text:
            raise ValidationError(_("A tag has at most %(most)d characters.") % {"most": self.MOST_LETTERS})
        return text

    def form_field(self) -> forms.Field:
        return forms.Field(required=self.is_required, widget=forms.SelectMultiple, **self.form_words)
