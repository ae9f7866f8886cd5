"""The views every company starts with: eight of tasks, six smart lists, and those of the other types."""

from typing import Any

from django.utils.translation import gettext as _

from tenants.crm.enums import OPEN_TASKS
from tenants.records.copying import copy_in
from tenants.records.enums import ViewAudience
from tenants.records.models import SavedView

EVER_DAYS, SOON_DAYS = 3650, 30
Tree = dict[str, Any]


def at(field: str, op: str, value: Any = None) -> Tree:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def all_of(*parts: Tree) -> Tree:
    return {"all": list(parts)}


OPEN = at("status", "in", [str(status) for status in OPEN_TASKS])
MINE = at("owner", "me")
CUSTOMERS = {"any": [at("about_type", "is", "contacts"), at("about_type", "is", "accounts")]}


def _task_views() -> list[Tree]:
    """CRM-28: list of what is open, calendar, board by status, timeline, my today, overdue, upcoming, completed."""
    return [
        {"name": _("Open"), "icon": "list-check", "sort": "due_at", "filter": OPEN, "is_default": True},
        {"name": _("Calendar"), "icon": "calendar", "layout": "calendar", "settings": {"calendar_by": "due_at"}},
        {"name": _("By status"), "icon": "layout-kanban", "layout": "board", "settings": {"board_by": "status"}},
        {"name": _("Timeline"), "icon": "timeline", "sort": "due_at", "filter": at("due_at", "not_empty"),
         "columns": ["name", "due_at", "completed_at", "status", "about_name", "owner"]},
        {"name": _("My day"), "icon": "sun", "sort": "due_at",
         "filter": all_of(OPEN, MINE, at("due_at", "during", "today"))},
        {"name": _("Overdue"), "icon": "alert-triangle", "sort": "due_at",
         "filter": all_of(OPEN, at("due_at", "in_last_days", EVER_DAYS))},
        {"name": _("Upcoming"), "icon": "calendar-due", "sort": "due_at",
         "filter": all_of(OPEN, at("due_at", "in_next_days", SOON_DAYS))},
        {"name": _("Completed"), "icon": "circle-check", "sort": "-completed_at",
         "columns": ["name", "completed_at", "about_name", "owner"], "filter": at("status", "is", "completed")},
    ]  # fmt: skip


def _smart_lists() -> list[Tree]:
    """CRM-28: high priority, no due date, assigned to me, assigned by me, per customer, per deal."""
    return [
        {"name": _("High priority"), "icon": "flame", "filter": all_of(OPEN, at("priority", "in", ["high", "urgent"]))},
        {"name": _("No due date"), "icon": "calendar-off", "filter": all_of(OPEN, at("due_at", "empty")),
         "sort": "-created_at"},
        {"name": _("Assigned to me"), "icon": "user", "filter": all_of(OPEN, MINE)},
        {"name": _("Assigned by me"), "icon": "user-share",
         "filter": all_of(OPEN, at("created_by", "me"), {"not": MINE})},
        {"name": _("Per customer"), "icon": "users", "filter": all_of(OPEN, CUSTOMERS), "sort": "about_name",
         "columns": ["about_name", "name", "due_at", "priority", "status", "owner"]},
        {"name": _("Per deal"), "icon": "briefcase", "filter": all_of(OPEN, at("about_type", "is", "deals")),
         "sort": "about_name", "columns": ["about_name", "name", "due_at", "priority", "status", "owner"]},
    ]  # fmt: skip


def _other_views() -> dict[str, list[Tree]]:
    key_accounts = at("is_key_account", "is", True)
    return {
        "accounts": [
            {"name": _("Key accounts"), "icon": "star", "filter": key_accounts,
             "columns": ["name", "industry", "health_score", "churn_risk", "customer_value", "last_touch_at", "owner"]},
            {"name": _("At risk"), "icon": "alert-triangle", "filter": at("churn_risk", "in", ["medium", "high"]),
             "sort": "health_score",
             "columns": ["name", "health_score", "churn_risk", "customer_value", "last_touch_at", "owner"]},
        ],
        "deals": [
            {"name": _("My open deals"), "icon": "user", "filter": all_of(at("status", "is", "open"), MINE),
             "sort": "expected_close_on"},
            {"name": _("Key accounts"), "icon": "star", "layout": "board",
             "filter": at("account.is_key_account", "is", True)},
        ],
        "leads": [
            {"name": _("Hot leads"), "icon": "flame", "sort": "-score",
             "filter": all_of(at("temperature", "is", "hot"), at("status", "in", ["new", "working", "qualified"]))},
            {"name": _("My leads"), "icon": "user",
             "filter": all_of(MINE, at("status", "in", ["new", "working", "qualified"]))},
            {"name": _("By status"), "icon": "layout-kanban", "layout": "board", "settings": {"board_by": "status"}},
        ],
    }  # fmt: skip


def plant_views() -> None:
    """Public views without an owner, in this order."""
    planned = {"tasks": [*_task_views(), *_smart_lists()]} | _other_views()
    copy_in(
        [
            SavedView(record_type=name, audience=ViewAudience.PUBLIC, position=place, is_pinned=place <= 8, **shape)
            for name, shapes in planned.items()
            for place, shape in enumerate(shapes, start=1)
        ]
    )
