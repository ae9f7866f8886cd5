"""A company's files as streams. Paths are relative to the folder of its schema; none can reach out of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import RawIOBase
from pathlib import PurePosixPath

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from tenants.fleet.streams.manifest import FileEntry, Unfit
from tenants.fleet.streams.tally import Tally
from tenants.kernel import context
from tenants.kernel.context import Place

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Stored:
    path: str
    size: int


def files_of(schema: str) -> list[Stored]:
    """All of them, folder by folder, by name."""
    with context.inside(Place(schema=schema)):
        return list(_below(""))


def _below(folder: str) -> Iterator[Stored]:
    if not default_storage.exists(folder or "."):
        return
    folders, names = default_storage.listdir(folder or ".")
    for name in sorted(names):
        path = f"{folder}{name}"
        yield Stored(path, default_storage.size(path))
    for name in sorted(folders):
        yield from _below(f"{folder}{name}/")


def chunks_of(schema: str, path: str) -> Iterator[bytes]:
    """Raises FileNotFoundError for one that went meanwhile."""
    # Only the opening is done in the other place: whoever takes the chunks stays in their own.
    with context.inside(Place(schema=schema)):
        file = default_storage.open(path)
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def write_file(schema: str, path: str, chunks: Iterable[bytes]) -> FileEntry:
    """In place of what stood there; gone again when the stream breaks off. Raises Unfit for a path that leads out."""
    tally = Tally()
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\x00" in path:
        raise Unfit(_("A file in it names a place that is not its own."))
    with context.inside(Place(schema=schema)):
        if default_storage.exists(path):
            default_storage.delete(path)
        try:
            default_storage.save(path, File(Readable(tally.through(chunks)), name=path))
        except BaseException:
            default_storage.delete(path)
            raise
    return FileEntry(path=path, size=tally.size, sha256=tally.sha256)


def checked_file(schema: str, path: str) -> FileEntry:
    """What is there now."""
    tally = Tally()
    for _piece in tally.through(chunks_of(schema, path)):
        pass
    return FileEntry(path=path, size=tally.size, sha256=tally.sha256)


class Readable(RawIOBase):
    """Chunks as a file that is read once, from its beginning to its end."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        """As much as is there, at most `size`; all without one. Nothing at the end."""
        if size is None or size < 0:
            rest, self._rest = self._rest + b"".join(self._chunks), b""
            return rest
        if not self._rest:
            self._rest = next(self._chunks, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece
