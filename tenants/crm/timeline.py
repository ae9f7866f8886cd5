"""Tasks, activities and the stories of relatives in a record's timeline."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tenants.crm.enums import ACTIVITY_ICONS, ActivityType
from tenants.crm.models import Activity, Task
from tenants.crm.queries import Relative, activities_about, family_of, tasks_about
from tenants.kernel import context
from tenants.records.models import Change, Note
from tenants.records.notes.queries import notes_visible_to
from tenants.records.registry import type_named
from tenants.records.timeline import NOTE, Entry, change_entry, newest

Family = dict[UUID, Relative]
TOLD_AT = Coalesce("completed_at", "due_at", "created_at")


def timeline(record: Any) -> Iterable[Entry]:
    """What was done and is to be done about a record and its relatives, and what was written about these."""
    family, actor = family_of(record), context.actor()
    if actor.may("view", "tasks"):
        tasks = tasks_about(record.pk, *family).select_related("owner")
        for task in newest(tasks.annotate(told_at=TOLD_AT), "told_at"):
            yield _task_entry(task, family)
    if actor.may("view", "activities"):
        for activity in newest(activities_about(record.pk, *family).select_related("owner"), "occurred_at"):
            yield activity_entry(activity, family)
    if family:
        yield from _changes(family)
        yield from _notes(family)


def _of(family: Family, record_id: Any) -> str:
    """“ · Priya Nair”, where an entry is about a relative."""
    found = family.get(record_id)
    return f" · {found.name}" if found else ""


def _task_entry(task: Task, family: Family) -> Entry:
    return Entry(
        id=task.pk, at=task.completed_at or task.due_at or task.created_at, icon="checkbox",
        who=str(task.owner or _("Nobody")),
        text=(_("task") if task.is_open else _("finished a task")) + _of(family, task.about_id),
        object=task, template="crm/task_entry.html", is_upcoming=task.is_open, kind="tasks",
    )  # fmt: skip


def activity_entry(activity: Activity, family: Family) -> Entry:
    kind = ActivityType(activity.type)
    return Entry(
        id=activity.pk, at=activity.occurred_at, icon=ACTIVITY_ICONS[kind], who=str(activity.owner or _("Somebody")),
        text=str(kind.label).lower() + _of(family, activity.about_id),
        object=activity, template="crm/activity_entry.html", kind="activities", body=activity.description,
    )  # fmt: skip


def _changes(family: Family) -> Iterable[Entry]:
    for change in newest(Change.objects.filter(record_type__in=_types(family), record_id__in=list(family))):
        relative = family[change.record_id]
        if change.record_type == relative.type_name:
            yield _about(change_entry(type_named(change.record_type), change), relative)


def _about(entry: Entry, relative: Relative) -> Entry:
    words = {
        _("created this"): _("created"), _("moved this to the bin"): _("moved to the bin"),
        _("restored this"): _("restored"),
    }  # fmt: skip
    return Entry(
        id=entry.id, at=entry.at, icon=entry.icon, who=entry.who, details=entry.details, kind=entry.kind,
        text=f"{words.get(entry.text, entry.text)} · {relative.name}",
    )  # fmt: skip


def _types(family: Family) -> set[str]:
    return {relative.type_name for relative in family.values()}


def _notes(family: Family) -> Iterable[Entry]:
    rows = Note.objects.filter(record_type__in=_types(family), record_id__in=list(family), parent=None, deleted_at=None)
    for note in newest(notes_visible_to(context.actor(), rows)):
        yield Entry(
            id=note.pk, at=note.created_at, icon="note", who=note.author_name, kind=NOTE,
            text=_("wrote a note") + _of(family, note.record_id), body=note.text, object=note,
            template="notes/_entry.html",
        )  # fmt: skip
