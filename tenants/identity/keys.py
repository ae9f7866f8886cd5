"""How the secret of an API key is kept."""

import hashlib

from tenants.kernel import context


def digest_of(secret: str) -> str:
    """Salted with the place: the same text is no key anywhere else."""
    return hashlib.sha256(f"{context.place().salt}:{secret}".encode()).hexdigest()
