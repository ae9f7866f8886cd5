"""The order of things within a backup: what it is of, tables, files, and at the end the manifest.

Each part is a letter, a length and its bytes. The manifest comes last, since checksums are known once all was read;
what has to be known before the first row, the shape of the tables, stands in front.
"""

import json
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tenants.fleet.backups.sealing import Taker
from tenants.fleet.streams.loading import Altered
from tenants.fleet.streams.manifest import FileEntry, Manifest, TableEntry
from tenants.fleet.streams.tables import Table
from tenants.fleet.streams.tally import Tally

PART = struct.Struct(">cI")
LARGEST = 1 << 30
START, TABLE, FILE, DATA, END, MANIFEST = b"S", b"T", b"F", b"D", b"E", b"M"
Write = Callable[[bytes], None]


class ArchiveWriter:
    def __init__(self, write: Write) -> None:
        self._write = write

    def start(self, manifest: Manifest, template: dict[str, Any]) -> None:
        self._part(START, json.dumps({"manifest": json.loads(manifest.to_json()), "template": template}).encode())

    def table(self, table: Table, chunks: Iterable[bytes]) -> TableEntry:
        tally = self._stream(TABLE, {"name": table.name, "columns": list(table.columns)}, chunks)
        return TableEntry(
            name=table.name, columns=list(table.columns), rows=tally.rows, size=tally.size, sha256=tally.sha256
        )

    def file(self, path: str, chunks: Iterable[bytes]) -> FileEntry:
        tally = self._stream(FILE, {"path": path}, chunks)
        return FileEntry(path=path, size=tally.size, sha256=tally.sha256)

    def end(self, manifest: Manifest) -> None:
        self._part(MANIFEST, manifest.to_json().encode())

    def _stream(self, letter: bytes, about: dict[str, Any], chunks: Iterable[bytes]) -> Tally:
        tally = Tally()
        self._part(letter, json.dumps(about).encode())
        for chunk in tally.through(chunks):
            self._part(DATA, chunk)
        self._part(END, b"")
        return tally

    def _part(self, letter: bytes, data: bytes) -> None:
        self._write(PART.pack(letter, len(data)))
        self._write(data)


@dataclass(frozen=True)
class Start:
    manifest: Manifest
    """Without checksums, tables and files."""
    template: dict[str, Any]


@dataclass(frozen=True)
class TablePart:
    name: str
    columns: list[str]
    chunks: Iterator[bytes]

    @property
    def entry(self) -> TableEntry:
        """Its checksum is not known yet."""
        return TableEntry(name=self.name, columns=self.columns, rows=-1, size=0, sha256="")


@dataclass(frozen=True)
class FilePart:
    path: str
    chunks: Iterator[bytes]


Part = Start | TablePart | FilePart | Manifest


def parts_of(plain: Iterable[bytes]) -> Iterator[Part]:
    """What is in an archive, in order. The chunks of a part are taken before the next part is asked for.

    Raises Unfit, Altered.
    """
    taker = Taker(plain)
    while True:
        letter, data = _next(taker)
        if letter == START:
            told = json.loads(data)
            yield Start(Manifest.from_json(json.dumps(told["manifest"])), told["template"])
        elif letter == TABLE:
            yield TablePart(**json.loads(data), chunks=_chunks(taker))
        elif letter == FILE:
            yield FilePart(**json.loads(data), chunks=_chunks(taker))
        elif letter == MANIFEST and taker.is_over:
            yield Manifest.from_json(data)
            return
        else:
            raise Altered


def _next(taker: Taker) -> tuple[bytes, bytes]:
    letter, size = PART.unpack(taker.take(PART.size))
    if size > LARGEST:
        raise Altered
    return letter, taker.take(size)


def _chunks(taker: Taker) -> Iterator[bytes]:
    while True:
        letter, data = _next(taker)
        if letter == END:
            return
        if letter != DATA:
            raise Altered
        yield data


class Comparison:
    """What was read against what the manifest at the end says."""

    def __init__(self) -> None:
        self._tables: list[TableEntry] = []
        self._files: list[FileEntry] = []

    def table(self, part: TablePart, tally: Tally) -> None:
        counted = {"rows": tally.rows, "size": tally.size, "sha256": tally.sha256}
        self._tables.append(TableEntry(**(asdict(part.entry) | counted)))

    def file(self, entry: FileEntry) -> None:
        self._files.append(entry)

    def check(self, manifest: Manifest) -> None:
        """Raises Altered."""
        if self._tables != manifest.tables or self._files != manifest.files:
            raise Altered
