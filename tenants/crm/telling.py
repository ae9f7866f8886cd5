"""Telling people of their tasks, deals and leads: on events, and by sweeps for what time alone brings about.

Each is told under a key, so a sweep may come as often as it likes.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import OPEN_TASKS, DealStatus, Risk, TaskCategory, Temperature
from tenants.crm.models import Deal, Lead, Task
from tenants.kernel.actors import Actor, robot
from tenants.notifications.actions import notify
from tenants.notifications.queries import told
from tenants.notifications.receivers import doer, record_of
from tenants.notifications.words import clock
from tenants.records.events import consumer
from tenants.records.models import Event

OVERDUE_SEEN: Final = timedelta(days=3)
"""What is overdue for longer was told, or came in with an import and is no news."""
PIECE: Final = 200
DAY: Final = ExpressionWrapper(Value(timedelta(days=1)), output_field=DurationField())


def by_house() -> Actor:
    return robot("CRM")


# Events


@consumer("task.reminder", label=_("Notifications: reminders of tasks"))
def tell_reminder(event: Event) -> None:
    """To the owner, whom the event names; a reminder of one's own is told to oneself."""
    task, owner_id = record_of(event), event.payload.get("owner_id")
    if task is None or not owner_id or task.status not in OPEN_TASKS:
        return
    due_at = parse_datetime(event.payload.get("due_at") or "")
    notify(
        kind=_kind_of(task), user_ids=[UUID(owner_id)], record=task, by=by_house(),
        key=f"reminder:{event.payload['reminder_id']}", title=_reminder_words(task, due_at), text=_about(task),
        url=f"/tasks/{task.pk}/", actions=task_actions(task),
    )  # fmt: skip


def _kind_of(task: Task) -> str:
    return "follow_up" if task.category == TaskCategory.FOLLOW_UP else "task_due"


def _reminder_words(task: Task, due_at: datetime | None) -> Any:
    if due_at is None:
        return format_lazy(_("Reminder: {task}"), task=task)
    words = _("Follow up: {task}, due {when}") if task.category == TaskCategory.FOLLOW_UP else _("{task}, due {when}")
    return format_lazy(words, task=task, when=clock(due_at))


def _about(task: Task) -> Any:
    return format_lazy(_("About {name}"), name=task.about_name) if task.about_name else ""


def task_actions(task: Task) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"label": _("Mark task done"), "url": f"/tasks/{task.pk}/done/", "method": "post"}]
    if task.about_type and task.about_id:
        found.append({"label": _("Open what it is about"), "url": f"/{task.about_type}/{task.about_id}/"})
    return found


@consumer("lead.created", "lead.updated", label=_("Notifications: hot leads"))
def tell_hot_lead(event: Event) -> None:
    """When a hot lead gets its owner, or an owner's lead becomes hot."""
    changes = event.payload.get("changes", {})
    if not {"owner", "temperature"} & set(changes):
        return
    lead = record_of(event)
    if not isinstance(lead, Lead) or lead.temperature != Temperature.HOT or not lead.owner_id:
        return
    actions = [{"label": _("Open lead"), "url": f"/leads/{lead.pk}/"}]
    notify(
        kind="hot_lead", user_ids=[lead.owner_id], record=lead, by=doer(event), key=f"hot:{event.pk}",
        title=format_lazy(_("Hot lead: {lead}"), lead=lead),
        text=" · ".join(filter(None, (lead.company_name, lead.product_interest))),
        url=f"/leads/{lead.pk}/", actions=actions,
    )  # fmt: skip


# Sweeps


def tell_overdue(*, now: datetime | None = None) -> int:
    """Tasks whose time has passed within three days, each once for each due time; how many were told."""
    now = now or timezone.now()
    rows = Task.objects.filter(
        status__in=OPEN_TASKS, deleted_at=None, owner__isnull=False, due_at__lt=now, due_at__gte=now - OVERDUE_SEEN
    ).order_by("due_at", "id")
    return _tell_each(rows, lambda task: f"overdue:{task.pk}:{task.due_at:%Y%m%d%H%M}", _tell_overdue)


def _tell_overdue(task: Task, key: str) -> int:
    assert task.due_at
    assert task.owner_id
    return notify(
        kind="task_overdue", user_ids=[task.owner_id], record=task, by=by_house(), key=key, text=_about(task),
        title=format_lazy(_("Overdue: {task}, was due {when}"), task=task, when=clock(task.due_at)),
        url=f"/tasks/{task.pk}/", actions=task_actions(task),
    )  # fmt: skip


def tell_stagnant(*, now: datetime | None = None) -> int:
    """Open deals untouched for longer than their stage allows, once for each time that they were left."""
    now = now or timezone.now()
    rows = _open_deals().filter(
        stage__rot_days__isnull=False, touched_at__lt=Value(now) - F("stage__rot_days") * DAY
    ).order_by("id")  # fmt: skip
    return _tell_each(rows, lambda deal: f"stagnant:{deal.pk}:{deal.touched_at:%Y%m%d%H%M}", _tell_stagnant)


def _tell_stagnant(deal: Deal, key: str) -> int:
    assert deal.owner_id
    return notify(
        kind="deal_stagnant", user_ids=[deal.owner_id], record=deal, by=by_house(), key=key,
        title=format_lazy(_("{deal} stands still"), deal=deal),
        text=format_lazy(_("Nobody has touched it since {when}. Stage: {stage}"), when=clock(deal.touched_at),
                         stage=deal.stage.name),
        url=f"/deals/{deal.pk}/", actions=_deal_actions(deal),
    )  # fmt: skip


def tell_at_risk(*, now: datetime | None = None) -> int:
    """Open deals whose customer is at high risk to be lost, at most once a month each."""
    now = now or timezone.now()
    rows = _open_deals().filter(Q(account__churn_risk=Risk.HIGH) | Q(contact__churn_risk=Risk.HIGH)).order_by("id")
    return _tell_each(rows, lambda deal: f"at-risk:{deal.pk}:{now:%Y%m}", _tell_at_risk)


def _tell_at_risk(deal: Deal, key: str) -> int:
    assert deal.owner_id
    who = deal.account or deal.contact
    return notify(
        kind="deal_at_risk", user_ids=[deal.owner_id], record=deal, by=by_house(), key=key,
        title=format_lazy(_("{deal} is at risk"), deal=deal),
        text=format_lazy(_("{name} is about to be lost: their health is poor."), name=who),
        url=f"/deals/{deal.pk}/", actions=_deal_actions(deal),
    )  # fmt: skip


def _deal_actions(deal: Deal) -> list[dict[str, Any]]:
    return [{"label": _("Open deal"), "url": f"/deals/{deal.pk}/"}]


def _open_deals() -> Any:
    rows = Deal.objects.filter(status=DealStatus.OPEN, deleted_at=None, owner__isnull=False)
    return rows.select_related("stage", "account", "contact")


def _tell_each(rows: Any, key_of: Callable[[Any], str], tell: Callable[[Any, str], int]) -> int:
    """In pieces, without those that were told before: a sweep with no news costs two queries a piece."""
    count = 0
    for piece in _pieces(rows):
        keys = {row.pk: key_of(row) for row in piece}
        known = told(user_ids=[row.owner_id for row in piece], keys=keys.values())
        count += sum(tell(row, keys[row.pk]) for row in piece if keys[row.pk] not in known)
    return count


def _pieces(rows: Any) -> Iterable[Sequence[Any]]:
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), PIECE):
        yield list(rows.filter(pk__in=ids[start : start + PIECE]))
