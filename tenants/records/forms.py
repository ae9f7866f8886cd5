"""Forms drawn from a record type. They show and carry; the action decides what is right."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from tenants.kernel.errors import Invalid
from tenants.records.fields import Field, Money, Relation
from tenants.records.models import Record
from tenants.records.queries import MOST_OPTIONS
from tenants.records.registry import RecordType


class RecordForm(forms.Form):
    """Inputs for some fields of a type, filled from a record or with initial values."""

    def __init__(
        self, record_type: RecordType, data: Any = None, *, record: Record | None = None,
        initial: Mapping[str, Any] | None = None, names: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.record_type = record_type
        self.names = names or tuple(name for name in record_type.form if name in record_type.writable)
        start = {name: _shown(record_type.fields[name], record) for name in self.names} if record else initial
        super().__init__(data, initial=dict(start or {}), prefix=None)
        for name in self.names:
            self.fields[name] = self._input(record_type.fields[name])

    def _input(self, field: Field) -> forms.Field:
        made = field.form_field()
        made.kind = field.kind  # type: ignore[attr-defined]  # templates choose the control by it
        if isinstance(field, Relation):
            options = [(str(row.pk), str(row)) for row in field.options()[:MOST_OPTIONS]]
            made.widget.choices = [("", "—"), *options]
        if field.name in self.record_type.hidden:
            made.widget = forms.HiddenInput()
        return made

    @property
    def values(self) -> dict[str, Any]:
        """What was sent, raw, for the action. An unticked box is an answer."""
        found = {}
        for name in self.names:
            sent = self.data.get(name)
            if self.record_type.fields[name].kind == "boolean":
                sent = sent or "false"
            if sent is not None:
                found[name] = sent
        return found

    def refuse(self, error: Invalid) -> None:
        """Show an action's refusal at the fields it names."""
        self.is_valid()
        self._errors = ErrorDict()
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


def _shown(field: Field, record: Record | None) -> Any:
    value = field.to_api(record) if record else None
    if isinstance(field, Money) and value is not None:
        return f"{value.normalize():f}"
    return value
