"""Reminders of tasks: set by people, moved with the due time, sent by a sweep."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.crm import waking
from tenants.crm.enums import OPEN_TASKS
from tenants.crm.models import Reminder, Task
from tenants.crm.models.work import YEAR_MINUTES
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.actions import note_change
from tenants.records.events import emit
from tenants.records.queries import require_on

MOST_REMINDERS = 10
BATCH = 200
When = int | datetime
"""Minutes before the task is due, or a moment."""


@transaction.atomic
def set_reminders(*, task: Task, whens: Sequence[When], by: Actor) -> list[Reminder]:
    """Give a task exactly these reminders; those sent already are kept as sent. Raises Invalid, Denied."""
    require_on(by, "edit", task)
    Task.objects.select_for_update().filter(pk=task.pk).first()
    wanted = [_reminder(task, when) for when in dict.fromkeys(whens)]
    if len(wanted) > MOST_REMINDERS:
        raise Invalid({"reminders": [_("A task has at most %(most)d reminders.") % {"most": MOST_REMINDERS}]})
    before = list(task.reminders.all())
    sent = {(old.remind_at, old.minutes_before) for old in before if old.sent_at}
    Reminder.objects.filter(task=task, sent_at=None).delete()
    made = Reminder.objects.bulk_create(new for new in wanted if (new.remind_at, new.minutes_before) not in sent)
    wake(made)
    after = list(task.reminders.all())
    if _words(before) != _words(after):
        note_change(record=task, action="reminders", changes={"reminders": [_words(before), _words(after)]}, by=by)
    return after


def _reminder(task: Task, when: When) -> Reminder:
    if isinstance(when, datetime):
        return Reminder(task=task, remind_at=when if timezone.is_aware(when) else timezone.make_aware(when))
    if task.due_at is None:
        raise Invalid({"reminders": [_("Say when the task is due first, or give a moment.")]})
    if not 0 <= when <= YEAR_MINUTES:
        raise Invalid({"reminders": [_("Remind at most a year before.")]})
    return Reminder(task=task, minutes_before=when, remind_at=task.due_at - timedelta(minutes=when))


def _words(reminders: Sequence[Reminder]) -> list[str]:
    return sorted(one.remind_at.isoformat() for one in reminders)


def wake(reminders: Sequence[Reminder]) -> None:
    """Have the sweep look at this company when the first of them is due."""
    if reminders:
        waking.mark(min(one.remind_at for one in reminders))


def move_reminders(*, task: Task) -> None:
    """Follow a task's new due time; without one, what was minutes before it goes."""
    waiting = Reminder.objects.filter(task=task, sent_at=None).exclude(minutes_before=None)
    if task.due_at is None:
        waiting.delete()
        return
    moved = list(waiting)
    for one in moved:
        one.remind_at = task.due_at - timedelta(minutes=one.minutes_before or 0)
    Reminder.objects.bulk_update(moved, ["remind_at"])
    wake(moved)


@transaction.atomic
def send_reminders(*, now: datetime | None = None) -> int:
    """Emit `task.reminder` for up to 200 reminders whose time has come, each once; how many came up.

    A task that is finished or in the bin reminds nobody. Payload: `reminder_id`, `owner_id`, `due_at`.
    """
    now = now or timezone.now()
    rows = Reminder.objects.select_for_update(skip_locked=True, of=("self",)).filter(sent_at=None, remind_at__lte=now)
    due = list(rows.select_related("task").order_by("remind_at")[:BATCH])
    for reminder in due:
        task = reminder.task
        if task.status in OPEN_TASKS and task.deleted_at is None:
            due_at = task.due_at.isoformat() if task.due_at else None
            owner_id = str(task.owner_id) if task.owner_id else None
            emit("task.reminder", task, reminder_id=str(reminder.pk), owner_id=owner_id, due_at=due_at)
    Reminder.objects.filter(pk__in=[one.pk for one in due]).update(sent_at=now)
    return len(due)


def next_reminder_at() -> datetime | None:
    first = Reminder.objects.filter(sent_at=None).order_by("remind_at").values_list("remind_at", flat=True).first()
    return first
