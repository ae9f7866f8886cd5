"""The telephony providers, one folder each. A new one is copied from its neighbour and named here."""

from typing import Any

from tenants.voice.providers.base import Telephony
from tenants.voice.providers.exotel import Exotel
from tenants.voice.providers.sandbox import Sandbox

PROVIDERS: dict[str, type[Any]] = {provider.name: provider for provider in (Sandbox, Exotel)}


def adapter(provider: str, credentials: dict[str, str]) -> Telephony:
    """An account of a provider, ready to be asked."""
    made: Telephony = PROVIDERS[provider](credentials)
    return made
