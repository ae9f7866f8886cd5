"""What the house asks of a telephony provider, in one shape for all of them.

Adapters translate: durations to whole seconds, times to UTC, numbers to E.164,
statuses to `CallStatus`. What a provider cannot do, its capabilities say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from django.utils.functional import Promise

from tenants.kernel.errors import ProviderFailed


class Refused(ProviderFailed):
    """The provider said no, or was never reached: certainly no call was placed."""

    code = "provider_refused"


class Unsure(ProviderFailed):
    """The request may have arrived: look the call up before doing anything again."""

    code = "provider_unsure"


class Forged(ProviderFailed):
    """An inbound webhook that does not belong to the account it names."""

    code = "forged_webhook"
    status = 403


class Unreadable(ProviderFailed):
    """An inbound webhook in no shape we know."""

    code = "unreadable_webhook"
    status = 400


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    bridges_two_numbers: bool = True
    needs_agent_phone: bool = True
    can_hang_up: bool = False
    has_recordings: bool = True
    is_real: bool = True
    """Rings real phones: calling hours bind."""


@dataclass(frozen=True, kw_only=True)
class CredentialField:
    """A line of the provider's connection form."""

    name: str
    label: str | Promise
    help_text: str | Promise = ""
    is_secret: bool = False
    choices: tuple[tuple[str, str | Promise], ...] = ()


@dataclass(frozen=True, kw_only=True)
class CallRequest:
    """A call to place: the agent's phone first, then the customer's."""

    own_id: str
    agent_number: str
    customer_number: str
    caller_id: str
    callback_url: str
    is_recorded: bool = True
    ring_seconds: int = 40
    most_seconds: int = 3600


@dataclass(frozen=True, kw_only=True)
class PlacedCall:
    """`provider_id` is empty where the provider names the call only later, by webhook."""

    provider_id: str
    status: str


@dataclass(frozen=True, kw_only=True)
class CallState:
    """What the provider knows of a call. None and "" mean: not said."""

    provider_id: str
    status: str
    own_id: str = ""
    from_number: str = ""
    to_number: str = ""
    created_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    talk_seconds: int | None = None
    recording_url: str = ""


@dataclass(frozen=True, kw_only=True)
class CallUpdate(CallState):
    """A state told by a webhook. `key` is equal for two tellings of the same thing."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Recording:
    data: bytes
    content_type: str


class Telephony(Protocol):
    """One provider account. Methods raise Refused or Unsure (both ProviderFailed)."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    can: ClassVar[Capabilities]
    fields: ClassVar[tuple[CredentialField, ...]]

    def place_call(self, request: CallRequest) -> PlacedCall:
        """Ask once, never again by itself. After Unsure the caller must `find_call`."""

    def fetch_call(self, provider_id: str) -> CallState | None:
        """The call as it is now; None when the provider knows of none."""

    def find_call(self, request: CallRequest, *, since: datetime) -> list[CallState]:
        """Calls that the request may have led to, when its answer was lost."""

    def hang_up(self, provider_id: str) -> None: ...

    def fetch_recording(self, url: str) -> Recording | None:
        """The sound, or None while it is not ready. Refused for hosts that are not the provider's."""

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Forged unless it can be of this account. Our URL token was compared before."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> list[CallUpdate]:
        """Raises Unreadable."""

    def check_connection(self) -> str:
        """Raise Refused when credentials do not work; words about the account otherwise."""
