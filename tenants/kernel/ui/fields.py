"""Django form fields drawn in our look: which kind of control, with which attributes."""

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "check"),
    (forms.CheckboxSelectMultiple, "checks"),  # a kind of RadioSelect to Django, so it comes first
    (forms.RadioSelect, "choices"),
    (forms.FileInput, "file"),
    (forms.ColorInput, "colour"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)
_ATTRIBUTES = {
    "check": {"class": "tick"},
    "switch": {"class": "switch", "role": "switch"},
    "choices": {},
    "checks": {},
    "file": {},
    "bare": {},
    "money": {"inputmode": "decimal", "class": "num"},
    "phone": {"inputmode": "tel", "class": "num", "autocomplete": "tel"},
    "e-mail": {"class": "input", "autocomplete": "email"},
    "colour": {"class": "input", "maxlength": "7"},
}
_INPUT_TYPES = {"phone": "tel", "date": "date", "e-mail": "email", "colour": "text", "money": "text"}


def kind_of(field: BoundField) -> str:
    """The control that suits the field's widget; `kind` on <c-field> may say otherwise."""
    widget = field.field.widget
    if own := getattr(widget, "control_kind", ""):
        return str(own)
    for widget_class, kind in _KINDS:
        if isinstance(widget, widget_class):
            return kind
    if isinstance(field.field, forms.DateField) and not isinstance(field.field, forms.DateTimeField):
        return "date"
    return "text"


def control(field: BoundField, kind: str = "", **extra: str) -> SafeString:
    """The widget's HTML with our classes and the links to its help and error."""
    kind = kind or kind_of(field)
    attributes: dict[str, str | bool] = {**_ATTRIBUTES.get(kind, {"class": "input"}), **extra}
    given = field.field.widget.attrs
    attributes = {name: value for name, value in attributes.items() if name not in given}
    if "class" in given and kind not in {"choices", "checks"}:
        attributes["class"] = f"{_ATTRIBUTES.get(kind, {'class': 'input'}).get('class', '')} {given['class']}"
    _set_input_type(field.field.widget, kind)
    if describedby := described_by(field):
        attributes["aria-describedby"] = describedby
    return field.as_widget(attrs=attributes)


def _set_input_type(widget: forms.Widget, kind: str) -> None:
    """A form's widgets are its own copies, so setting the type reaches no other form."""
    if isinstance(widget, forms.TextInput | forms.DateInput) and kind in _INPUT_TYPES:
        widget.input_type = _INPUT_TYPES[kind]
    if isinstance(widget, forms.DateInput):
        widget.format = "%Y-%m-%d"


def described_by(field: BoundField) -> str:
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}_help")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)
