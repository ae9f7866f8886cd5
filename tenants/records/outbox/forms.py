"""Which events, and to whom once more. They carry and show; the actions decide."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Invalid
from tenants.records.events import listeners
from tenants.records.outbox.catalogue import kinds
from tenants.records.outbox.queries import Asked

LOCAL = "%Y-%m-%dT%H:%M"


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S"], required=False)


class StreamForm(forms.Form):
    """The filter of the stream; what does not fit is told and left out."""

    name = forms.ChoiceField(label=_("What"), required=False)
    record = forms.UUIDField(label=_("Record"), required=False)
    since = _moment(_("From"))
    until = _moment(_("To"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        every = [(one.name, f"{one.label} · {one.name}") for one in kinds().values()]
        self.fields["name"].choices = [("", _("Everything")), *every]  # type: ignore[attr-defined]

    @property
    def asked(self) -> Asked:
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        record: UUID | None = found.get("record")
        return Asked(name=found.get("name", ""), record_id=record, since=found.get("since"), until=found.get("until"))


class ReplayForm(forms.Form):
    consumer = forms.ChoiceField(
        label=_("Tell"), help_text=_("What it has done for an event already, it does not do again.")
    )
    name = forms.ChoiceField(label=_("Only"), required=False)
    since = _moment(_("What happened from"))
    until = _moment(_("Until"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        hearing = sorted(((one.key, str(one.label)) for one in listeners()), key=lambda pair: pair[1])
        every = [(one.name, f"{one.label} · {one.name}") for one in kinds().values()]
        self.fields["consumer"].choices = hearing  # type: ignore[attr-defined]
        self.fields["name"].choices = [("", _("Everything it hears")), *every]  # type: ignore[attr-defined]
        self.fields["since"].required = self.fields["until"].required = True

    def refuse(self, error: Invalid) -> None:
        for name, messages in error.errors.items():
            self.add_error(name if name in self.fields else None, messages)
