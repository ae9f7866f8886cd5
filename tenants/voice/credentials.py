"""Credentials of providers: encrypted, or not kept.

The practice line's open nothing but the stand-in server, so they may lie in the
table as they are. All others wait for the key store: `keep` refuses them.
"""

from collections.abc import Mapping

from tenants.voice.errors import CannotKeepSecrets
from tenants.voice.providers import PROVIDERS


def keep(provider: str, credentials: Mapping[str, str]) -> dict[str, str]:
    """What the row may hold. Raises CannotKeepSecrets."""
    if any(field.is_secret for field in PROVIDERS[provider].fields):
        raise CannotKeepSecrets
    return dict(credentials)
