"""A provider for demonstrations: Exotel's wire, spoken to the stand-in server of this installation.

It rings nobody, needs no account, and so any hour is right.
"""

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.voice.providers import http
from tenants.voice.providers.base import Capabilities, CredentialField, Refused
from tenants.voice.providers.exotel import Exotel

CALLER_ID = "+918047100001"


class Sandbox(Exotel):
    name: ClassVar[str] = "sandbox"
    label: ClassVar[str | Promise] = _("Practice line")
    can: ClassVar[Capabilities] = Capabilities(needs_agent_phone=False, can_hang_up=True, is_real=False)
    fields: ClassVar[tuple[CredentialField, ...]] = ()

    def __init__(self, credentials: Mapping[str, str]) -> None:
        if not settings.SANDBOX_URL:
            raise Refused("The practice line is switched off on this server.")
        super().__init__(credentials, base_url=f"{settings.SANDBOX_URL.rstrip('/')}/exotel")

    def hang_up(self, provider_id: str) -> None:
        """The stand-in's own addition: Exotel offers nothing of the kind."""
        response = http.send_once("POST", self.url(f"Calls/{quote(provider_id, safe='')}/hangup"), auth=self.auth)
        if response.status_code >= 400:
            raise Refused("The practice line did not end the call.")

    def is_recording_host(self, url: str) -> bool:
        """Files of the stand-in alone, on the very address we were told."""
        wanted, given = urlsplit(settings.SANDBOX_URL), urlsplit(url)
        return (wanted.scheme, wanted.netloc) == (given.scheme, given.netloc)


def credentials_for(company: str) -> dict[str, str]:
    """Each company has a practice account of its own; the keys open nothing but the stand-in."""
    sid = f"practice{company.replace('-', '')}"
    return {"account_sid": sid, "api_key": f"key-{sid}", "api_token": f"token-{sid}", "caller_id": CALLER_ID}
