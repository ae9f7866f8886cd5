"""Signing what we send to other machines, as Standard Webhooks asks (standardwebhooks.com, version 1).

The signature is HMAC-SHA256 over `id.timestamp.body`; the header carries one for each secret that
is valid, so that a secret can be changed without a gap.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from secrets import token_bytes

PREFIX = "whsec_"
SECRET_BYTES = 24


def new_secret() -> str:
    return PREFIX + b64encode(token_bytes(SECRET_BYTES)).decode()


def headers(*, message_id: str, sent_at: int, body: bytes, secrets: Sequence[str]) -> Mapping[str, str]:
    """`sent_at` is the second of this try since 1970; the id stays the same over all tries."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": " ".join(signature(message_id, sent_at, body, one) for one in secrets),
    }


def signature(message_id: str, sent_at: int, body: bytes, secret: str) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((message_id.encode(), str(sent_at).encode(), body))
    return "v1," + b64encode(hmac.new(key, signed, sha256).digest()).decode()
