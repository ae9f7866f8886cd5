"""Forms of the vocabulary. They carry and show; the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import Invalid
from tenants.records.models import Tag

TONES = [("", _("Grey")), ("good", _("Green")), ("warn", _("Amber")), ("bad", _("Red")), ("info", _("Blue")),
         ("brand", _("Brand"))]  # fmt: skip


class TagForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    tone = forms.ChoiceField(label=_("Colour"), choices=TONES, required=False)

    def refuse(self, error: Invalid) -> None:
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class MergeForm(TagForm):
    name = None  # type: ignore[assignment]
    tone = None  # type: ignore[assignment]
    kept = forms.ModelChoiceField(Tag.objects.none(), label=_("Becomes"), empty_label=_("Choose a tag"))

    def __init__(self, data: Any, *, besides: Tag) -> None:
        super().__init__(data)
        self.fields["kept"].queryset = Tag.objects.exclude(pk=besides.pk)  # type: ignore[attr-defined]
