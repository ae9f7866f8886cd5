"""Writing a company's file: a table for each part, the files themselves, and a manifest that counts them."""

import shutil
import zipfile
from collections.abc import Sequence
from typing import IO, Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.hosts import company_now
from tenants.kernel.actors import Actor
from tenants.records.exporting.columns import columns_of
from tenants.records.exporting.rows import chunks, rows_for
from tenants.records.exporting.writers import CsvWriter, JsonWriter
from tenants.records.jobs.running import Run
from tenants.records.registry import RecordType
from tenants.records.whole.here import mark_of_company
from tenants.records.whole.manifest import BYTES_OF, NAME, Manifest, Part
from tenants.records.whole.tables import Table, arranged, part_named, tables


def parts_of(types: Sequence[RecordType]) -> list[RecordType]:
    """What goes along with these types, in the order in which it can be brought in."""
    return arranged([*types, *(one for one in tables() if one.goes_with(types))])


def rows_of_part(part: RecordType, types: Sequence[RecordType], actor: Actor) -> Any:
    return part.rows(actor, types) if isinstance(part, Table) else rows_for(part, {}, actor)


def count_of(types: Sequence[RecordType], actor: Actor) -> int:
    return sum(rows_of_part(one, types, actor).order_by().count() for one in parts_of(types))


def write_whole(run: Run, types: Sequence[RecordType], file_format: str, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = [_part(run, archive, one, types, file_format) for one in parts_of(types)]
        kept, missing = _bytes(run, archive, types)
        archive.writestr(NAME, _manifest(parts, file_format, kept, missing).dumped())


def _part(run: Run, archive: zipfile.ZipFile, part: RecordType, types: Sequence[RecordType], file_format: str) -> Part:
    columns, count, name = columns_of(part, is_whole=True), 0, f"{part.name}.{file_format}"
    with archive.open(name, "w", force_zip64=True) as member:
        writer = CsvWriter(member, columns, by_name=True) if file_format == "csv" else JsonWriter(member, columns)
        for chunk in chunks(part, rows_of_part(part, types, run.actor)):
            run.check()
            writer.write(chunk)
            count += len(chunk)
            run.advance(len(chunk))
        writer.close()
    return Part(part.name, name, count, tuple(column.name for column in columns), part.comes_in)


def _bytes(run: Run, archive: zipfile.ZipFile, types: Sequence[RecordType]) -> tuple[int, int]:
    """The files, unpacked as they are: an archive of them would not be smaller. How many, and how many are lost."""
    files = part_named("files")
    kept = missing = 0
    for file_id, key in rows_of_part(files, types, run.actor).values_list("pk", "key").iterator(chunk_size=500):
        run.check()
        try:
            source = default_storage.open(key, "rb")
        except FileNotFoundError:
            missing += 1
            continue
        with source, archive.open(zipfile.ZipInfo(f"{BYTES_OF}{file_id}"), "w", force_zip64=True) as member:
            shutil.copyfileobj(source, member)
        kept += 1
        run.advance(0)
    return kept, missing


def _manifest(parts: Sequence[Part], file_format: str, kept: int, missing: int) -> Manifest:
    users = apps.get_model("identity", "User")._default_manager.order_by("pk")
    notes = [_("Records in the bin, history, jobs, searches and what people prefer are not in it.")]
    notes.append(_("Values of confidential fields stay in the company they belong to: they are not in it."))
    stay = [one.name for one in parts if not one.comes_in]
    if stay:
        words = _("An import leaves out %(names)s: they are documents of the company that issued them.")
        notes.append(words % {"names": ", ".join(stay)})
    if missing:
        notes.append(_("The bytes of %(n)d files were not to be found.") % {"n": missing})
    return Manifest(
        format=file_format, made_at=timezone.now().isoformat(), company=company_now().name, source=mark_of_company(),
        people=[{"id": str(one.pk), "email": one.email, "name": one.name} for one in users], parts=parts, files=kept,
        notes=notes,
    )  # fmt: skip
