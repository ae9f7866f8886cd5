"""Saying who pushes: a signed word for the push service (VAPID, RFC 8292)."""

import json
import time
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tenants.notifications.push.sealed import encoded

LIFE_SECONDS: Final = 12 * 60 * 60
"""At most a day is allowed."""


def authorization(endpoint: str, *, key: ec.EllipticCurvePrivateKey, contact: str) -> str:
    """The header for one endpoint. The word is good at its origin alone, for twelve hours."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + LIFE_SECONDS, "sub": contact}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    first, second = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encoded(first.to_bytes(32, "big") + second.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_text(key)}"


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """As browsers ask for it: the uncompressed point in base64url."""
    form = serialization.PublicFormat.UncompressedPoint
    return encoded(key.public_key().public_bytes(serialization.Encoding.X962, form))
