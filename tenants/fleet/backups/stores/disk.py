"""Backups in a folder of this machine, or of one that is mounted there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from tenants.fleet.backups.stores.base import StoreFailed

CHUNK = 1024 * 1024
PART = ".part"


class DiskStore:
    name = "disk"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def writer(self, key: str) -> "DiskWriter":
        return DiskWriter(self._path(key))

    def chunks(self, key: str) -> Iterator[bytes]:
        with _told(key), self._path(key).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def size(self, key: str) -> int:
        with _told(key):
            return self._path(key).stat().st_size

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _told(key):
            path.unlink(missing_ok=True)
            path.with_name(path.name + PART).unlink(missing_ok=True)
            if path.parent != self.folder and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()

    def _path(self, key: str) -> Path:
        path = (self.folder / key).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise StoreFailed(_("A backup lies in the folder of backups, nowhere else."))
        return path


class DiskWriter:
    """Under another name until it is whole and on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + PART)
        with _told(path.name):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")

    def write(self, data: bytes) -> None:
        with _told(self._path.name):
            self._file.write(data)

    def finish(self) -> None:
        with _told(self._path.name):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self._path)

    def give_up(self) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)


@contextmanager
def _told(key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFailed(_("%(key)s: %(fault)s") % {"key": key, "fault": error.strerror}) from error
