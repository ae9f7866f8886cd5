"""Keeping files, and letting go of them."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.ids import uuid7
from tenants.records.events import emit
from tenants.records.files.kinds import HEAD_BYTES, clean_name, kind_of
from tenants.records.files.queries import NOWHERE
from tenants.records.models import File, Note
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType

LOOSE_HOURS = 24
BIN_DAYS = 30


@transaction.atomic
def keep_file(*, upload: "UploadedFile[Any]", record_type: RecordType, record_id: UUID | None, by: Actor) -> File:
    """Keep a file with a record, or loose for a day until a record or note takes it.

    Emits `file.added`. Raises Denied, Invalid (empty, too large), NotFound.
    """
    require(by, "create", "files")
    record = record_for(by, record_type, record_id) if record_id else None
    check_size(upload.name or "", upload.size or 0)
    key, digest, kind = _stored(upload)
    file = File.objects.create(
        record_type=record_type.name, record_id=record_id or NOWHERE, name=clean_name(upload.name or ""), key=key,
        content_type=kind, size=upload.size or 0, digest=digest, uploaded_by_id=by.user_id, uploader_name=by.name,
    )  # fmt: skip
    if record:
        emit("file.added", record, file_id=str(file.pk))
    return file


def check_size(name: str, size: int) -> None:
    """Raises Invalid for nothing and for too much."""
    most = settings.FILE_MOST_MEGABYTES
    if not size:
        raise Invalid({"file": [_("%(name)s is empty. Choose a file with something in it.") % {"name": name}]})
    if size > most * 1024 * 1024:
        words = {"name": name, "most": most, "size": round(size / 1024 / 1024, 1)}
        raise Invalid(
            {"file": [_("%(name)s has %(size)s MB; at most %(most)d MB are taken. Make it smaller.") % words]}
        )


def _stored(upload: "UploadedFile[Any]") -> tuple[str, str, str]:
    """Write it down; its place, the SHA-256 of its bytes and what it is."""
    digest, head = hashlib.sha256(), b""
    for chunk in upload.chunks():
        head = head or chunk[:HEAD_BYTES]
        digest.update(chunk)
    upload.seek(0)
    file_id = uuid7().hex
    key = default_storage.save(f"files/{file_id[-2:]}/{file_id}", upload)
    # Should the transaction fail, nothing points at the bytes: the sweep of the folder is cheap, losing them is not.
    return key, digest.hexdigest(), kind_of(head, upload.name or "")


@transaction.atomic
def delete_file(*, file: File, by: Actor) -> None:
    """Out of sight; the bytes are kept a while. Whoever brought it may, and whoever may delete files."""
    _require_owner(file, by)
    File.objects.filter(pk=file.pk, deleted_at=None).update(deleted_at=timezone.now())


@transaction.atomic
def restore_file(*, file: File, by: Actor) -> None:
    _require_owner(file, by)
    File.objects.filter(pk=file.pk).update(deleted_at=None)


def _require_owner(file: File, by: Actor) -> None:
    is_own = bool(by.user_id) and file.uploaded_by_id == by.user_id and by.may("create", "files")
    if not is_own and not by.may("delete", "files"):
        raise Denied(_("Only who brought the file, or who may delete files, can do this."))


def take_files(*, note: Note, file_ids: Iterable[UUID], by: Actor) -> None:
    """Loose files, or the record's own, become a note's. Those of others are left alone."""
    mine = File.objects.filter(pk__in=list(file_ids), uploaded_by_id=by.user_id, deleted_at=None, note=None)
    mine.filter(record_type=note.record_type, record_id__in=(NOWHERE, note.record_id)).update(
        note=note, record_id=note.record_id
    )


def adopt(*, record_type: str, record_id: UUID, file_ids: Iterable[UUID]) -> None:
    """Loose files become the record's: it was made after they were sent."""
    File.objects.filter(pk__in=list(file_ids), record_id=NOWHERE).update(record_type=record_type, record_id=record_id)


def tidy_files(*, most: int = 500) -> int:
    """Forget loose files of yesterday and deleted ones of last month, bytes and all. How many that were."""
    now = timezone.now()
    loose = File.objects.filter(record_id=NOWHERE, created_at__lt=now - timedelta(hours=LOOSE_HOURS))
    gone = File.objects.filter(deleted_at__lt=now - timedelta(days=BIN_DAYS))
    found: list[Any] = list((loose | gone)[:most])
    File.objects.filter(pk__in=[file.pk for file in found]).delete()
    for file in found:
        default_storage.delete(file.key)
    return len(found)
