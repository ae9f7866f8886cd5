"""A stream packed and encrypted so that nobody can read, change, reorder or cut it without being noticed.

One key for each backup, wrapped by the master key in use; AES-256-GCM over frames of about a megabyte. A frame's nonce
holds its number and whether it is the last, and each frame is bound to the header: so the order and the end are
authenticated too (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár).
"""

import base64
import hashlib
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tenants.fleet.streams.loading import Altered
from tenants.fleet.streams.manifest import Unfit
from tenants.kernel import masters

MAGIC = b"FLEET-BACKUP-1\n"
FRAME = 1024 * 1024
LARGEST = 16 * FRAME
LENGTH = struct.Struct(">I")
NONCE, PREFIX = 12, 7
QUICKLY = 1
"""zlib's fastest: a company has to be read in seconds, and its text packs well all the same."""
Sink = Callable[[bytes], None]


@dataclass(frozen=True, kw_only=True)
class Header:
    """What stands in front in the clear: enough to find the key, nothing of the company's."""

    backup: str
    company: str
    master: str = ""
    wrapped: str = ""
    prefix: str = ""

    def to_bytes(self) -> bytes:
        return json.dumps(self.__dict__).encode()

    @classmethod
    def from_bytes(cls, text: bytes) -> Self:
        """Raises Unfit."""
        try:
            values: dict[str, Any] = json.loads(text)
            return cls(**{name: str(values[name]) for name in cls.__dataclass_fields__})
        except (ValueError, KeyError, TypeError) as error:
            raise Unfit from error

    def with_key(self, key: bytes) -> Self:
        name, master = masters.current()
        nonce = os.urandom(NONCE)
        wrapped = nonce + AESGCM(master).encrypt(nonce, key, self._bound)
        return replace(self, master=name, wrapped=base64.b64encode(wrapped).decode(), prefix=os.urandom(PREFIX).hex())

    def key(self) -> bytes:
        """Raises Unfit, naming the master key where that is what is missing."""
        try:
            master = masters.named(self.master)
        except ImproperlyConfigured as error:
            missing = _("The master key %(name)s is missing here: put it among the master keys.")
            raise Unfit(missing % {"name": self.master}) from error
        try:
            raw = base64.b64decode(self.wrapped, validate=True)
            return AESGCM(master).decrypt(raw[:NONCE], raw[NONCE:], self._bound)
        except (InvalidTag, ValueError) as error:
            raise Altered from error

    @property
    def _bound(self) -> bytes:
        return f"backup {self.backup} of {self.company}".encode()


class Frames:
    """Nonces and bindings, the same on both sides."""

    def __init__(self, key: bytes, head: bytes, prefix: str) -> None:
        self._cipher = AESGCM(key)
        self._bound = hashlib.sha256(head).digest()
        self._prefix = bytes.fromhex(prefix)
        self._number = 0

    def seal(self, data: bytes, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(is_last), data, self._bound)

    def unseal(self, data: bytes, *, is_last: bool) -> bytes:
        """Raises InvalidTag for another frame, another place, another header."""
        return self._cipher.decrypt(self._nonce(is_last), data, self._bound)

    def _nonce(self, is_last: bool) -> bytes:
        nonce = self._prefix + LENGTH.pack(self._number) + bytes([is_last])
        self._number += 1
        return nonce


class Sealer:
    """Takes what is to be kept, piece by piece; gives packed and sealed bytes to the sink."""

    def __init__(self, header: Header, sink: Sink) -> None:
        key = AESGCM.generate_key(256)
        self.header = header.with_key(key)
        head = self.header.to_bytes()
        self._frames = Frames(key, head, self.header.prefix)
        self._packer = zlib.compressobj(QUICKLY)
        self._waiting: list[bytes] = []
        self._size = 0
        self._sink = sink
        sink(MAGIC + LENGTH.pack(len(head)) + head)

    def write(self, data: bytes) -> None:
        self._add(self._packer.compress(data))
        if self._size >= FRAME:
            self._flush(is_last=False)

    def close(self) -> None:
        self._add(self._packer.flush())
        self._flush(is_last=True)

    def _add(self, packed: bytes) -> None:
        if packed:
            self._waiting.append(packed)
            self._size += len(packed)

    def _flush(self, *, is_last: bool) -> None:
        sealed = self._frames.seal(b"".join(self._waiting), is_last=is_last)
        self._waiting, self._size = [], 0
        # The length comes with a bit for the last one: whoever lies there is caught by the nonce.
        self._sink(LENGTH.pack(len(sealed) << 1 | is_last) + sealed)


class Taker:
    """Exact numbers of bytes out of chunks of any size."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._have = bytearray()

    def take(self, size: int) -> bytes:
        """Raises Altered when it ends before."""
        while len(self._have) < size:
            chunk = next(self._chunks, b"")
            if not chunk:
                raise Altered(_("It ends too early: a part of it is missing."))
            self._have += chunk
        taken = bytes(self._have[:size])
        del self._have[:size]
        return taken

    @property
    def is_over(self) -> bool:
        return not self._have and not next(self._chunks, b"")


def header_of(taker: Taker) -> tuple[Header, bytes]:
    """Raises Unfit for what is no backup of ours."""
    if taker.take(len(MAGIC)) != MAGIC:
        raise Unfit(_("This is no backup made here."))
    size = LENGTH.unpack(taker.take(LENGTH.size))[0]
    if size > FRAME:
        raise Unfit
    head = taker.take(size)
    return Header.from_bytes(head), head


def opened(chunks: Iterable[bytes], *, expected: str = "") -> Iterator[bytes]:
    """The bytes that were kept, in pieces of any size. `expected`: the id of the backup it has to be.

    Raises Unfit, Altered. What was yielded before is genuine, and in its place.
    """
    taker = Taker(chunks)
    header, head = header_of(taker)
    if expected and header.backup != expected:
        raise Altered(_("This is another backup than the one asked for."))
    unpacker = zlib.decompressobj()
    for frame in _frames_of(taker, Frames(header.key(), head, header.prefix)):
        yield from _unpacked(unpacker, frame)
    if not unpacker.eof or not taker.is_over:
        raise Altered


def _frames_of(taker: Taker, frames: Frames) -> Iterator[bytes]:
    is_last = False
    while not is_last:
        told = LENGTH.unpack(taker.take(LENGTH.size))[0]
        size, is_last = told >> 1, bool(told & 1)
        if size > LARGEST:
            raise Altered
        try:
            yield frames.unseal(taker.take(size), is_last=is_last)
        except InvalidTag as error:
            raise Altered from error


def _unpacked(unpacker: Any, data: bytes) -> Iterator[bytes]:
    """In pieces, however much there is to unpack."""
    piece = unpacker.decompress(data, FRAME)
    while piece:
        yield piece
        # Also without more input: what did not fit before still waits inside.
        piece = unpacker.decompress(unpacker.unconsumed_tail, FRAME)
