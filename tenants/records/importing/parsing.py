"""Values of rows parsed, each different one of a field once: cities, titles and tags repeat from row to row."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from tenants.kernel.errors import Invalid
from tenants.records.fields import Field, Relation
from tenants.records.registry import RecordType

KEPT_VALUES = 1_000
"""Of each field; then its memory is emptied, so that a column of e-mail addresses cannot fill it."""


class Parsers:
    """What `RecordType.clean` does, for many rows of the same columns."""

    def __init__(self, record_type: RecordType) -> None:
        self.record_type = record_type
        self.fields: Mapping[str, Field] = {}
        self.writable: frozenset[str] = frozenset()
        self.required: tuple[str, ...] = ()
        self._known: dict[str, dict[str, Any]] = {}

    def renew(self) -> None:
        """Look again at what the company's fields are: somebody may have changed them since the last piece."""
        now = self.record_type.fields
        if now is not self.fields:
            self.fields, self._known = now, {}
            self.writable, self.required = frozenset(self.record_type.writable), self.record_type.required

    def clean(self, raws: Mapping[str, Any]) -> dict[str, Any]:
        """Parsed values. Raises Invalid, naming every field at fault."""
        values: dict[str, Any] = {}
        errors: dict[str, list[str]] = {}
        for name, raw in raws.items():
            known = self._known.get(name)
            if known is not None and type(raw) is str and raw in known:
                values[name] = known[raw]
                continue
            try:
                values[name] = self._parsed(name, raw)
            except ValidationError as error:
                errors[name] = list(error.messages)
        if errors:
            raise Invalid(errors)
        return values

    def _parsed(self, name: str, raw: Any) -> Any:
        if name not in self.writable:
            raise ValidationError(f"There is no such field to write. Known: {', '.join(self.record_type.writable)}.")
        field = self.fields[name]
        value = field.parse(raw)
        if type(raw) is str and not isinstance(field, Relation) and not isinstance(value, list | dict):
            known = self._known.setdefault(name, {})
            if len(known) >= KEPT_VALUES:
                known.clear()
            known[raw] = value
        return value
