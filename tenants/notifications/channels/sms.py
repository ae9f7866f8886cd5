"""Text messages: there once a module that sends them has registered its sender.

from tenants.notifications.channels import sms
sms.register(send_text, reach)
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.notifications.channels.base import Message
from tenants.notifications.errors import Refused

Sender = Callable[[Any, str, str], None]
Reach = Callable[[Sequence[Any]], set[Any]]
_registered: list[tuple[Sender, Reach]] = []


def register(sender: Sender, reach: Reach) -> None:
    """From now on texts can be sent: `sender(user, text, key)`, to those of the users whom `reach` names by id."""
    _registered[:] = [(sender, reach)]


class Sms:
    name = "sms"
    label = _("Text message")
    icon = "device-mobile"
    is_calm = False

    def is_available(self) -> bool:
        return bool(_registered)

    def reachable(self, users: Sequence[Any], wishes: Any) -> set[Any]:
        return _registered[0][1](users) if _registered else set()

    def send(self, delivery: Any, user: Any, message: Message) -> None:
        if not _registered:
            raise Refused
        _registered[0][0](user, f"{message.title} {message.url}".strip(), message.once)
