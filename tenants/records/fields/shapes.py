"""Values with parts: postal addresses, free JSON."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from tenants.records.fields.base import Field

MOST_BYTES = 20_000
ADDRESS_PARTS = ("line1", "line2", "city", "region", "postal_code", "country")
PLACE_PARTS = {"latitude": 90, "longitude": 180}


class Shape(Field):
    """A JSON value, in a column of its own or in `custom`."""

    ignores_case = False
    is_sortable = False

    @property
    def empty(self) -> Any:
        return {}

    def index_expression(self) -> Any:
        return None

    def api_of(self, value: Any) -> Any:
        return value

    def expression(self, prefix: str = "") -> Any:
        """The whole value as text, to search in."""
        return super().expression(prefix) if self.key else Cast(f"{prefix}{self.path}", TextField())

    def find(self, prefix: str, lookup: str, value: Any) -> Q:
        expression = self.expression(prefix)
        return Q(TextField().get_lookup(lookup)(expression, value))  # type: ignore[misc]

    def is_empty(self, prefix: str) -> Q:
        return self._absent(prefix) if self.key else Q(**{f"{prefix}{self.path}": {}}) | self._absent(prefix)


class Address(Shape):
    kind = "address"
    operators = ("contains", "not_contains", "empty", "not_empty")

    @property
    def api_type(self) -> Any:
        from tenants.records.fields.addresses import AddressShape  # pydantic, for processes that have the API

        return AddressShape

    def checked(self, raw: Any) -> dict[str, Any]:
        """Its parts, or a text that becomes the first line."""
        raw = raw.model_dump() if hasattr(raw, "model_dump") else raw
        given = raw if isinstance(raw, dict) else _object(raw) or {"line1": str(raw)}
        unknown = set(given) - {*ADDRESS_PARTS, *PLACE_PARTS}
        if unknown:
            known = ", ".join((*ADDRESS_PARTS, *PLACE_PARTS))
            raise ValidationError(_("An address has these parts: %(known)s.") % {"known": known})
        found = {part: self._part(part, given.get(part)) for part in (*ADDRESS_PARTS, *PLACE_PARTS)}
        return {part: value for part, value in found.items() if value not in (None, "")}

    def _part(self, part: str, raw: Any) -> Any:
        if part in PLACE_PARTS:
            return _degrees(raw, PLACE_PARTS[part])
        text = str(raw or "").replace("\x00", "").strip()
        if len(text) > 200:
            raise ValidationError(
                _("Use at most %(most)d characters; this has %(now)d.") % {"most": 200, "now": len(text)}
            )
        if part == "country" and text and not (len(text) == 2 and text.isascii() and text.isalpha()):
            raise ValidationError(_("Write the country as two letters, like IN."))
        return text.upper() if part == "country" else text

    def part(self, name: str) -> "AddressPart":
        """`address.city` as a field of its own, to filter by."""
        return AddressPart(self, name)

    def text(self, value: dict[str, Any]) -> str:
        return ", ".join(str(value[part]) for part in ADDRESS_PARTS if value.get(part))

    def sent(self, data: Any) -> Any:
        parts = {part: data.get(f"{self.name}.{part}") for part in (*ADDRESS_PARTS, *PLACE_PARTS)}
        given = {part: value for part, value in parts.items() if value is not None}
        return given or data.get(self.name)

    def parse(self, raw: Any) -> Any:
        is_bare = isinstance(raw, dict) and not any(raw.values())
        return super().parse(None if is_bare else raw)


class AddressPart(Field):
    """One part of an address, as text."""

    def __init__(self, whole: Address, part: str) -> None:
        super().__init__(whole.source, key=whole.key)
        self.whole, self.part_name = whole, part
        self.name, self.label = f"{whole.name}.{part}", f"{whole.label}: {part.replace('_', ' ')}"
        self.is_nullable, self.is_sortable = True, False  # type: ignore[misc]

    def value(self, record: Any) -> Any:
        return (self.whole.value(record) or {}).get(self.part_name, "")

    def expression(self, prefix: str = "") -> Any:
        if not self.key:
            return KeyTextTransform(self.part_name, f"{prefix}{self.whole.path}")
        return KeyTextTransform(self.part_name, _inner(self.key, prefix))

    def find(self, prefix: str, lookup: str, value: Any) -> Q:
        return Q(TextField().get_lookup(lookup)(self.expression(prefix), value))  # type: ignore[misc]

    def is_empty(self, prefix: str) -> Q:
        return self._absent(prefix)

    def _absent(self, prefix: str) -> Q:
        return self.find(prefix, "isnull", True)


def _inner(key: str, prefix: str) -> Any:
    from django.db.models.fields.json import KeyTransform

    return KeyTransform(key, f"{prefix}custom")


class Json(Shape):
    """Any JSON value, for programs."""

    kind = "json"
    operators = ("contains", "empty", "not_empty")
    api_type = Any

    def checked(self, raw: Any) -> Any:
        value = raw
        if isinstance(raw, str):
            try:
                value = json.loads(raw)
            except (ValueError, RecursionError) as error:
                raise ValidationError(_("This is not JSON: %(why)s") % {"why": error}) from error
        text = json.dumps(value)
        if len(text) > MOST_BYTES or "\\u0000" in text:
            raise ValidationError(_("Use at most %(most)d bytes of JSON, without zero bytes.") % {"most": MOST_BYTES})
        return value

    def shown(self, record: Any) -> Any:
        value = self.value(record)
        return json.dumps(value, ensure_ascii=False, indent=2) if value not in (None, {}) else ""

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.Textarea, **self.form_words)


def _object(raw: Any) -> dict[str, Any] | None:
    """The object that a text holds as JSON, if it does."""
    try:
        found = json.loads(str(raw))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _degrees(raw: Any, most: int) -> float | None:
    if raw in (None, ""):
        return None
    try:
        value = float(raw)
    except (TypeError, ValueError) as error:
        raise ValidationError(_("Write degrees as a number, like 18.5204.")) from error
    if not -most <= value <= most:
        raise ValidationError(_("Write degrees between -%(most)d and %(most)d.") % {"most": most})
    return value
