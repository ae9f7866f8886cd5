"""Tasks in a record's story, and what belongs to a record beside it."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.crm.models import Account, Contact, Deal
from tenants.crm.queries import tasks_about
from tenants.kernel import context
from tenants.kernel.modules import Panel, QuickAction
from tenants.records.locale import day, money
from tenants.records.queries import visible_to
from tenants.records.registry import type_named, type_of
from tenants.records.timeline import LENGTH, Entry


def timeline(record: Any) -> Iterable[Entry]:
    for task in tasks_about(record.pk).select_related("owner")[:LENGTH]:
        yield Entry(
            id=task.pk, at=task.completed_at or task.due_at or task.created_at, icon="checkbox",
            who=str(task.owner or _("Nobody")), text=_("task") if task.is_open else _("finished a task"),
            object=task, template="crm/task_entry.html", is_upcoming=task.is_open,
        )  # fmt: skip


def quick_actions(record: Any) -> Iterable[QuickAction]:
    record_type = type_of(record)
    if record_type and record_type.name in ("contacts", "accounts", "deals"):
        query = urlencode({"about_type": record_type.name, "about_id": record.pk})
        yield QuickAction(
            label=_("Task"), icon="checkbox", url=f"{reverse('records:create', args=['tasks'])}?{query}", order=40
        )
    if isinstance(record, Contact | Account):
        values = (
            {"account": record.account_id, "contact": record.pk}
            if isinstance(record, Contact)
            else {"account": record.pk}
        )
        yield QuickAction(label=_("Deal"), icon="briefcase", url=_create_url("deals", values), order=50)


def _create_url(name: str, values: dict[str, Any]) -> str:
    return f"{reverse('records:create', args=[name])}?{urlencode({k: v for k, v in values.items() if v})}"


def panels(record: Any) -> Iterable[Panel]:
    """People and deals of an account, deals of a contact, people of a deal."""
    if isinstance(record, Account):
        yield _panel(_("People"), "contacts", {"account": record}, order=10)
        yield _panel(_("Deals"), "deals", {"account": record}, order=20)
    if isinstance(record, Contact):
        yield _panel(_("Deals"), "deals", {"contact": record}, order=20)
    if isinstance(record, Deal) and record.contact:
        yield Panel(label=_("People"), items=[_item(record.contact)], order=10)
    if isinstance(record, Contact | Deal) and record.account:
        yield Panel(label=_("Account"), items=[_item(record.account)], order=15)


def _panel(label: str, name: str, by: dict[str, Any], order: int) -> Panel:
    rows = visible_to(context.actor(), type_named(name)).filter(**by).order_by("-created_at")[:10]
    url = _create_url(name, {key: row.pk for key, row in by.items()})
    return Panel(label=label, items=[_item(row) for row in rows], add_url=url, order=order)


def _item(row: Any) -> dict[str, Any]:
    record_type = type_of(row)
    assert record_type
    text = record_type.subtitle_of(row)
    if isinstance(row, Deal):
        text = f"{money(row.amount, row.currency)} · {row.stage}" + (
            f" · {day(row.expected_close_on)}" if row.expected_close_on else ""
        )
    return {
        "url": record_type.url_of(row),
        "name": str(row),
        "text": text,
        "is_square": record_type.is_square,
        "has_face": not isinstance(row, Deal),
    }
