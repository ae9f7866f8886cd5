"""Sealing a message for one browser: RFC 8291 over the content coding of RFC 8188 (aes128gcm), in one record."""

import base64
import os
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECORD_SIZE: Final = 4096
MOST_BYTES: Final = RECORD_SIZE - 16 - 1
"""Push services take 4,096 bytes at least; the tag and the mark of the last record are among them."""
POINT_BYTES: Final = 65
LAST_RECORD: Final = b"\x02"


def seal(message: bytes, *, public_key: str, auth: str) -> bytes:
    """The body of the request. `public_key` and `auth` are base64url, as the browser gave them.

    Raises ValueError for keys that are none, or a message that is too long.
    """
    if len(message) > MOST_BYTES - 86:
        raise ValueError("The message is too long for a push.")
    theirs = point_of(public_key)
    own = ec.generate_private_key(ec.SECP256R1())
    own_point = _bytes_of(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    info = b"WebPush: info\x00" + _bytes_of(theirs) + own_point
    material = _derived(shared, salt=decoded(auth), info=info, size=32)
    salt = os.urandom(16)
    key = _derived(material, salt=salt, info=b"Content-Encoding: aes128gcm\x00", size=16)
    nonce = _derived(material, salt=salt, info=b"Content-Encoding: nonce\x00", size=12)
    text = AESGCM(key).encrypt(nonce, message + LAST_RECORD, None)
    head = salt + RECORD_SIZE.to_bytes(4, "big") + len(own_point).to_bytes(1, "big") + own_point
    return head + text


def point_of(text: str) -> ec.EllipticCurvePublicKey:
    """A public key as browsers write it. Raises ValueError."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(text))


def decoded(text: str) -> bytes:
    """base64url, with or without its padding. Raises ValueError."""
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _derived(material: bytes, *, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=size, salt=salt, info=info).derive(material)
