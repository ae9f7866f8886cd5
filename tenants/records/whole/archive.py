"""Reading a company's file. Members are asked for by names of ours; nothing is unpacked to where a name says."""

import zipfile
from typing import IO, BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _

from tenants.records.importing.formats.base import Table
from tenants.records.importing.formats.tables import read_table
from tenants.records.importing.formats.trees import read_json
from tenants.records.importing.limits import BadFile
from tenants.records.whole.manifest import BYTES_OF, MOST_BYTES, NAME, Manifest


def is_whole(archive: zipfile.ZipFile) -> bool:
    return NAME in archive.namelist()


def manifest_in(archive: zipfile.ZipFile) -> Manifest:
    """Raises BadFile for an archive that is none of ours, or names a member twice."""
    names = archive.namelist()
    if NAME not in names or len(set(names)) != len(names):
        raise BadFile(_("This archive is no export of a company. Unpack it and upload the table that is inside."))
    if archive.getinfo(NAME).file_size > MOST_BYTES:
        raise BadFile(_("The manifest of this archive is far too long."))
    with archive.open(NAME) as file:
        return Manifest.loaded(file.read(MOST_BYTES))


def table_in(file: BinaryIO, section: str) -> Table:
    """The rows of one part. The archive was looked at when it was uploaded, and lies with us since."""
    archive = zipfile.ZipFile(file)
    manifest = manifest_in(archive)
    part = manifest.part(section)
    member = f"{section}.{manifest.format}"
    if not part or member not in archive.namelist():
        raise BadFile(_("There is no table of %(what)s in this archive.") % {"what": section})
    if not part.rows:
        return Table(list(part.columns), iter(()))
    opened: BinaryIO = archive.open(member)  # type: ignore[assignment]
    if manifest.format == "csv":
        return read_table(opened, encoding="utf-8", delimiter="comma")
    return read_json(opened, encoding="utf-8", names=part.columns)


def bytes_in(archive: zipfile.ZipFile, file_id: str) -> IO[bytes] | None:
    """A file's bytes, by the id it had where it came from."""
    name = f"{BYTES_OF}{UUID(file_id)}"
    return archive.open(name) if name in archive.NameToInfo else None
