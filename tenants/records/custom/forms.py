"""The form of an own field: what it is called, what it holds, what may be chosen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Invalid
from tenants.records.custom.actions import MOST_PLACES, WITH_CHOICES
from tenants.records.custom.making import CONFIDENTIAL, KINDS
from tenants.records.models import CustomField
from tenants.records.registry import record_types


def _kinds() -> list[tuple[str, Any]]:
    return [(kind, label) for kind, (label, _make) in KINDS.items()]


def _targets() -> list[tuple[str, str]]:
    return [(found.name, found.label) for found in record_types()]


class FieldForm(forms.Form):
    """Kind, target and places are asked for once: values depend on them."""

    label = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=_kinds)
    choices = forms.CharField(
        label=_("Choices"),
        widget=forms.Textarea({"rows": 5}),
        required=False,
        help_text=_("One on each line. To rename one, write “old name = new name”."),
    )
    target = forms.ChoiceField(label=_("Points at"), choices=_targets, required=False)
    places = forms.IntegerField(
        label=_("Decimal places"), min_value=0, max_value=MOST_PLACES, initial=2, required=False
    )
    help_text = forms.CharField(label=_("Help"), max_length=200, required=False)
    is_required = forms.BooleanField(label=_("Has to be filled in"), required=False)

    def __init__(self, data: Any = None, *, kind: str = "", field: CustomField | None = None) -> None:
        self.definition = field
        self.chosen_kind = field.kind if field else kind or "text"
        super().__init__(data, initial=_initial(field) if field else {"kind": self.chosen_kind})
        for name, kinds in (("choices", WITH_CHOICES), ("target", ("relation",)), ("places", ("decimal",))):
            if self.chosen_kind not in kinds:
                del self.fields[name]
        if self.chosen_kind == CONFIDENTIAL:
            del self.fields["is_required"]
        for name in ("kind", "target", "places") if field else ():
            self.fields.pop(name, None)
        if "kind" in self.fields:
            self.fields["kind"].widget.attrs["data-again"] = ""

    @property
    def values(self) -> dict[str, Any]:
        """What the action is told."""
        asked = (name for name in ("label", "help_text", "is_required") if name in self.fields)
        found: dict[str, Any] = {name: self.cleaned_data[name] for name in asked}
        if "choices" in self.fields:
            found["options"] = {"choices": self._choices()}
        elif self.definition is None:
            found["options"] = {name: self.cleaned_data[name] for name in ("target", "places") if name in self.fields}
        return found

    def _choices(self) -> list[dict[str, str]]:
        """Lines as choices; one that was there keeps its value and colour, under a new name too."""
        known = {one["label"]: one for one in (self.definition.options.get("choices", []) if self.definition else [])}
        found = []
        for line in self.cleaned_data["choices"].splitlines():
            old, equals, new = (part.strip() for part in line.partition("="))
            label = new if equals and old in known else line.strip()
            if label:
                found.append({**known.get(old if equals else label, {}), "label": label})
        return found

    def refuse(self, error: Invalid) -> None:
        self.full_clean()
        for name, messages in error.errors.items():
            wanted = "choices" if name == "options" and "choices" in self.fields else name
            for message in messages:
                self.add_error(wanted if wanted in self.fields else None, message)


def _initial(field: CustomField) -> dict[str, Any]:
    choices = "\n".join(one["label"] for one in field.options.get("choices", []))
    return {
        "label": field.label, "help_text": field.help_text, "is_required": field.is_required, "choices": choices,
    }  # fmt: skip
