"""Cache keys that cannot meet: each starts with the place it was made in."""

from tenants.kernel import context


def salted_key(key: str, prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION; raises NoTenant outside any context."""
    return f"{context.place().salt}:{prefix}:{version}:{key}"
