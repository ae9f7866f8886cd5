"""Writes of notes. Only its author changes a note's words; what they were before is kept."""

from collections.abc import Iterable
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid, NotFound
from tenants.records.changes import keep_change
from tenants.records.enums import Visibility
from tenants.records.events import emit
from tenants.records.files.actions import take_files
from tenants.records.follows.actions import let_follow
from tenants.records.models import Note, Record
from tenants.records.notes.queries import record_of
from tenants.records.notes.text import clean, mentioned_in, without_mentions, words_of
from tenants.records.queries import require
from tenants.records.registry import type_of

MOST_LETTERS = 20_000
MOST_BYTES = 60_000


@transaction.atomic
def add_note(
    *, record: Record, body: str, by: Actor, visibility: str = Visibility.ALL, parent: Note | None = None,
    files: Iterable[UUID] = (),
) -> Note:  # fmt: skip
    """Write a note about a record, or a reply, which is read by whoever reads what it answers.

    `body` is HTML, of which a few tags are kept, or plain text. Whoever it mentions follows the
    record. Emits `note.created`, `note.mentioned`. Raises Denied, Invalid.
    """
    require(by, "create", "notes")
    record_type = type_of(record)
    if not record_type:
        raise NotFound
    root = (parent.parent or parent) if parent else None
    visibility = root.visibility if root else _checked_visibility(visibility)
    note = Note(record_type=record_type.name, record_id=record.pk, author_id=by.user_id, author_name=by.name,
                visibility=visibility, parent=root)  # fmt: skip
    write_body(note, body)
    note.save(force_insert=True)
    take_files(note=note, file_ids=files, by=by)
    emit("note.created", record, note_id=str(note.pk))
    _tell_mentioned(note, record, note.mentions, by)
    return note


@transaction.atomic
def edit_note(*, note: Note, by: Actor, body: str | None = None, visibility: str | None = None) -> Note:
    """Change one's own note. Emits `note.updated`, and `note.mentioned` for whoever is new in it."""
    note = _own(note, by)
    before = {"body": note.body, "visibility": note.visibility}
    mentioned = set(note.mentions)
    if visibility is not None and not note.parent_id:
        note.visibility = _checked_visibility(visibility)
    write_body(note, note.body if body is None else body)
    changes = {name: [old, getattr(note, name)] for name, old in before.items() if getattr(note, name) != old}
    if not changes:
        return note
    note.edited_at = timezone.now()
    note.save()
    Note.objects.filter(parent=note).update(visibility=note.visibility)
    keep_change("notes", note.pk, "edited", changes, by=by)
    record = record_of(by, note)
    emit("note.updated", record, note_id=str(note.pk))
    _tell_mentioned(note, record, [one for one in note.mentions if one not in mentioned], by)
    return note


@transaction.atomic
def delete_note(*, note: Note, by: Actor) -> None:
    """Out of sight with its replies: one's own, or any for whoever may delete notes. Emits `note.deleted`."""
    _require_hand_on(note, by)
    if Note.objects.filter(pk=note.pk, deleted_at=None).update(deleted_at=timezone.now()):
        emit("note.deleted", record_of(by, note), note_id=str(note.pk))


@transaction.atomic
def restore_note(*, note: Note, by: Actor) -> None:
    """Emits `note.restored`."""
    _require_hand_on(note, by)
    if Note.objects.filter(pk=note.pk).exclude(deleted_at=None).update(deleted_at=None):
        emit("note.restored", record_of(by, note), note_id=str(note.pk))


@transaction.atomic
def pin_note(*, note: Note, by: Actor, is_pinned: bool) -> None:
    """Keep a note on top of the record's page, for all who may read it. Replies stay with theirs."""
    require(by, "edit", "notes")
    if note.parent_id:
        raise Invalid({"note": [_("Pin the note that was answered.")]})
    Note.objects.filter(pk=note.pk).update(pinned_at=timezone.now() if is_pinned else None)


def write_body(note: Note, body: str) -> None:
    """Body, words and mentions from what was typed. Raises Invalid."""
    cleaned = clean(body)
    words = words_of(cleaned)
    if not words or len(words) > MOST_LETTERS or len(cleaned) > MOST_BYTES:
        raise Invalid({"body": [_("Write something, at most 20,000 characters.")]})
    asked = mentioned_in(cleaned)
    if asked and note.visibility == Visibility.PRIVATE:
        raise Invalid({"body": [_("A note that only you may read cannot mention others. Show it to your team.")]})
    users = apps.get_model("identity", "User")._default_manager
    known = set(users.filter(pk__in=asked, is_active=True).values_list("pk", flat=True)) if asked else set()
    note.body = without_mentions(cleaned, (one for one in asked if one not in known))
    note.text, note.mentions = words, [one for one in asked if one in known]


def _tell_mentioned(note: Note, record: Record, user_ids: list[UUID], by: Actor) -> None:
    if not user_ids:
        return
    let_follow(record=record, user_ids=user_ids)
    emit("note.mentioned", record, note_id=str(note.pk), user_ids=[str(one) for one in user_ids], by=by.name)


def _own(note: Note, by: Actor) -> Note:
    """The row of today, locked, if it is the actor's. Raises Denied, NotFound."""
    require_author(note, by)
    found = Note.objects.select_for_update().filter(pk=note.pk, deleted_at=None).first()
    if not found:
        raise NotFound("There is no such note.")
    return found


def require_author(note: Note, by: Actor) -> None:
    """Raise Denied unless the note is the actor's own to change. An author never changes."""
    require(by, "edit", "notes")
    if by.kind != "robot" and (not by.user_id or note.author_id != by.user_id):
        raise Denied(_("Only its author may change a note."))


def _require_hand_on(note: Note, by: Actor) -> None:
    is_own = bool(by.user_id) and note.author_id == by.user_id and by.may("edit", "notes")
    if not is_own and not by.may("delete", "notes"):
        raise Denied(_("Only its author, or who may delete notes, can do this."))


def _checked_visibility(given: str) -> str:
    if given not in Visibility.values:
        raise Invalid({"visibility": [_("Choose one of: %(known)s.") % {"known": ", ".join(Visibility.values)}]})
    return given
