"""The kernel's own tables that come along: what shapes records, and what people add to them."""

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.files import File as Upload
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenants.directory.task import send
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.kernel.ids import uuid7
from tenants.records.custom.actions import KEY, checked_options
from tenants.records.custom.making import KINDS
from tenants.records.custom.memory import forget_fields
from tenants.records.enums import ViewAudience, Visibility
from tenants.records.files.actions import check_size
from tenants.records.files.kinds import HEAD_BYTES, clean_name, kind_of
from tenants.records.files.queries import readable
from tenants.records.models import CustomField, File, Follow, Note, SavedView, Tag
from tenants.records.notes.actions import write_body
from tenants.records.notes.queries import notes_visible_to
from tenants.records.notes.text import mentioned_in
from tenants.records.registry import RecordType, type_named
from tenants.records.views.actions import check_view
from tenants.records.views.queries import views_for
from tenants.records.whole.here import Here
from tenants.records.whole.tables import Table, carried

MENTION = 'data-mention="%s"'
POINTS = ("record_type", "record_id")


@carried
class OwnFields(Table):
    """The company's own fields, the retired ones with them: values wait in records for their return."""

    model = CustomField
    columns = (
        "record_type", "key", "label", "kind", "options", "help_text", "is_required", "is_indexed", "position",
        "retired_at",
    )  # fmt: skip
    keys = ("record_type", "key")
    is_first = True

    def rows(self, actor: Actor, types: Sequence[RecordType]) -> "QuerySet[Any]":
        return super().rows(actor, types).filter(record_type__in=[one.name for one in types])

    def fill(self, row: CustomField, here: Here) -> None:
        type_named(row.record_type)
        if row.kind not in KINDS:
            raise Invalid({"kind": [_("Choose one of: %(known)s.") % {"known": ", ".join(KINDS)}]})
        if not KEY.match(row.key):
            raise Invalid({"key": [_("Use small letters, digits and _, a letter first.")]})
        row.options = checked_options(row.kind, row.options)

    def check_change(self, row: CustomField, candidate: CustomField) -> None:
        if (row.record_type, row.key, row.kind) != (candidate.record_type, candidate.key, candidate.kind):
            words = _("There is a field %(key)s of another kind here. Retire or rename one of the two.")
            raise Invalid({"kind": [words % {"key": row.key}]})

    def written(self, rows: Sequence[CustomField], by: Actor) -> None:
        from tenants.records.custom.tasks import fit_index  # the task calls back into the room of own fields

        forget_fields()
        for row in rows:
            send(fit_index, field_id=str(row.pk))


@carried
class Tags(Table):
    """The vocabulary with its colours."""

    model = Tag
    columns = ("name", "tone")
    keys = ("name",)
    is_first = True


@carried
class Notes(Table):
    """What the exporting person may read. Bodies are cleaned anew, and mentions lead to the people of here."""

    model = Note
    columns = (*POINTS, "body", "author", "author_name", "visibility", "parent", "pinned_at", "edited_at")
    parent = "record_id"

    def rows(self, actor: Actor, types: Sequence[RecordType]) -> "QuerySet[Any]":
        rows = super().rows(actor, types).filter(deleted_at=None).exclude(parent__deleted_at__isnull=False)
        return notes_visible_to(actor, rows)

    def fill(self, row: Note, here: Here) -> None:
        if row.visibility == Visibility.PRIVATE and not row.author_id:
            words = _("This is a private note of somebody who is not in this company. Invite them, then import again.")
            raise Invalid({"author": [words]})
        body = row.body
        for user_id in mentioned_in(body):
            body = body.replace(MENTION % user_id, MENTION % here.id_of(str(user_id)))
        write_body(row, body)


@carried
class Files(Table):
    """Names, owners and digests; the bytes lie beside, and are looked at like those of an upload."""

    model = File
    columns = (*POINTS, "name", "size", "digest", "note", "uploaded_by", "uploader_name")
    parent = "record_id"

    def rows(self, actor: Actor, types: Sequence[RecordType]) -> "QuerySet[Any]":
        return readable(actor, super().rows(actor, types)).filter(deleted_at=None)

    def store(self, row: File, given_id: str, here: Here) -> None:
        source = here.bytes_of(given_id) if given_id else None
        if source is None:
            raise Invalid({"name": [_("The bytes of this file are not in the archive.")]})
        with source:
            digest, head, size = hashlib.sha256(), b"", 0
            while chunk := source.read(256 * 1024):
                head = head or chunk[:HEAD_BYTES]
                digest.update(chunk)
                size += len(chunk)
                check_size(row.name, size)
            if not size or digest.hexdigest() != row.digest:
                raise Invalid({"digest": [_("The bytes of this file are not those that were exported.")]})
            source.seek(0)
            file_id = uuid7().hex
            row.key = default_storage.save(f"files/{file_id[-2:]}/{file_id}", Upload(source))
        row.name, row.size, row.content_type = clean_name(row.name), size, kind_of(head, row.name)


@carried
class Follows(Table):
    model = Follow
    columns = (*POINTS, "user")
    keys = ("record_id", "record_type", "user")
    parent = "record_id"


@carried
class Views(Table):
    """Saved views that the exporting person sees: theirs, their teams', everybody's."""

    model = SavedView
    columns = (
        "record_type", "name", "icon", "audience", "owner", "team", "filter", "sort", "columns", "group", "layout",
        "settings", "is_pinned", "is_default", "position",
    )  # fmt: skip
    keys: ClassVar[tuple[str, ...]] = ("record_type", "name", "audience", "owner")

    def rows(self, actor: Actor, types: Sequence[RecordType]) -> "QuerySet[Any]":
        rows = super().rows(actor, types).filter(record_type__in=[one.name for one in types])
        return rows if actor.kind == "robot" else rows.filter(pk__in=views_for(actor).order_by().values("pk"))

    def fill(self, row: SavedView, here: Here) -> None:
        if row.audience == ViewAudience.PRIVATE and not row.owner_id:
            words = _("This is a view of somebody who is not in this company. Invite them, then import again.")
            raise Invalid({"owner": [words]})
        row.filter, row.settings = here.in_json(row.filter), here.in_json(row.settings)
        check_view(row, dict.fromkeys(("columns", "sort", "group", "filter")), here.actor)

    def before_new(self, rows: Sequence[SavedView]) -> None:
        """One view is the one that everybody starts with."""
        for row in rows:
            if row.is_default:
                others = SavedView.objects.filter(record_type=row.record_type, is_default=True)
                others.exclude(pk=row.pk).update(is_default=False)

    def write_over(self, row: SavedView, candidate: SavedView, names: Sequence[str], by: Actor) -> None:
        if candidate.is_default:
            candidate.pk = row.pk
            self.before_new([candidate])
        super().write_over(row, candidate, names, by)
