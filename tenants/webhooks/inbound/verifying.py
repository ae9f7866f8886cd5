"""Whether a webhook was signed by who has the secret: HMAC-SHA256 of the body, in hexadecimal or Base64."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from tenants.webhooks.models import InboundHook

PREFIXES = ("sha256=", "v1=", "v1,", "hmac-sha256=")


def is_genuine(hook: InboundHook, headers: Mapping[str, str], body: bytes) -> bool:
    """True where the hook asks for no signature. Compared in constant time."""
    if not hook.signature_header:
        return True
    sent = _bare(headers.get(hook.signature_header, ""))
    made = hmac.new(hook.signature_secret.reveal().encode(), body, sha256)
    wanted = (made.hexdigest(), b64encode(made.digest()).decode())
    given = (sent.lower(), sent)
    return any([hmac.compare_digest(one.encode(), two.encode()) for one, two in zip(wanted, given, strict=True)])


def _bare(text: str) -> str:
    found = text.strip()
    for prefix in PREFIXES:
        if found.lower().startswith(prefix):
            return found[len(prefix) :].strip()
    return found
