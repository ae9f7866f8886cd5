"""E-mail in the company's brand."""

from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.directory.hosts import tenant_now
from tenants.kernel.mailing import send_branded
from tenants.notifications.channels.base import Message
from tenants.notifications.errors import Refused


class Email:
    name = "email"
    label = _("E-mail")
    icon = "mail"
    is_calm = True

    def is_available(self) -> bool:
        return True

    def reachable(self, users: Sequence[Any], wishes: Any) -> set[Any]:
        """Those who have joined: whoever has not, has only an invitation to answer."""
        return {user.pk for user in users if user.email and user.state == "active"}

    def send(self, delivery: Any, user: Any, message: Message) -> None:
        values = {"title": message.title, "text": message.text, "url": message.url, "label": message.link_label}
        _send(user, "notification", values, key=f"notification:{message.once}")

    def send_digest(self, user: Any, items: Sequence[Message], *, url: str, once: str) -> None:
        """One mail for all of them."""
        _send(user, "digest", {"items": items, "count": len(items), "url": url}, key=f"digest:{once}")


def _send(user: Any, template: str, values: dict[str, Any], *, key: str) -> None:
    """In the language that is on. Raises Refused for an address the mail server does not know."""
    try:
        send_branded(tenant_now(), template, user.email, values, key=key)
    except SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _words in error.recipients.values()):
            raise Refused(_("The mail server refused the address.")) from error
        raise
