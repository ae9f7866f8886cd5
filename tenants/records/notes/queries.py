"""Reads of notes. Who may read which is decided here, for pages, API, timeline, counts and search alike."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.enums import Visibility
from tenants.records.models import Change, File, Note, Record
from tenants.records.queries import record_for, require
from tenants.records.registry import type_named, type_of

MOST_SUGGESTED = 8


def notes_visible_to(actor: Actor, notes: "QuerySet[Note] | None" = None) -> "QuerySet[Note]":
    """The notes an actor may read, of those given; that their record may be seen is asked elsewhere.

    All may read what is for all. What is for a team: those who share a team with its author,
    and those it mentions. What is private: its author alone, whatever their role. A reply is
    read by whoever reads the note it answers. The house itself reads all. Who views as somebody does
    not read what is private to them.
    """
    rows = Note.objects.all() if notes is None else notes
    if not actor.may("view", "notes"):
        return rows.none()
    if actor.kind == "robot":
        return rows
    return rows.filter(Q(parent=None) & _readable(actor, "") | Q(parent__isnull=False) & _readable(actor, "parent__"))


def _readable(actor: Actor, prefix: str) -> Q:
    found = Q(**{f"{prefix}visibility": Visibility.ALL})
    if not actor.user_id:
        return found
    members = apps.get_model("identity", "TeamMember")._default_manager
    mates = members.filter(team__memberships__user=actor.user_id).values("user_id")
    near = Q(**{f"{prefix}author__in": mates}) | Q(**{f"{prefix}mentions__contains": [actor.user_id]})
    own = Q(**{f"{prefix}author": actor.user_id})
    if actor.is_watched:
        own &= ~Q(**{f"{prefix}visibility": Visibility.PRIVATE})
    return found | own | Q(**{f"{prefix}visibility": Visibility.TEAM}) & near


def notes_of(actor: Actor, record: Record) -> "QuerySet[Note]":
    """A record's notes that the actor may read, newest first, without replies and deleted ones."""
    require(actor, "view", "notes")
    record_type = type_of(record)
    assert record_type
    rows = Note.objects.filter(record_type=record_type.name, record_id=record.pk, parent=None, deleted_at=None)
    return notes_visible_to(actor, rows)


def with_threads(notes: Iterable[Note]) -> list[Note]:
    """Notes with their answers (`thread`) and files (`attachments`): two queries, however many notes."""
    found = list(notes)
    bare = {note.pk: note for note in found if not hasattr(note, "thread")}
    if not bare:
        return found
    replies = list(Note.objects.filter(parent__in=bare, deleted_at=None).order_by("created_at", "id"))
    every: list[Any] = [*bare.values(), *replies]
    for note in every:
        note.thread, note.attachments = [], []
    for reply in replies:
        cast(Any, bare[cast(UUID, reply.parent_id)]).thread.append(reply)
    by_id = {note.pk: note for note in every}
    for file in File.objects.filter(note__in=by_id, deleted_at=None).order_by("created_at", "id"):
        by_id[file.note_id].attachments.append(file)
    # A note that is told twice on a page is two objects.
    for note in found:
        twin: Any = bare.get(note.pk, note)
        if twin is not note:
            note.thread, note.attachments = twin.thread, twin.attachments  # type: ignore[attr-defined]
    return found


def note_for(actor: Actor, note_id: UUID, *, is_deleted: bool = False) -> Note:
    """One note that the actor may read, of a record that the actor may see. Raises NotFound, Denied."""
    require(actor, "view", "notes")
    rows = Note.objects.select_related("parent").filter(pk=note_id, deleted_at__isnull=not is_deleted)
    found = notes_visible_to(actor, rows).first()
    if not found or (found.parent and found.parent.deleted_at):
        raise NotFound("There is no such note.")
    record_of(actor, found)
    return found


def record_of(actor: Actor, note: Note) -> Any:
    return record_for(actor, type_named(note.record_type), note.record_id)


def versions_of(note: Note) -> "QuerySet[Change]":
    """What the note said before each edit, newest first."""
    return Change.objects.filter(record_type="notes", record_id=note.pk, action="edited")


def people_like(text: str) -> "QuerySet[Any]":
    """Active users by a part of their name, to mention."""
    users = apps.get_model("identity", "User")._default_manager.filter(is_active=True)
    return users.filter(name__icontains=text.replace("\x00", "").strip()).order_by("name", "id")
