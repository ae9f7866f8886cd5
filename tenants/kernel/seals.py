"""Documents that anybody can check: signed with a key that belongs to the installation (Ed25519).

The key is made from the secret of the installation, so it need not be kept anywhere; its public half stands in
every signed document and in `manage.py` commands that check one.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KIND: Final = "Ed25519"
PURPOSE: Final = b"omniflow: signed documents"


def _private_key() -> Ed25519PrivateKey:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(settings.SECRET_KEY.encode())
    return Ed25519PrivateKey.from_private_bytes(made)


def public_key() -> str:
    return base64.b64encode(_private_key().public_key().public_bytes_raw()).decode()


def canonical(document: Mapping[str, Any]) -> bytes:
    """The text that is signed: keys sorted, no spaces, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def sign(document: Mapping[str, Any]) -> str:
    return base64.b64encode(_private_key().sign(canonical(document))).decode()


def holds(document: Mapping[str, Any], signature: str, *, key: str = "") -> bool:
    """Whether the document is as it was signed, by this installation or by whose public key is given."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key or public_key(), validate=True))
        public.verify(base64.b64decode(signature, validate=True), canonical(document))
    except (InvalidSignature, ValueError):
        return False
    return True
