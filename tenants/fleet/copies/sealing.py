"""Streams under a passphrase: scrypt makes the key, AES-256-GCM seals each piece.

A member of the package has a key of its own, each piece its number and whether it is the last: pieces that were
left out, exchanged or cut off do not open.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Iterable, Iterator
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from tenants.fleet.streams.loading import Altered
from tenants.fleet.streams.manifest import Unfit

SHORTEST: Final = 12
SALT: Final = 16
LENGTH: Final = struct.Struct(">IB")
MOST_PIECE: Final = 4 * 1024 * 1024
WORK_FACTOR: Final = 2**15


class WrongPassphrase(Unfit):
    code = "wrong_passphrase"
    title = _("This passphrase does not open the file")


def new_salt() -> bytes:
    return os.urandom(SALT)


def key_of(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=WORK_FACTOR, r=8, p=1, maxmem=2**26, dklen=32)


def mac_of(key: bytes, text: bytes) -> str:
    """Over the manifest: only who has the passphrase can write one."""
    return hmac.new(_derived(key, "manifest"), text, hashlib.sha256).hexdigest()


def proof_of(key: bytes) -> str:
    """Tells a wrong passphrase from a damaged file."""
    return hmac.new(_derived(key, "proof"), b"this is the key", hashlib.sha256).hexdigest()


def _derived(key: bytes, name: str) -> bytes:
    return hmac.new(key, name.encode(), hashlib.sha256).digest()


def sealed(key: bytes, name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    cipher, number, waiting = AESGCM(_derived(key, f"member {name}")), 0, b""
    for chunk in chunks:
        if waiting:
            yield _piece(cipher, number, waiting, is_last=False)
            number += 1
        waiting = chunk
    yield _piece(cipher, number, waiting, is_last=True)


def _piece(cipher: AESGCM, number: int, text: bytes, *, is_last: bool) -> bytes:
    body = cipher.encrypt(number.to_bytes(12, "big"), text, bytes([is_last]))
    return LENGTH.pack(len(body), is_last) + body


def opened(key: bytes, name: str, file: IO[bytes]) -> Iterator[bytes]:
    """Raises Altered."""
    cipher, number, is_last = AESGCM(_derived(key, f"member {name}")), 0, False
    while not is_last:
        head = file.read(LENGTH.size)
        if len(head) != LENGTH.size:
            raise Altered
        length, mark = LENGTH.unpack(head)
        is_last = bool(mark)
        body = file.read(length) if length <= MOST_PIECE else b""
        try:
            text = cipher.decrypt(number.to_bytes(12, "big"), body, bytes([is_last]))
        except InvalidTag as error:
            raise Altered from error
        number += 1
        if text:
            yield text
    if file.read(1):
        raise Altered
