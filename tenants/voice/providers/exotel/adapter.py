"""Exotel's v1 REST interface: click-to-call, look-up, recordings, status callbacks.

Source: developer.exotel.com/docs. Exotel signs nothing, so our callback URL
carries a token of the account, and what ends a call is confirmed by look-up.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import httpx
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.voice.enums import CallStatus
from tenants.voice.providers import http
from tenants.voice.providers.base import (
    CallRequest,
    CallState,
    CallUpdate,
    Capabilities,
    CredentialField,
    Forged,
    PlacedCall,
    Recording,
    Refused,
    Unsure,
)
from tenants.voice.providers.exotel import wire

REGIONS = {"in": "https://api.in.exotel.com", "sg": "https://api.exotel.com"}
MOST_SECONDS = 14_400


class Exotel:
    name: ClassVar[str] = "exotel"
    label: ClassVar[str | Promise] = "Exotel"
    can: ClassVar[Capabilities] = Capabilities()
    recording_hosts: ClassVar[tuple[str, ...]] = ("exotel.com", "exotel.in")
    """Recordings come from these hosts and those below them."""
    fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(name="region", label=_("Region"), choices=(("in", _("Mumbai")), ("sg", _("Singapore")))),
        CredentialField(name="account_sid", label=_("Account SID")),
        CredentialField(name="api_key", label=_("API key")),
        CredentialField(name="api_token", label=_("API token"), is_secret=True),
        CredentialField(name="caller_id", label=_("ExoPhone"), help_text=_("The number both sides see.")),
    )

    def __init__(self, credentials: Mapping[str, str], *, base_url: str = "") -> None:
        self.sid = credentials["account_sid"]
        self.auth = (credentials["api_key"], credentials["api_token"])
        self.base_url = base_url or REGIONS[credentials.get("region") or "in"]

    def url(self, resource: str) -> str:
        return f"{self.base_url}/v1/Accounts/{quote(self.sid, safe='')}/{resource}"

    def place_call(self, request: CallRequest) -> PlacedCall:
        form = {
            "From": request.agent_number,
            "To": request.customer_number,
            "CallerId": request.caller_id,
            "CallType": "trans",
            "Record": "true" if request.is_recorded else "false",
            "TimeLimit": str(min(request.most_seconds, MOST_SECONDS)),
            "TimeOut": str(request.ring_seconds),
            "CustomField": request.own_id,
            "StatusCallback": request.callback_url,
            "StatusCallbackContentType": "application/json",
            "StatusCallbackEvents[0]": "terminal",
            "StatusCallbackEvents[1]": "answered",
        }
        call = _call(http.send_once("POST", self.url("Calls/connect.json"), data=form, auth=self.auth))
        # "in-progress" here only says that the agent's phone is about to ring; no end is reached yet.
        is_queued = str(call.get("Status")).lower() == "queued"
        return PlacedCall(provider_id=str(call["Sid"]), status=CallStatus.QUEUED if is_queued else CallStatus.RINGING)

    def fetch_call(self, provider_id: str) -> CallState | None:
        url = self.url(f"Calls/{quote(provider_id, safe='')}.json")
        response = http.read(url, params={"details": "true"}, auth=self.auth)
        return None if response.status_code == 404 else wire.state(_call(response))

    def find_call(self, request: CallRequest, *, since: datetime) -> list[CallState]:
        """By numbers and time: Exotel's list neither filters by CustomField nor shows it."""
        window = f"gte:{wire.local(since - timedelta(seconds=5))};lte:{wire.local(since + timedelta(seconds=120))}"
        asked = {"To": request.customer_number, "From": request.agent_number, "DateCreated": window, "PageSize": "20"}
        rows = _json(http.read(self.url("Calls.json"), params=asked, auth=self.auth)).get("Calls") or []
        return [wire.state(row) for row in rows]

    def hang_up(self, provider_id: str) -> None:
        raise Refused("Exotel has no way to end a call from outside.")

    def fetch_recording(self, url: str) -> Recording | None:
        return http.download(url, is_allowed=self.is_recording_host, auth=self.auth)

    def is_recording_host(self, url: str) -> bool:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in self.recording_hosts)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        told = wire.payload(headers, body).get("AccountSid")
        if told and told != self.sid:
            raise Forged("The webhook names another Exotel account.")

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> list[CallUpdate]:
        return [wire.update(wire.payload(headers, body))]

    def check_connection(self) -> str:
        """The numbers of the account: cheap to ask, and wrong credentials fail it."""
        found = _json(http.read(self.url("IncomingPhoneNumbers.json"), auth=self.auth))
        rows = found.get("IncomingPhoneNumbers") or []
        numbers = [str((row.get("IncomingPhoneNumber") or row).get("PhoneNumber", "")) for row in rows]
        return ", ".join(filter(None, numbers))


def _json(response: httpx.Response) -> dict[str, Any]:
    """The answer's body. Refused with Exotel's own words for 4xx."""
    try:
        found = response.json()
    except ValueError:
        found = {}
    if response.status_code in (401, 404) and "Call" not in found:
        raise Refused("Exotel does not know this account: check region, SID, key and token.")
    if response.status_code >= 300:
        words = (found.get("RestException") or {}).get("Message") if isinstance(found, dict) else ""
        raise Refused(f"Exotel refused: {words or response.status_code}.")
    if not isinstance(found, dict):
        raise Unsure("Exotel's answer was not understood.")
    return found


def _call(response: httpx.Response) -> dict[str, Any]:
    call = _json(response).get("Call")
    if not isinstance(call, dict) or not call.get("Sid"):
        raise Unsure("Exotel's answer names no call.")
    return call
