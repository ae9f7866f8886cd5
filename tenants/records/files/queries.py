"""Reads of files: those of a record that the actor may see, and one by its id."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.models import File, Note, Record
from tenants.records.notes.queries import notes_visible_to
from tenants.records.queries import record_for, require
from tenants.records.registry import type_named, type_of

NOWHERE = UUID(int=0)
"""The record of a file that was sent before the record it is for was made."""


def files_of(actor: Actor, record: Record) -> "QuerySet[File]":
    """A record's files, newest first, without those of notes that the actor may not read."""
    require(actor, "view", "files")
    record_type = type_of(record)
    assert record_type
    return readable(actor).filter(record_type=record_type.name, record_id=record.pk, deleted_at=None)


def file_for(actor: Actor, file_id: UUID, *, is_deleted: bool = False) -> File:
    """One file whose record (and note) the actor may see; a loose one only for who brought it."""
    require(actor, "view", "files")
    file = readable(actor).filter(pk=file_id, deleted_at__isnull=not is_deleted).first()
    if not file:
        raise NotFound("There is no such file.")
    is_loose = file.record_id == NOWHERE
    if is_loose and (not actor.user_id or file.uploaded_by_id != actor.user_id):
        raise NotFound("There is no such file.")
    record_of(file, actor)
    return file


def readable(actor: Actor, files: "QuerySet[File] | None" = None) -> "QuerySet[File]":
    """Files, of those given, without those of notes that the actor may not read."""
    if not actor.may("view", "files"):
        return File.objects.none()
    notes = notes_visible_to(actor, Note.objects.filter(deleted_at=None)).order_by().values("pk")
    return (File.objects.all() if files is None else files).filter(Q(note=None) | Q(note__in=notes))


def record_of(file: File, actor: Actor) -> Any:
    """The record a file belongs to, as the actor may see it; None while the file is loose. Raises NotFound."""
    return None if file.record_id == NOWHERE else record_for(actor, type_named(file.record_type), file.record_id)
