"""Signed values that mean nothing in any other company or for any other purpose."""

from typing import Any

from django.core import signing

from tenants.kernel import context


def sign(value: Any, *, purpose: str) -> str:
    return signing.dumps(value, salt=_salt(purpose))


def unsign(text: str, *, purpose: str, max_age_seconds: int | None = None) -> Any:
    """The value, or django.core.signing.BadSignature."""
    return signing.loads(text, salt=_salt(purpose), max_age=max_age_seconds)


def _salt(purpose: str) -> str:
    return f"{context.place().salt}:{purpose}"
