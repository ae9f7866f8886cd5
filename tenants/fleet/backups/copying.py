"""Backups as files that somebody carries: out of the store, and back into it or into that of a new installation."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tenants.directory.models import Company
from tenants.fleet.backups.making import Check, HashingWriter
from tenants.fleet.backups.models import Backup, BackupState
from tenants.fleet.backups.sealing import Taker, header_of
from tenants.fleet.backups.stores.choosing import store
from tenants.fleet.backups.stores.disk import CHUNK, DiskStore
from tenants.kernel.errors import Conflict


def copy_out(backup: Backup, file: Path) -> None:
    """The sealed object, byte for byte."""
    writer = DiskStore(file.parent).writer(file.name)
    for chunk in store().chunks(backup.place):
        writer.write(chunk)
    writer.finish()


def bring_in(company: Company, file: Path) -> Backup:
    """The backup in a file, known here or not. Raises Unfit, Altered, Conflict for another company's."""
    with file.open("rb") as source:
        header, _head = header_of(Taker(iter(lambda: source.read(CHUNK), b"")))
    if header.company != str(company.pk):
        raise Conflict(_("This is a backup of another company."))
    known = Backup.objects.filter(pk=header.backup, state=BackupState.KEPT, fault="").first()
    return known or _take_in(company, header.backup, file)


def _take_in(company: Company, backup_id: str, file: Path) -> Backup:
    """Into the store, and only once it was read through into the list."""
    backup = Backup(
        id=backup_id, company_id=company.pk, agency_id=company.agency_id, subject=company.name,
        place=f"{company.pk}/{backup_id}.backup",
    )  # fmt: skip
    out = HashingWriter(store().writer(backup.place))
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            out.write(chunk)
    out.writer.finish()
    try:
        manifest = Check().run(backup, lambda done, total: None)
    except BaseException:
        store().delete(backup.place)
        raise
    values: dict[str, Any] = {
        "state": BackupState.KEPT, "made_at": manifest.made_at, "size": out.size, "sha256": out.sha256,
        "rows": manifest.rows, "files": len(manifest.files), "fingerprint": manifest.fingerprint,
        "masters": manifest.masters,
    }  # fmt: skip
    for name, value in values.items():
        setattr(backup, name, value)
    backup.save()
    return backup
