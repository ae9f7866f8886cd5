"""The package of a company: a ZIP for machines, one member a stream, a manifest with the checksum of each.

    manifest.json            who, when, of which shape, every stream with its rows, bytes and SHA-256
    manifest.mac             under a passphrase: that nobody else wrote the manifest
    tables/<table>.copy      rows as COPY writes them
    parts/<part>.jsonl       rows that a room carries itself, like the audit
    pictures/<kind>          of the company's own brand
    files.bin                all files, each after a line with its path and size, then its SHA-256

Under a passphrase every member but the first two is packed and sealed: name, address, owner and counts stay readable.
Nothing is ever unpacked to where a name says.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import IO, Any, Final, Self

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.fleet.copies import sealing
from tenants.fleet.streams.loading import Altered
from tenants.fleet.streams.manifest import TableEntry, Unfit
from tenants.fleet.streams.tally import Tally
from tenants.kernel.copies import Copy

KIND: Final = "company-package"
FORMAT: Final = 1
MANIFEST, MAC, FILES = "manifest.json", "manifest.mac", "files.bin"
NAMES: Final = re.compile(
    r"^(manifest\.json|manifest\.mac|files\.bin|tables/[a-z0-9_]+\.copy|parts/[a-z_]+\.jsonl|pictures/[a-z_]+)$"
)
MOST_MEMBERS: Final = 2_000
MOST_MANIFEST: Final = 8 * 1024 * 1024
CHUNK: Final = 256 * 1024
MOST_PACKED: Final = 200
"""So many times may a package grow when it is unpacked: rows pack well, bombs pack better."""
SMALL: Final = 64 * 1024 * 1024
"""What never counts as a bomb."""
PATH: Final = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$")
MOST_PATH: Final = 200
MOST_HEADER: Final = 4_096


class TooLarge(Unfit):
    code = "package_too_large"
    title = _("This package is larger than this installation takes")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A stream that is no table."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class PackageManifest:
    copy: str
    made_at: datetime
    fingerprint: str
    applied: list[list[str]]
    company: dict[str, str]
    agency: str
    hosts: list[str] = field(default_factory=list)
    brand: dict[str, str] = field(default_factory=dict)
    pictures: list[dict[str, Any]] = field(default_factory=list)
    """Entries, each with the ending of its file as `ending`."""
    tables: list[TableEntry] = field(default_factory=list)
    parts: list[Entry] = field(default_factory=list)
    files: Entry | None = None
    left_behind: list[str] = field(default_factory=list)
    """What has to be entered again."""
    salt: str = ""
    proof: str = ""
    kind: str = KIND
    format: int = FORMAT

    @property
    def is_sealed(self) -> bool:
        return self.copy == Copy.SEALED

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.streams)

    @property
    def size(self) -> int:
        """Unpacked."""
        return sum(one.size for one in self.streams) + (self.files.size if self.files else 0)

    @property
    def streams(self) -> list[Entry | TableEntry]:
        return [*self.tables, *self.parts]

    def to_json(self) -> bytes:
        values = asdict(self) | {"made_at": self.made_at.isoformat()}
        return json.dumps(values, ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Raises Unfit."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values["kind"] != KIND:
                raise Unfit(_("This file is no package of a company."))
            if values["format"] != FORMAT:
                raise Unfit(_("This package was made by a newer version of the program. Update this one first."))
            values["copy"] = Copy(values["copy"])
            values["made_at"] = datetime.fromisoformat(values["made_at"])
            values["tables"] = [TableEntry(**one) for one in values["tables"]]
            values["parts"] = [Entry(**one) for one in values["parts"]]
            values["files"] = Entry(**values["files"]) if values["files"] else None
            found = cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Unfit(_("The manifest of this package cannot be read.")) from error
        if any(one.size < 0 or one.rows < 0 for one in found.streams):
            raise Unfit(_("The manifest of this package cannot be read."))
        return found


class PackageWriter:
    def __init__(self, file: IO[bytes], key: bytes | None) -> None:
        self.archive = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED if key else zipfile.ZIP_DEFLATED, allowZip64=True)
        self.key = key

    def add(self, name: str, chunks: Iterable[bytes]) -> Tally:
        """A stream to its end; what passed by is counted as it is when it is unpacked."""
        tally = Tally()
        counted: Iterable[bytes] = tally.through(chunks)
        if self.key:
            counted = sealing.sealed(self.key, name, packed(counted))
        with self.archive.open(name, "w", force_zip64=True) as member:
            for chunk in counted:
                member.write(chunk)
        return tally

    def close(self, manifest: PackageManifest) -> None:
        text = manifest.to_json()
        self.archive.writestr(MANIFEST, text)
        if self.key:
            self.archive.writestr(MAC, sealing.mac_of(self.key, text))
        self.archive.close()


def packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of at most a chunk or so."""
    press, waiting = zlib.compressobj(6), b""
    for chunk in chunks:
        waiting += press.compress(chunk)
        if len(waiting) >= CHUNK:
            yield waiting
            waiting = b""
    yield waiting + press.flush()


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A chunk at a time, however much is packed into a piece. Raises Altered."""
    press = zlib.decompressobj()
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                found = press.decompress(rest, CHUNK)
                rest = press.unconsumed_tail
                if found:
                    yield found
        if end := press.flush():
            yield end
    except zlib.error as error:
        raise Altered from error
    if not press.eof:
        raise Altered


class PackageReader:
    """Looks before it reads: names, sizes, version, and under a passphrase who wrote it. Raises Unfit."""

    def __init__(self, file: IO[bytes], key: bytes | None = None) -> None:
        try:
            self.archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise Unfit(_("This file is no package of a company, or it was cut off.")) from error
        self._check_members(_size_of(file))
        text = self._small(MANIFEST)
        self.manifest = PackageManifest.from_json(text)
        self.key = key if self.manifest.is_sealed else None
        self._check_passphrase(key, text)
        self._check_sizes(_size_of(file))

    def _check_members(self, size: int) -> None:
        infos = self.archive.infolist()
        names = [info.filename for info in infos]
        if size > settings.PACKAGE_MOST_BYTES:
            raise TooLarge
        if len(infos) > MOST_MEMBERS or len(set(names)) != len(names) or not all(map(NAMES.match, names)):
            raise Unfit(_("This archive holds what no package of a company holds."))
        if MANIFEST not in names:
            raise Unfit(_("This file is no package of a company."))

    def _small(self, name: str) -> bytes:
        if self.archive.getinfo(name).file_size > MOST_MANIFEST:
            raise Unfit(_("The manifest of this package cannot be read."))
        with self._member(name) as member:
            return _read(member, MOST_MANIFEST)

    def _check_passphrase(self, key: bytes | None, text: bytes) -> None:
        if not self.manifest.is_sealed or key is None:
            return
        if sealing.proof_of(key) != self.manifest.proof:
            raise sealing.WrongPassphrase
        if MAC not in self.archive.namelist() or self._small(MAC).decode("ascii", "replace") != sealing.mac_of(
            key, text
        ):
            raise Altered

    def _check_sizes(self, size: int) -> None:
        """What it says it will grow to; reading stops where it grows beyond."""
        grown = self.manifest.size
        if grown > settings.PACKAGE_MOST_UNPACKED_BYTES or (grown > SMALL and grown > size * MOST_PACKED):
            raise TooLarge

    def chunks(self, name: str, entry: Entry | TableEntry) -> Iterator[bytes]:
        """A stream as it was before it was packed. Raises Altered where it is not the one of the manifest."""
        tally = Tally()
        for chunk in self._raw(name):
            tally.add(chunk)
            if tally.size > entry.size:
                raise Altered
            yield chunk
        if (tally.size, tally.sha256) != (entry.size, entry.sha256):
            raise Altered

    def _raw(self, name: str) -> Iterator[bytes]:
        if name not in self.archive.NameToInfo:
            raise Altered
        with self._member(name) as member:
            try:
                yield from (
                    unpacked(sealing.opened(self.key, name, member)) if self.key else iter(lambda: _part(member), b"")
                )
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
                raise Altered from error

    def _member(self, name: str) -> IO[bytes]:
        try:
            return self.archive.open(name)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise Altered from error


def _part(member: IO[bytes]) -> bytes:
    return member.read(CHUNK)


def _read(member: IO[bytes], most: int) -> bytes:
    try:
        return member.read(most)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise Altered from error


def _size_of(file: IO[bytes]) -> int:
    file.seek(0, 2)
    return file.tell()


def lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Rows as JSON, a line each, in chunks."""
    waiting: list[bytes] = []
    size = 0
    for row in rows:
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        waiting.append(line)
        size += len(line)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def rows_in(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (json.loads(line) for line in whole)
    if rest:
        raise Altered


# Files, one after the other


def file_stream(files: Iterable[tuple[str, int, Iterable[bytes]]]) -> Iterator[bytes]:
    """Each with a line before it and its checksum after it. Raises Altered for one that changed under the reader."""
    for path, size, chunks in files:
        yield json.dumps({"path": path, "size": size}).encode() + b"\n"
        found, seen = hashlib.sha256(), 0
        for chunk in chunks:
            found.update(chunk)
            seen += len(chunk)
            yield chunk
        if seen != size:
            raise Altered(_("A file was changed while it was read. Export again."))
        yield found.digest()


def files_in(chunks: Iterable[bytes]) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """(path, size, bytes) of each; the bytes are to be read to their end before the next. Raises Altered."""
    flow = _Flow(chunks)
    while header := flow.line():
        path, size = _header(header)
        found = hashlib.sha256()
        yield path, size, flow.body(size, found)
        if flow.exactly(found.digest_size) != found.digest():
            raise Altered


def _header(line: bytes) -> tuple[str, int]:
    """Raises Altered for a path that would lead anywhere but into the folder of the company."""
    try:
        told = json.loads(line)
        path, size = str(told["path"]), int(told["size"])
    except (ValueError, KeyError, TypeError) as error:
        raise Altered from error
    if len(path) > MOST_PATH or not PATH.match(path) or size < 0:
        raise Altered(_("A file in this package has a name that cannot be."))
    return path, size


class _Flow:
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def _more(self) -> bool:
        chunk = next(self._chunks, None)
        self._rest += chunk or b""
        return chunk is not None

    def line(self) -> bytes:
        while b"\n" not in self._rest:
            if len(self._rest) > MOST_HEADER:
                raise Altered
            if not self._more():
                if self._rest:
                    raise Altered
                return b""
        line, _newline, self._rest = self._rest.partition(b"\n")
        return line

    def body(self, size: int, found: Any) -> Iterator[bytes]:
        left = size
        while left:
            if not self._rest and not self._more():
                raise Altered
            piece, self._rest = self._rest[:left], self._rest[left:]
            left -= len(piece)
            found.update(piece)
            if piece:
                yield piece

    def exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            if not self._more():
                raise Altered
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece
