"""Signed values that mean nothing in any other company or for any other purpose."""

import secrets
from typing import Any

from django.core import signing
from django.core.cache import cache

from tenants.kernel import context


def sign(value: Any, *, purpose: str) -> str:
    return signing.dumps(value, salt=_salt(purpose))


def unsign(text: str, *, purpose: str, max_age_seconds: int | None = None) -> Any:
    """The value, or django.core.signing.BadSignature."""
    return signing.loads(text, salt=_salt(purpose), max_age=max_age_seconds)


def ticket(value: str, *, purpose: str) -> str:
    """A signed value that is good once: see `used_up`."""
    return sign([value, secrets.token_hex(16)], purpose=purpose)


def used_up(text: str, *, purpose: str, max_age_seconds: int) -> str:
    """The value of a ticket, which opens nothing from now on; or django.core.signing.BadSignature."""
    value, nonce = unsign(text, purpose=purpose, max_age_seconds=max_age_seconds)
    # Remembered for longer than the ticket lives, whatever the clocks say.
    if not cache.add(f"ticket:{purpose}:{nonce}", True, timeout=max_age_seconds * 2):
        raise signing.BadSignature("This ticket was used before.")
    return str(value)


def _salt(purpose: str) -> str:
    return f"{context.place().salt}:{purpose}"
