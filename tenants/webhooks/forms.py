"""Forms of endpoints and addresses. They carry and show; the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenants.identity.forms import ActionForm
from tenants.kernel.errors import Invalid
from tenants.records.outbox.catalogue import EventKind
from tenants.records.registry import type_named
from tenants.webhooks.actions import Terms, terms_of
from tenants.webhooks.checking import written_headers
from tenants.webhooks.events import families
from tenants.webhooks.inbound.actions import HookTerms
from tenants.webhooks.models import Endpoint, InboundHook

ORDERS = [("parallel", _("As fast as it can be")), ("ordered", _("In order for each record"))]


def _text(label: Any, most: int, help_text: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, **more)


class EndpointForm(ActionForm):
    name = _text(_("Name"), 80, _("As people here know the other side."), widget=forms.TextInput({"autofocus": True}))
    url = _text(_("Address"), 1000, widget=forms.URLInput({"placeholder": "https://"}))
    events = forms.Field(label=_("Events"), required=False, widget=forms.MultipleHiddenInput)
    order = forms.ChoiceField(
        label=_("Sending"), choices=ORDERS, initial="parallel", widget=forms.RadioSelect,
        help_text=_("In order, what fails holds back what happened later to the same record."),
    )  # fmt: skip
    headers = forms.CharField(
        label=_("Headers of your own"), required=False, max_length=12_000,
        widget=forms.Textarea({"rows": 2, "placeholder": "Authorization: Bearer …", "autocomplete": "off"}),
        help_text=_("One in each line. Values are kept encrypted and never shown again."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, endpoint: Endpoint | None = None) -> None:
        super().__init__(data, initial=_shown(endpoint) if endpoint else None)
        self.endpoint = endpoint
        if endpoint and (names := written_headers(endpoint)):
            words = _now("Set: %(names)s. Empty keeps them; what you write replaces all. A single “-” removes them.")
            self.fields["headers"].help_text = words % {"names": ", ".join(names)}

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Events by what they are about, with what is ticked."""
        chosen = set(self.chosen)
        return [
            {
                "name": f"{family}.*", "label": _family(kinds), "is_all": f"{family}.*" in chosen,
                "kinds": [(one.name, _action(one), one.name in chosen) for one in kinds],
                "count": sum(one.name in chosen for one in kinds),
            }
            for family, kinds in families().items()
        ]  # fmt: skip

    @property
    def chosen(self) -> list[str]:
        return list(self["events"].value() or [])

    def terms(self) -> Terms:
        """Raises Invalid for headers that are none."""
        cleaned = self.cleaned_data
        values = {"name": cleaned["name"], "url": cleaned["url"], "events": list(cleaned["events"] or []),
                  "is_ordered": cleaned["order"] == "ordered", "headers": _headers(cleaned["headers"])}  # fmt: skip
        return terms_of(self.endpoint, **values) if self.endpoint else Terms(**values)


def _family(kinds: list[EventKind]) -> str:
    """What they are about: the record type, else what stands before the colon."""
    name = kinds[0].record_type
    found = type_named(name).label if name else str(kinds[0].label).partition(":")[0]
    return found[:1].upper() + found[1:]


def _action(kind: EventKind) -> str:
    """What happens, without what it happens to."""
    told = str(kind.label)
    found = (told.partition(": ")[2] or told).strip()
    return found[:1].upper() + found[1:]


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    order = "ordered" if endpoint.is_ordered else "parallel"
    return {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events, "order": order}


def _headers(text: str) -> dict[str, str] | None:
    """None leaves them as they are."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines == ["-"]:
        return {}
    pairs = [line.partition(":") for line in lines]
    if any(not colon for _name, colon, _value in pairs):
        raise Invalid({"headers": [_now("Write each line as Name: value.")]})
    return {name.strip(): value.strip() for name, _colon, value in pairs} or None


class TestForm(ActionForm):
    event = forms.ChoiceField(label=_("Event"))

    def __init__(self, data: Any = None, *, events: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["event"].choices = events  # type: ignore[attr-defined]


class ResendForm(ActionForm):
    since = forms.DateTimeField(label=_("Events from"), widget=forms.DateTimeInput({"type": "datetime-local"}))
    until = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}),
        help_text=_("Empty: up to now."),
    )  # fmt: skip


class InboundForm(ActionForm):
    name = _text(
        _("Name"), 80, _("What tells you things, like “Order desk”."), widget=forms.TextInput({"autofocus": True})
    )
    signature_header = _text(
        _("Header of the signature"), 60, _("Where the sender puts HMAC-SHA256 of the body. Empty: not asked for."),
        required=False,
    )  # fmt: skip
    signature_secret = forms.CharField(
        label=_("Secret of the signature"), max_length=500, required=False, strip=True,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    id_header = _text(
        _("Header of the sender's id"), 60, _("The same id within a day is taken in once."), required=False
    )
    id_path = _text(
        _("Or its place in the body"), 120, _("Like event.id. Without both the whole body is compared."), required=False
    )
    per_minute = forms.IntegerField(label=_("At most a minute"), min_value=1, max_value=1000, initial=120)
    is_active = forms.BooleanField(label=_("Takes in webhooks"), required=False, initial=True)

    def __init__(self, data: Any = None, *, hook: InboundHook | None = None) -> None:
        names = ("name", "signature_header", "id_header", "id_path", "per_minute", "is_active")
        super().__init__(data, initial={name: getattr(hook, name) for name in names} if hook else None)
        self.hook = hook
        if hook and hook.signature_secret:
            self.fields["signature_secret"].help_text = _("Set. Empty keeps it.")

    def terms(self) -> HookTerms:
        values = dict(self.cleaned_data)
        if self.hook and self.hook.signature_secret and not values["signature_secret"]:
            values["signature_secret"] = None if values["signature_header"] else ""
        return HookTerms(**values)
