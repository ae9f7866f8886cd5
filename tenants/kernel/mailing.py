"""Mails in the brand of a tenant, written once as plain text and set in both forms.

A mail is `templates/mail/<name>.txt` with these partials, all plain text:
`subject`, `body` (paragraphs between empty lines), `action` (the button's words;
its address is `url` of the values) and `after` (small print below the button).
"""

import hashlib
from collections.abc import Mapping
from email.utils import formataddr
from typing import Any, Protocol

from django.core.mail import EmailMultiAlternatives
from django.template import Context, TemplateDoesNotExist, loader
from django.utils import translation

from tenants.kernel.ids import uuid7
from tenants.kernel.ui.brand_css import on_colour

PARTS = ("subject", "body", "action", "after")
# Machines do not answer machines (RFC 3834), nor do mailboxes away on holiday.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class MailBrand(Protocol):
    """What mails show of a brand (directory.tenant.BrandView)."""

    @property
    def product_name(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def logo_url(self) -> str: ...
    @property
    def initial(self) -> str: ...
    @property
    def sender_name(self) -> str: ...
    @property
    def sender_email(self) -> str: ...
    @property
    def support_email(self) -> str: ...


class Sender(Protocol):
    """The tenant that writes (directory.tenant.Tenant): links and names come from it, never from a request."""

    @property
    def brand(self) -> Any: ...
    @property
    def base_url(self) -> str: ...
    @property
    def canonical_host(self) -> str: ...


def send_branded(
    tenant: Sender, template: str, to: str, values: Mapping[str, Any], *, key: str = "", language: str = ""
) -> None:
    """Send `mail/<template>.txt` to one address, now: call it from a task.

    `key` names the occasion: a second sending carries the same Message-ID, so that
    mailboxes keep one. Raises what the mail server raises; the task tries again.
    """
    with translation.override(language or translation.get_language()):
        message = branded_message(tenant, template, to, values, key=key)
    message.send()


def branded_message(
    tenant: Sender, template: str, to: str, values: Mapping[str, Any], *, key: str = ""
) -> EmailMultiAlternatives:
    brand: MailBrand = tenant.brand
    parts = _parts(template, {**values, "brand": brand, "tenant": tenant})
    ink = on_colour(brand.colour)
    frame = {**parts, "url": values.get("url", ""), "brand": brand, "base_url": tenant.base_url, "ink": ink}
    message = EmailMultiAlternatives(
        subject=" ".join(parts["subject"].split()),
        body=_plain("mail/frame.txt", frame).strip() + "\n",
        from_email=formataddr((_one_line(brand.sender_name or brand.product_name), sender_address(tenant))),
        to=[to],
        reply_to=[brand.support_email] if brand.support_email else None,
        headers={"Message-ID": _message_id(key, tenant.canonical_host), **AUTOMATIC},
    )
    message.attach_alternative(loader.render_to_string("mail/frame.html", frame), "text/html")
    return message


def sender_address(tenant: Sender) -> str:
    """The brand's own address, or one at the tenant's host: never the platform's."""
    return str(tenant.brand.sender_email) or f"no-reply@{tenant.canonical_host}"


def _parts(template: str, values: Mapping[str, Any]) -> dict[str, str]:
    return {part: _part(f"mail/{template}.txt#{part}", values) for part in PARTS}


def _part(name: str, values: Mapping[str, Any]) -> str:
    """A partial as plain text, or nothing where the mail does without it."""
    try:
        return _plain(name, values).strip()
    except TemplateDoesNotExist:
        if name.endswith(("#subject", "#body")):
            raise
        return ""


def _plain(name: str, values: Mapping[str, Any]) -> str:
    """Rendered without HTML escapes: the HTML frame escapes it as a whole."""
    template: Any = loader.get_template(name)
    return str(template.template.render(Context(dict(values), autoescape=False)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _message_id(key: str, host: str) -> str:
    name = hashlib.sha256(f"{host}:{key}".encode()).hexdigest()[:40] if key else uuid7().hex
    return f"<{name}@{host}>"
