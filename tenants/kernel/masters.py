"""Master keys: they lie outside the database and encrypt nothing but the data keys in it.

`OMNIFLOW_MASTER_KEYS`, or the file `master_keys` in the data folder, holds one
`<name>:<32 bytes in base64>` a line (or between commas): the first is the one in use,
the others still read. The file is made when the first secret is kept; not in
production, where several machines must have the same one.
"""

import base64
import binascii
import os
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SIZE: Final = 32
FILE = "master_keys"


def current() -> tuple[str, bytes]:
    """Name and bytes of the key in use."""
    return next(iter(masters().items()))


def named(name: str) -> bytes:
    """An older one too. Raises ImproperlyConfigured, naming what is missing."""
    found = masters()
    if name not in found:
        raise ImproperlyConfigured(f"The master key {name} is missing: secrets wrapped with it cannot be read.")
    return found[name]


def masters() -> dict[str, bytes]:
    return read(settings.MASTER_KEYS) if settings.MASTER_KEYS else read(_kept())


def read(text: str) -> dict[str, bytes]:
    """Raises ImproperlyConfigured, without saying what stands there."""
    found: dict[str, bytes] = {}
    for line in filter(None, (part.strip() for part in text.replace(",", "\n").splitlines())):
        name, _colon, key = line.partition(":")
        try:
            found[name] = base64.b64decode(key, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured("A master key is no base64. Write name:base64.") from error
        if not 0 < len(name) <= 16 or len(found[name]) != SIZE:
            raise ImproperlyConfigured("A master key is a name of at most 16 letters, a colon and 32 bytes in base64.")
    if not found:
        raise ImproperlyConfigured("There is no master key.")
    return found


def new_line() -> str:
    """A new key as it is written down."""
    return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(SIZE)).decode()}"


def put_first(line: str) -> None:
    """Make this the key in use; the others stay readable. For the file alone."""
    if settings.MASTER_KEYS:
        raise ImproperlyConfigured("The keys come from OMNIFLOW_MASTER_KEYS: put the new one first there.")
    before = _kept()
    waiting = _file().with_suffix(".new")
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{line}\n{before}")
    waiting.replace(_file())


def _file() -> Path:
    return Path(settings.DATA_DIR) / FILE


def _kept() -> str:
    """What the file says; made now where there is none. Of two that make it at once one wins."""
    if not _file().is_file():
        if settings.IS_PRODUCTION:
            raise ImproperlyConfigured("Set OMNIFLOW_MASTER_KEYS, or run `manage.py secrets new-master`.")
        make()
    return _file().read_text()


def make() -> bool:
    """The file with its first key, readable by us alone; False where there is one already."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    waiting = _file().with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{new_line()}\n")
    try:
        os.link(waiting, _file())
    except FileExistsError:
        return False
    finally:
        waiting.unlink()
    return True
