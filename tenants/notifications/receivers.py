"""What the house tells by itself: mentions, notes on what one follows, records given to somebody, ended jobs.

Events may come twice: what is told is told under a key made of the event's id.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete, post_save
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenants.identity.models import Session, User
from tenants.identity.permits import permits_of
from tenants.kernel import context, live
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import NotFound
from tenants.notifications.actions import notify
from tenants.notifications.words import later
from tenants.records.enums import JobState
from tenants.records.events import batch_consumer, consumer
from tenants.records.follows.queries import followers_of
from tenants.records.models import Event, Job, Note
from tenants.records.notes.queries import notes_visible_to
from tenants.records.registry import type_named
from tenants.records.timeline import record_behind

MOST_SINGLE = 5
"""So many records given to one person at once are told one by one; more in one line."""
LONGEST_QUOTE = 240


def doer(event: Event) -> Actor:
    """Who caused an event, as far as telling others goes: it acts with no rights."""
    if event.user_id:
        return Actor(kind="user", user_id=event.user_id, name=event.actor_name)
    return robot(event.actor_name)


def record_of(event: Event) -> Any:
    """What an event is about, if it is still there and of a known type."""
    try:
        found = record_behind(event.record_type, event.record_id) if event.record_type else None
    except NotFound:
        return None
    return found if found is not None and found.deleted_at is None else None


@consumer("note.mentioned", label=_("Notifications: mentions"))
def tell_mentioned(event: Event) -> None:
    note, record = _note(event), record_of(event)
    if note is None or record is None:
        return
    readers = _readers(note, [UUID(one) for one in event.payload.get("user_ids", ())])
    notify(
        kind="mention", user_ids=readers, record=record, key=f"mention:{note.pk}", by=doer(event),
        title=format_lazy(_("{who} mentions you at {record}"), who=note.author_name, record=record),
        text=note.text[:LONGEST_QUOTE], url=_url(event),
    )  # fmt: skip


@consumer("note.created", label=_("Notifications: notes on what people follow"))
def tell_followers(event: Event) -> None:
    """Who is mentioned hears of that alone."""
    note, record = _note(event), record_of(event)
    if note is None or record is None:
        return
    following = [user.pk for user in followers_of(record) if user.pk not in (*note.mentions, note.author_id)]
    notify(
        kind="note_added", user_ids=_readers(note, following), record=record, key=f"note:{note.pk}", by=doer(event),
        title=format_lazy(_("{who} wrote at {record}"), who=note.author_name, record=record),
        text=note.text[:LONGEST_QUOTE], url=_url(event),
    )  # fmt: skip


def _note(event: Event) -> Note | None:
    return Note.objects.filter(pk=event.payload.get("note_id"), deleted_at=None).first()


def _readers(note: Note, user_ids: Sequence[UUID]) -> list[UUID]:
    """Of these who may read the note; that they may see its record is asked when they are told."""
    users = list(User.objects.select_related("role").filter(pk__in=user_ids, is_active=True))
    permits = permits_of(users)
    rows = Note.objects.filter(pk=note.pk)
    actors = [(user.pk, user.acting_with(permits[user.pk])) for user in users]
    return [user_id for user_id, actor in actors if notes_visible_to(actor, rows).exists()]


def _url(event: Event) -> str:
    return f"/{event.record_type}/{event.record_id}/"


@batch_consumer("*", label=_("Notifications: records given to somebody"))
def tell_owners(events: Sequence[Event]) -> None:
    """Of many at once, as after an import, one line for each person and type."""
    given: dict[tuple[UUID, str], list[Event]] = defaultdict(list)
    for event in events:
        owner = new_owner(event)
        if owner:
            given[owner, event.record_type].append(event)
    for (owner, type_name), found in given.items():
        if len(found) > MOST_SINGLE:
            _tell_of_many(owner, type_name, found)
        else:
            _tell_one_by_one(owner, found)


def new_owner(event: Event) -> UUID | None:
    """Whom a record was given to by somebody else."""
    if not event.record_type or not event.name.endswith((".created", ".updated")):
        return None
    change = event.payload.get("changes", {}).get("owner")
    after = id_in(change[1]) if change else None
    return after if after and after != event.user_id else None


def id_in(value: Any) -> UUID | None:
    """The id that a change of a relation tells: as {"id", "name"} or by itself."""
    text = value.get("id") if isinstance(value, Mapping) else value
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def _tell_one_by_one(owner: UUID, events: Iterable[Event]) -> None:
    for event in events:
        record = record_of(event)
        if record is None or record.owner_id != owner:
            continue
        label = type_named(event.record_type).model._meta.verbose_name
        notify(
            kind="record_assigned", user_ids=[owner], record=record, key=f"assigned:{event.pk}", by=doer(event),
            title=format_lazy(_("{record} is yours now"), record=record), url=_url(event),
            text=format_lazy(_("{type}, from {who}"), type=capfirst(label), who=event.actor_name),
        )  # fmt: skip


def _tell_of_many(owner: UUID, type_name: str, events: Sequence[Event]) -> None:
    count, label = len(events), type_named(type_name).label

    def title() -> str:
        words = ngettext("%(n)d record is yours now: %(type)s", "%(n)d records are yours now: %(type)s", count)
        return words % {"n": count, "type": label}

    notify(
        kind="record_assigned", user_ids=[owner], key=f"assigned:{events[0].pk}", by=doer(events[0]),
        title=later(title), url=f"/{type_name}/",
        text=format_lazy(_("From {who}"), who=events[0].actor_name),
    )  # fmt: skip


@consumer("job.finished", label=_("Notifications: jobs that ended"))
def tell_of_job(event: Event) -> None:
    """To whoever started it. What took a moment they have seen themselves: only queued jobs say so."""
    job = Job.objects.filter(pk=event.payload.get("job_id")).first()
    if job is None or not job.user_id:
        return
    titles = {
        JobState.DONE: _("Done: {label}"), JobState.FAILED: _("Failed: {label}"),
        JobState.STOPPED: _("Stopped: {label}"),
    }  # fmt: skip
    notify(
        kind="job_finished", user_ids=[job.user_id], key=f"job:{job.pk}:{job.finished_at}", by=robot("Jobs"),
        url=f"/jobs/{job.pk}/",
        title=format_lazy(titles[JobState(job.state)], label=job.label), text=job.error,
    )  # fmt: skip


def _session_ended(instance: Any, **_: Any) -> None:
    _look_again(instance.user_id)


def _user_changed(instance: Any, created: bool = False, **_: Any) -> None:
    if not created and not instance.is_active:
        _look_again(instance.pk)


def _look_again(user_id: UUID | None) -> None:
    """Live pages of somebody who may have left: their sockets ask whether they may still listen."""
    here = context.current_or_none()
    if user_id and here and here.place.company_id:
        live.look_again(user_id)


post_delete.connect(_session_ended, sender=Session, dispatch_uid="live pages: session ended")
post_save.connect(_user_changed, sender=User, dispatch_uid="live pages: user saved")
