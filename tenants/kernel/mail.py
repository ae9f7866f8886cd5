"""Outgoing mail by URL: `file:` writes .eml files, `smtp://` and `smtps://` send.

What a sandbox writes leaves nowhere: it is kept beside the sandbox's files, where its people can read it.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as Smtp

from tenants.kernel import context
from tenants.kernel.ids import uuid7

KEPT_IN = "kept-mail"
"""The folder of a sandbox's own place."""


class Backend(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        if context.in_sandbox():
            return sum(_keep(message) for message in email_messages)
        if settings.EMAIL_URL.startswith("file:"):
            return sum(_write(message) for message in email_messages)
        return _smtp(settings.EMAIL_URL).send_messages(email_messages) or 0


def mail_folder() -> Path:
    """Where `file:` puts the mails, oldest first by name."""
    return Path(settings.EMAIL_URL.removeprefix("file:") or settings.DATA_DIR / "mail")


def _write(message: EmailMessage) -> int:
    folder = mail_folder()
    folder.mkdir(parents=True, exist_ok=True)
    waiting = folder / f".{uuid7()}"
    waiting.write_bytes(message.message().as_bytes())
    waiting.rename(folder / f"{waiting.name[1:]}.eml")
    return 1


def _keep(message: EmailMessage) -> int:
    default_storage.save(f"{KEPT_IN}/{uuid7()}.eml", ContentFile(message.message().as_bytes()))
    return 1


def _smtp(url: str) -> Smtp:
    parts = urlsplit(url)
    return Smtp(
        host=parts.hostname or "localhost",
        port=parts.port or 25,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
        timeout=15,
    )
