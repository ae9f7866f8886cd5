"""The REST resource `notes`."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.layouts.about import AboutIn, page_about
from tenants.records.models import Note
from tenants.records.notes import actions
from tenants.records.notes.queries import note_for, notes_of, notes_visible_to, record_of
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Notes"])
Reader = Literal["all", "team", "private"]


class ReplyIn(Strict):
    body: str = Field(max_length=60_000, description="HTML of a few tags, or plain text")
    files: list[UUID] = Field(default_factory=list, max_length=20, description="Files you uploaded to the record")


class NoteIn(ReplyIn):
    record_type: str = Field(max_length=40)
    record_id: UUID
    visibility: Reader = "all"


class NotePatch(Strict):
    body: str | None = Field(None, max_length=60_000)
    visibility: Reader | None = None
    is_pinned: bool | None = None


class NoteOut(Schema):
    id: UUID
    record_type: str
    record_id: UUID
    body: str = Field(description="Cleaned HTML")
    text: str
    visibility: Reader
    parent: UUID | None
    mentions: list[UUID]
    author_name: str
    is_pinned: bool
    created_at: datetime
    edited_at: datetime | None

    @staticmethod
    def resolve_parent(note: Note) -> UUID | None:
        return note.parent_id

    @staticmethod
    def resolve_is_pinned(note: Note) -> bool:
        return note.pinned_at is not None


class NotePage(Schema):
    items: list[NoteOut]
    next: str | None = None
    total: int | None = None


@router.get("", response={200: NotePage, **REFUSALS}, operation_id="list_notes")
def list_notes(request: HttpRequest, asked: Query[AboutIn]) -> Any:
    """The notes of one record that you may read, newest first, without replies."""
    actor = context.actor()
    found = record_for(actor, type_named(asked.record_type), asked.record_id)
    return page_about(notes_of(actor, found), asked)


@router.post("", response={201: NoteOut, **REFUSALS}, operation_id="create_note")
def create_note(request: HttpRequest, body: NoteIn) -> Any:
    actor = context.actor()
    found = record_for(actor, type_named(body.record_type), body.record_id)
    made = actions.add_note(record=found, body=body.body, visibility=body.visibility, files=body.files, by=actor)
    return Status(201, made)


@router.get("/{note_id}", response={200: NoteOut, **REFUSALS}, operation_id="get_note")
def get_note(request: HttpRequest, note_id: UUID) -> Note:
    return note_for(context.actor(), note_id)


@router.patch("/{note_id}", response={200: NoteOut, **REFUSALS}, operation_id="update_note")
def update_note(request: HttpRequest, note_id: UUID, body: NotePatch) -> Note:
    """Change your own note; pin or unpin any that you may read."""
    actor = context.actor()
    found = note_for(actor, note_id)
    if body.is_pinned is not None:
        actions.pin_note(note=found, is_pinned=body.is_pinned, by=actor)
    if body.body is not None or body.visibility is not None:
        actions.edit_note(note=found, body=body.body, visibility=body.visibility, by=actor)
    return note_for(actor, note_id)


@router.delete("/{note_id}", response={204: None, **REFUSALS}, operation_id="delete_note")
def delete_note(request: HttpRequest, note_id: UUID) -> Any:
    actor = context.actor()
    actions.delete_note(note=note_for(actor, note_id), by=actor)
    return Status(204, None)


@router.post("/{note_id}/restore", response={200: NoteOut, **REFUSALS}, operation_id="restore_note")
def restore_note(request: HttpRequest, note_id: UUID) -> Note:
    actor = context.actor()
    actions.restore_note(note=note_for(actor, note_id, is_deleted=True), by=actor)
    return note_for(actor, note_id)


@router.get("/{note_id}/replies", response={200: NotePage, **REFUSALS}, operation_id="list_replies")
def list_replies(request: HttpRequest, note_id: UUID) -> Any:
    """The answers to a note, oldest first."""
    actor = context.actor()
    root = note_for(actor, note_id)
    rows = notes_visible_to(actor, Note.objects.filter(parent=root, deleted_at=None)).order_by("created_at", "id")
    found = list(rows[:500])
    return {"items": found, "next": None, "total": len(found)}


@router.post("/{note_id}/replies", response={201: NoteOut, **REFUSALS}, operation_id="create_reply")
def create_reply(request: HttpRequest, note_id: UUID, body: ReplyIn) -> Any:
    actor = context.actor()
    root = note_for(actor, note_id)
    made = actions.add_note(record=record_of(actor, root), body=body.body, files=body.files, parent=root, by=actor)
    return Status(201, made)
