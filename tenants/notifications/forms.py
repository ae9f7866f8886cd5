"""Forms of notifications. They carry and show; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.identity.forms import ActionForm
from tenants.notifications.enums import Service


class ChatForm(ActionForm):
    service = forms.ChoiceField(label=_("Chat"), choices=Service.choices)
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As people here know it, like “#sales”."))
    url = forms.CharField(
        label=_("Webhook address"), max_length=2_000, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("The chat makes one for a channel: Incoming webhook (Slack, Discord), Workflows (Teams)."),
    )  # fmt: skip
    is_for_people = forms.BooleanField(
        label=_("People may send their own notifications here"), required=False,
        help_text=_("Whoever reads the channel then reads what they are told."),
    )  # fmt: skip


class ChatChangeForm(ChatForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        del self.fields["service"]
        self.fields["url"].required = False
        self.fields["url"].help_text = _("Kept, and shown to nobody. Leave empty to keep it.")
