"""The form that writes a call down by hand. It shows and carries; the action decides."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.crm.models import Contact
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.queries import MOST_OPTIONS, options_for, record_for
from tenants.records.registry import type_named
from tenants.voice.enums import LOGGED, Direction, Disposition


class LogForm(forms.Form):
    contact = forms.ChoiceField(label=_("Contact"))
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=[(one.value, one.label) for one in LOGGED])
    started_at = forms.DateTimeField(
        label=_("Started"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1440, required=False)
    disposition = forms.ChoiceField(label=_("Result"), choices=[("", "—"), *Disposition.choices], required=False)
    notes = forms.CharField(label=_("Notes"), widget=forms.Textarea({"rows": 3}), max_length=20_000, required=False)

    def __init__(self, data: Any = None, *, about: Any = None) -> None:
        super().__init__(data, initial={"started_at": timezone.localtime(), "minutes": 5})
        self.about = about
        if about:
            del self.fields["contact"]
            return
        people = [(str(one.pk), str(one)) for one in options_for(Contact)[:MOST_OPTIONS]]
        self.fields["contact"].choices = [("", "—"), *people]  # type: ignore[attr-defined]

    def record(self, actor: Actor) -> Any:
        """What the call is about."""
        return self.about or record_for(actor, type_named("contacts"), UUID(self.cleaned_data["contact"]))

    @property
    def values(self) -> dict[str, Any]:
        names = ("direction", "outcome", "started_at", "disposition", "notes")
        found = {name: self.cleaned_data[name] for name in names}
        return found | {"talk_seconds": 60 * (self.cleaned_data.get("minutes") or 0)}

    def refuse(self, error: Invalid) -> None:
        for name, words in error.errors.items():
            for word in words:
                self.add_error(name if name in self.fields else None, word)
