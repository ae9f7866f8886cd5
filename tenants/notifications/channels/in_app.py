"""The centre, with a word to open pages. The notification itself is what arrives: nothing is sent."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.notifications.channels.base import Message


class InApp:
    name = "in_app"
    label = _("In the app")
    icon = "bell"
    is_calm = True

    def is_available(self) -> bool:
        return True

    def reachable(self, users: Sequence[Any], wishes: Any) -> set[Any]:
        return {user.pk for user in users}

    def send(self, delivery: Any, user: Any, message: Message) -> None:
        """There before anything is sent."""
