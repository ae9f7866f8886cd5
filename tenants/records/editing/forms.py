"""Forms drawn from a record type. They show and carry; the action decides what is right."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.forms.utils import ErrorDict
from django.urls import reverse

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.editing.sections import folded_heads, parted
from tenants.records.editing.stale import Clash, prints_of
from tenants.records.editing.widgets import AddressBox, FileBox, Picker, RichBox, SecretBox, TagBox
from tenants.records.fields import Field, FileLink, Relation
from tenants.records.models import Record
from tenants.records.registry import RecordType, type_of


class RecordForm(forms.Form):
    """Inputs for some fields of a type, filled from a record or with initial values."""

    def __init__(
        self, record_type: RecordType, data: Any = None, *, record: Record | None = None,
        initial: Mapping[str, Any] | None = None, names: tuple[str, ...] = (), auto_id: str = "id_%s",
    ) -> None:  # fmt: skip
        self.record_type, self.record = record_type, record
        self.names = names or tuple(name for name in record_type.asked if name in record_type.writable)
        self.clashes: Mapping[str, Clash] = {}
        self.matches: list[tuple[str, str, str]] = []  # records like the one that is being made
        start = {name: record_type.fields[name].shown(record) for name in self.names} if record else initial
        super().__init__(data, initial=dict(start or {}), prefix=None, auto_id=auto_id)
        for name in self.names:
            self.fields[name] = self._input(record_type.fields[name])

    def _input(self, field: Field) -> forms.Field:
        made = field.form_field()
        made.kind = field.kind  # type: ignore[attr-defined]  # templates choose the control by it
        if widget := self._widget(field):
            made.widget = widget
            widget.is_required = made.required
        if field.name in self.record_type.hidden:
            made.widget = forms.HiddenInput()
        return made

    def _widget(self, field: Field) -> forms.Widget | None:
        """The control of ours for a kind that the browser has none for."""
        if isinstance(field, FileLink):
            return self._file_box(field)
        if isinstance(field, Relation):
            return self._picker(field)
        if field.kind == "tags":
            return TagBox(url=reverse("records:tag-options") if not field.is_custom else "")
        if field.is_secret:
            return SecretBox(is_set=bool(self.record and field.value(self.record)))
        return {"rich_text": RichBox, "address": AddressBox}.get(field.kind, lambda: None)()

    def _picker(self, field: Relation) -> Picker:
        target = type_of(field.target)
        may_make = bool(target and context.actor().may("create", target.name))
        return Picker(
            url=reverse("records:field-options", args=[self.record_type, field.name]),
            shown=self._name_of(field),
            create_url=reverse("records:options", args=[target]) if target and may_make else "",
        )

    def _file_box(self, field: FileLink) -> FileBox:
        args = [self.record_type, self.record.pk] if self.record else [self.record_type]
        chosen = self._chosen(field)
        return FileBox(
            url=reverse("records:files" if self.record else "records:loose-files", args=args),
            shown=self._name_of(field),
            open_url=reverse("records:file", args=[chosen]) if chosen else "",
        )

    def _chosen(self, field: Relation) -> UUID | None:
        """The id that the input holds; None for none, or for what is no id."""
        raw = self.data.get(field.name) if self.is_bound else self.initial.get(field.name)
        try:
            return UUID(str(getattr(raw, "pk", raw))) if raw else None
        except ValueError:
            return None

    def _name_of(self, field: Relation) -> str:
        chosen = self._chosen(field)
        if chosen is None:
            return ""
        if self.record and field.to_api(self.record) == chosen:
            return str(field.value(self.record) or "")
        return str(field.options().filter(pk=chosen).first() or "")

    @property
    def parts(self) -> list[tuple[str, list[Any], bool]]:
        """The inputs under their heads, each with the clash it is in, if any; and whether they are folded away.

        Folded is what does not concern the record as it is, unless something in it has to be looked at.
        """
        shown = [name for name in self.names if not self[name].is_hidden]
        folded = folded_heads(self.record_type, self.record)
        return [
            (
                label,
                [(self[name], self.clashes.get(name)) for name in names],
                label in folded and not any(name in self.clashes or self[name].errors for name in names),
            )
            for label, names in parted(self.record_type, shown)
        ]

    @property
    def was(self) -> str:
        """What the fields hold as the form is drawn, to see later who changed what."""
        if self.record is None:
            return ""
        return json.dumps(prints_of(self.record_type, self.record, self.names))

    @property
    def values(self) -> dict[str, Any]:
        """What was sent, raw, for the action. An unticked box is an answer."""
        found = {}
        for name in self.names:
            sent = self.record_type.fields[name].sent(self.data)
            if sent is not None:
                found[name] = sent
        return found

    @property
    def was_sent(self) -> dict[str, str]:
        """The prints that the form carried; what cannot be read counts as none."""
        try:
            found = json.loads(self.data.get("was", "") or "{}")
        except ValueError:
            return {}
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def refuse(self, error: Invalid) -> None:
        """Show an action's refusal at the fields it names."""
        self.is_valid()
        self._errors = ErrorDict()
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)
