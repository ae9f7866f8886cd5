"""One company, at one moment, into the store."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.models import Company
from tenants.fleet.backups.archive import ArchiveWriter, Comparison, FilePart, Part, Start, TablePart, parts_of
from tenants.fleet.backups.models import Backup, BackupState
from tenants.fleet.backups.sealing import Header, Sealer, opened
from tenants.fleet.backups.stores.base import Writer
from tenants.fleet.backups.stores.choosing import store
from tenants.fleet.models import Template
from tenants.fleet.streams.files import chunks_of, files_of
from tenants.fleet.streams.loading import Altered
from tenants.fleet.streams.manifest import FileEntry, Manifest
from tenants.fleet.streams.snapshots import Snapshot, snapshot_of
from tenants.fleet.streams.tally import Tally
from tenants.kernel.errors import Conflict

Progress = Callable[[int, int], None]
FACTS = ("name", "slug", "country", "time_zone", "currency", "language", "owner_email", "status", "support_access")
DATA_KEYS = "kernel_datakey"
MASTERS = b"SELECT DISTINCT master FROM kernel_datakey ORDER BY 1"


def write_backup(company: Company, backup: Backup, tell: Progress) -> Manifest:
    """Raises StoreFailed, Conflict. What was written until then is taken away."""
    started = time.perf_counter()
    place = store()
    place.delete(backup.place)  # what a process left that was killed at this
    out = HashingWriter(place.writer(backup.place))
    try:
        with snapshot_of(company.schema_name) as snapshot:
            sealer = Sealer(Header(backup=str(backup.pk), company=str(company.pk)), out.write)
            manifest = _write_all(company, snapshot, ArchiveWriter(sealer.write), tell)
            sealer.close()
        out.writer.finish()
    except BaseException:
        out.writer.give_up()
        raise
    masters = sorted({sealer.header.master, *manifest.masters})
    _note(backup, manifest, out, masters, time.perf_counter() - started)
    return manifest


def _write_all(company: Company, snapshot: Snapshot, archive: ArchiveWriter, tell: Progress) -> Manifest:
    template = _template(snapshot)
    manifest = manifest_head(company, snapshot)
    archive.start(manifest, {"statements": template.statements, "tables": template.tables})
    guessed = sum(table.rows_guessed for table in snapshot.tables)
    entries, rows = [], 0
    for table in snapshot.tables:
        entries.append(archive.table(table, snapshot.chunks(table)))
        rows += entries[-1].rows
        tell(rows, max(guessed, rows))
    files = [archive.file(path, chunks) for path, chunks in files_in(company.schema_name)]
    whole = replace(manifest, tables=entries, files=files)
    archive.end(whole)
    return whole


def _template(snapshot: Snapshot) -> Template:
    """The shape that the schema is in. Raises Conflict between two shapes."""
    template = Template.objects.filter(fingerprint=snapshot.fingerprint).first()
    if not template or _pairs(template.applied) != _pairs(snapshot.applied):
        raise Conflict(_("This company is being migrated. Try again when that is done."))
    return template


def _pairs(applied: list[list[str]]) -> set[tuple[str, ...]]:
    return {tuple(pair) for pair in applied}


def manifest_head(company: Company, snapshot: Snapshot) -> Manifest:
    """All that is known before the first row is read."""
    facts = {name: str(getattr(company, name)) for name in FACTS}
    return Manifest(
        fingerprint=snapshot.fingerprint,
        applied=snapshot.applied,
        company=facts | {"id": str(company.pk), "agency": company.agency.slug, "agency_id": str(company.agency_id)},
        made_at=snapshot.moment,
        sequences=snapshot.sequences(),
        masters=masters_in(snapshot),
    )


def masters_in(snapshot: Snapshot) -> list[str]:
    """Which master keys wrap the data keys of the company."""
    if DATA_KEYS not in {table.name for table in snapshot.tables}:
        return []
    return [row[0] for row in snapshot.own.execute(MASTERS).fetchall()]


def files_in(schema: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Path and bytes of each. One that is deleted while others are read is left out, as nothing points at it."""
    for stored in files_of(schema):
        chunks = chunks_of(schema, stored.path)
        try:
            first = next(chunks, b"")
        except FileNotFoundError:
            continue
        yield stored.path, chain([first] if first else [], chunks)


def _note(backup: Backup, manifest: Manifest, out: "HashingWriter", masters: list[str], seconds: float) -> None:
    """In one write: before it there is no backup, after it there is a whole one."""
    backup.state, backup.made_at, backup.seconds = BackupState.KEPT, manifest.made_at, round(seconds, 3)
    backup.size, backup.sha256, backup.masters = out.size, out.sha256, masters
    backup.rows, backup.files, backup.fingerprint = manifest.rows, len(manifest.files), manifest.fingerprint
    backup.save()


class HashingWriter:
    """Counts what goes into the store."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.size = 0
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.writer.write(data)
        self._hash.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def parts_in(backup: Backup) -> Iterator[Part]:
    """What is in a backup, in order. Raises StoreFailed, Unfit, Altered."""
    return parts_of(opened(store().chunks(backup.place), expected=str(backup.pk)))


@dataclass
class Check:
    """Reads a backup from beginning to end: every frame genuine, every checksum that of the manifest."""

    manifest: Manifest | None = None
    rows: int = 0

    def run(self, backup: Backup, tell: Progress) -> Manifest:
        """Raises StoreFailed, Unfit, Altered."""
        compared = Comparison()
        for part in parts_in(backup):
            if isinstance(part, TablePart):
                tally = drained(part.chunks)
                compared.table(part, tally)
                self.rows += tally.rows
                tell(self.rows, backup.rows)
            elif isinstance(part, FilePart):
                tally = drained(part.chunks)
                compared.file(FileEntry(path=part.path, size=tally.size, sha256=tally.sha256))
            elif not isinstance(part, Start):
                self.manifest = part
        if not self.manifest:
            raise Altered
        compared.check(self.manifest)
        return self.manifest


def drained(chunks: Iterator[bytes]) -> Tally:
    tally = Tally()
    for _piece in tally.through(chunks):
        pass
    return tally


def check_backup(backup: Backup, tell: Progress = lambda done, total: None) -> Manifest:
    """And note the outcome with the backup. Raises what was wrong."""
    backup.checked_at = timezone.now()
    try:
        manifest = Check().run(backup, tell)
    except Exception as error:
        backup.fault = str(getattr(error, "detail", error))[:300] or type(error).__name__
        raise
    else:
        backup.fault = ""
    finally:
        backup.save(update_fields=["checked_at", "fault", "updated_at"])
    return manifest
