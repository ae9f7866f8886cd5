"""Where packages lie while they are made, fetched and brought in: in the public place, for a few days."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.fleet.copies.packing import TooLarge
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.kernel.ids import uuid7

FOLDER: Final = "packages"
KEPT: Final = timedelta(days=3)


def path_of(name: str) -> Path:
    """Names are ours: ids. The folder is there when this returns."""
    with context.public():
        path = Path(default_storage.path(f"{FOLDER}/{UUID(name)}.zip"))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def taken_in(chunks: Iterator[bytes]) -> str:
    """An upload, or a file of the server, as a package of ours; its name. Raises TooLarge."""
    name = str(uuid7())
    size = 0
    try:
        with path_of(name).open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.PACKAGE_MOST_BYTES:
                    raise TooLarge
                file.write(chunk)
    except BaseException:
        drop(name)
        raise
    return name


@contextmanager
def reading(name: str) -> Iterator[IO[bytes]]:
    try:
        with path_of(name).open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise NotFound(_("This package is not kept any more.")) from error


@contextmanager
def writing(name: str) -> Iterator[IO[Any]]:
    """There under its name once it is whole, not before."""
    part = path_of(name).with_suffix(".part")
    with part.open("w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    part.replace(path_of(name))


def drop(name: str) -> None:
    for path in (path_of(name), path_of(name).with_suffix(".part")):
        path.unlink(missing_ok=True)


def hand_out(name: str) -> IO[bytes]:
    """The package, opened once: its name is gone when this returns. Raises NotFound the second time."""
    path = path_of(name)
    try:
        taken = path.with_suffix(".taken")
        path.rename(taken)
        file = taken.open("rb")
        taken.unlink()
    except FileNotFoundError as error:
        raise NotFound(_("This package was fetched before, or is not kept any more. Export again.")) from error
    return file


def move_to(name: str, target: Path) -> None:
    shutil.move(path_of(name), target)


def is_there(name: str) -> bool:
    return path_of(name).is_file()


def sweep() -> int:
    """Take away what nobody fetched or brought in for days; how many."""
    before = (timezone.now() - KEPT).timestamp()
    gone = 0
    for path in path_of(str(uuid7())).parent.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                gone += 1
    return gone
