"""Envelope encryption: what must not be read from a table, a backup or a log.

A value is encrypted (AES-256-GCM) with a data key of its place, the data key with a
master key that lies outside the database. Bound to each are the place and the purpose:
a text copied into another company or another column decrypts to nothing. The data keys
lie in the company's own schema, so they go where a backup or a move takes it.
"""

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from tenants.kernel import context, masters
from tenants.kernel.errors import DomainError
from tenants.kernel.ids import uuid7
from tenants.kernel.models import DataKey

MARK: Final = "s1"
NONCE: Final = 12
MASK: Final = "••••"
KEPT_AT_MOST = 2_000
_opened: dict[tuple[str, UUID], bytes] = {}
"""Data keys in the clear, by place: they never change."""


@dataclass(frozen=True)
class Foreign:
    """The keys of another place, whose rows lie here for the moment: a copy is being filled with them."""

    home: str
    keys: Mapping[UUID, bytes] = field(repr=False)


_foreign: ContextVar[Foreign | None] = ContextVar("omniflow_foreign_keys", default=None)


class Unreadable(DomainError):
    """A secret that this installation, company or column cannot decrypt."""

    code = "secret_unreadable"
    status = 500
    title = "A stored secret cannot be read"


class Secret:
    """An encrypted value as a row holds it. Shown, logged or written as JSON text it is a mask."""

    __slots__ = ("purpose", "token")

    def __init__(self, token: str, purpose: str) -> None:
        self.token, self.purpose = token, purpose

    def reveal(self) -> str:
        """In the clear. Raises Unreadable."""
        return decrypt(self.token, purpose=self.purpose)

    def __bool__(self) -> bool:
        return bool(self.token)

    def __str__(self) -> str:
        return MASK

    __repr__ = __str__


class Typed:
    """A value on its way in, not encrypted yet. Shown, logged or written as JSON text it is a mask."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __str__(self) -> str:
        return MASK

    __repr__ = __str__


def hint(text: str) -> str:
    """The last four characters, of what is long enough to stay secret without them."""
    return f"{MASK}{text[-4:]}" if len(text) >= 12 else MASK if text else ""


def encrypt(text: str, *, purpose: str) -> str:
    """For this place and purpose, with its newest data key. Within a transaction.

    The key's row stays locked for the writers' side until the commit, so that a
    rotation cannot take the key away under what is just being written.
    """
    key_id, key = _newest()
    return f"{MARK}.{key_id.hex}.{_seal(key, text.encode(), _bound(purpose))}"


def decrypt(token: str, *, purpose: str) -> str:
    """Raises Unreadable."""
    mark, _dot, rest = token.partition(".")
    key_id, _dot, sealed = rest.partition(".")
    if mark != MARK:
        raise Unreadable
    try:
        home, key = _key_named(UUID(key_id))
        return _unseal(key, sealed, _bound(purpose, home)).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


@contextmanager
def reading_also(foreign: Foreign) -> Iterator[None]:
    """Let what was encrypted elsewhere be read here, by its keys. What is written is this place's all the same."""
    token = _foreign.set(foreign)
    try:
        yield
    finally:
        _foreign.reset(token)


def keys_of_here() -> Foreign:
    """All data keys of the place we are in, in the clear: for a copy of it, in memory alone."""
    return Foreign(_home(), {key.pk: unwrap(key) for key in DataKey.objects.all()})


def is_taking_over() -> bool:
    return _foreign.get() is not None


def _key_named(key_id: UUID) -> tuple[str, bytes]:
    """A key, and the home it is bound to."""
    foreign = _foreign.get()
    if foreign and key_id in foreign.keys:
        return foreign.home, foreign.keys[key_id]
    return _home(), _opened_key(key_id)


def _bound(purpose: str, home: str = "") -> bytes:
    return f"{home or _home()}\n{purpose}".encode()


def _home() -> str:
    """Whose data keys these are: in public one set serves the platform and all agencies."""
    return str(context.place().company_id or context.PUBLIC_SCHEMA)


def _seal(key: bytes, data: bytes, bound: bytes) -> str:
    nonce = os.urandom(NONCE)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, data, bound)).decode()


def _unseal(key: bytes, text: str, bound: bytes) -> bytes:
    raw = base64.urlsafe_b64decode(text)
    return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], bound)


def _newest() -> tuple[UUID, bytes]:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Secrets are written in a transaction.")
    row = DataKey.objects.raw("SELECT * FROM kernel_datakey ORDER BY id DESC LIMIT 1 FOR SHARE")
    found = next(iter(row), None) or new_data_key()
    return found.pk, _open(found)


def new_data_key() -> DataKey:
    """What is encrypted from now on is encrypted with it."""
    key = DataKey(id=uuid7())
    wrap(key, os.urandom(masters.SIZE))
    key.save(force_insert=True)
    return key


def wrap(key: DataKey, raw: bytes) -> None:
    """Under the master key in use."""
    key.master, master = masters.current()
    key.wrapped = _seal(master, raw, _bound_key(key))


def unwrap(key: DataKey) -> bytes:
    """Raises Unreadable, ImproperlyConfigured when its master key is missing."""
    try:
        return _unseal(masters.named(key.master), key.wrapped, _bound_key(key))
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def _bound_key(key: DataKey) -> bytes:
    return f"data key {key.pk} of {_home()}".encode()


def _opened_key(key_id: UUID) -> bytes:
    kept = _opened.get((_home(), key_id))
    if kept is not None:
        return kept
    key = DataKey.objects.filter(pk=key_id).first()
    if key is None:
        raise Unreadable
    return _open(key)


def _open(key: DataKey) -> bytes:
    if len(_opened) >= KEPT_AT_MOST:
        _opened.clear()
    place = (_home(), key.pk)
    if place not in _opened:
        _opened[place] = unwrap(key)
    return _opened[place]
