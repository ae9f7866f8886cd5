"""The REST resource `files`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File as Upload
from ninja import Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from tenants.kernel import context
from tenants.records.files import actions
from tenants.records.files.queries import file_for, files_of
from tenants.records.files.serving import serve
from tenants.records.layouts.about import AboutIn, page_about
from tenants.records.models import File
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.records.schemas import Problem

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Files"])


class FileOut(Schema):
    id: UUID
    record_type: str
    record_id: UUID
    name: str
    content_type: str
    size: int
    digest: str
    note: UUID | None
    uploader_name: str
    created_at: datetime

    @staticmethod
    def resolve_note(file: File) -> UUID | None:
        return file.note_id


class FilePage(Schema):
    items: list[FileOut]
    next: str | None = None
    total: int | None = None


@router.get("", response={200: FilePage, **REFUSALS}, operation_id="list_files")
def list_files(request: HttpRequest, asked: Query[AboutIn]) -> Any:
    """The files of one record, newest first."""
    actor = context.actor()
    found = record_for(actor, type_named(asked.record_type), asked.record_id)
    return page_about(files_of(actor, found), asked)


@router.post("", response={201: FileOut, **REFUSALS}, operation_id="upload_file")
def upload_file(request: HttpRequest, record_type: Form[str], record_id: Form[UUID], file: Upload[UploadedFile]) -> Any:
    """Keep a file with a record (multipart/form-data)."""
    made = actions.keep_file(upload=file, record_type=type_named(record_type), record_id=record_id, by=context.actor())
    return Status(201, made)


@router.get("/{file_id}", response={200: FileOut, **REFUSALS}, operation_id="get_file")
def get_file(request: HttpRequest, file_id: UUID) -> File:
    return file_for(context.actor(), file_id)


@router.get("/{file_id}/content", response={200: Any, **REFUSALS}, operation_id="download_file")
def download_file(request: HttpRequest, file_id: UUID) -> Any:
    """The bytes."""
    return serve(file_for(context.actor(), file_id), is_download=True)


@router.delete("/{file_id}", response={204: None, **REFUSALS}, operation_id="delete_file")
def delete_file(request: HttpRequest, file_id: UUID) -> Any:
    actor = context.actor()
    actions.delete_file(file=file_for(actor, file_id), by=actor)
    return Status(204, None)


@router.post("/{file_id}/restore", response={200: FileOut, **REFUSALS}, operation_id="restore_file")
def restore_file(request: HttpRequest, file_id: UUID) -> File:
    actor = context.actor()
    actions.restore_file(file=file_for(actor, file_id, is_deleted=True), by=actor)
    return file_for(actor, file_id)
