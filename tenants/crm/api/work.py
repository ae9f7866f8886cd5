"""Reminders of tasks, and the feed of what the team does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, Field

from tenants.crm.actions.reminders import MOST_REMINDERS, When, set_reminders
from tenants.crm.feed import PAGE, Asked, Line, feed
from tenants.crm.models import Task
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.api import REFUSALS
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.records.schemas import Ref, Strict

Id = Path[UUID]
tasks = Router(tags=["Tasks"])
feeds = Router(tags=["Feed"])


class ReminderIn(Strict):
    """Either so many minutes before the task is due, or a moment."""

    minutes_before: int | None = Field(None, ge=0, le=525_600)
    at: AwareDatetime | None = None


class ReminderOut(Schema):
    remind_at: datetime
    minutes_before: int | None
    sent_at: datetime | None


class RemindersIn(Strict):
    reminders: list[ReminderIn] = Field(max_length=MOST_REMINDERS)


class RemindersOut(Schema):
    items: list[ReminderOut]


def _task(task_id: UUID) -> Task:
    return record_for(context.actor(), type_named("tasks"), task_id)  # type: ignore[no-any-return]


@tasks.get("/reminders", response={200: RemindersOut, **REFUSALS}, operation_id="list_task_reminders")
def reminders(request: HttpRequest, task_id: Id) -> Any:
    return {"items": list(_task(task_id).reminders.all())}


@tasks.put("/reminders", response={200: RemindersOut, **REFUSALS}, operation_id="set_task_reminders")
def put_reminders(request: HttpRequest, task_id: Id, body: RemindersIn) -> Any:
    """Give a task exactly these reminders. Each sends the event `task.reminder` once."""
    whens = [_when(number, one) for number, one in enumerate(body.reminders)]
    return {"items": set_reminders(task=_task(task_id), whens=whens, by=context.actor())}


def _when(number: int, one: ReminderIn) -> When:
    given = [value for value in (one.minutes_before, one.at) if value is not None]
    if len(given) != 1:
        raise Invalid({f"reminders[{number}]": ["Give either minutes_before or at."]})
    return given[0]


class FeedIn(Schema):
    user_id: UUID | None = Field(None, description="Only what this person did")
    type: str = Field("", description="Only records of this type, like deals")
    action: str = Field("", description="created, updated, deleted, restored or converted")
    cursor: str = Field("", description="`next` of the page before")
    limit: int = Field(PAGE, ge=1, le=200)


class FeedLine(Schema):
    id: UUID
    at: datetime
    who: str
    action: str
    record_type: str
    record: Ref
    changes: dict[str, Any]


class FeedOut(Schema):
    items: list[FeedLine]
    next: str | None


@feeds.get("", response={200: FeedOut, **REFUSALS}, operation_id="list_feed")
def read_feed(request: HttpRequest, asked: Query[FeedIn]) -> Any:
    """What was done to the records the caller may see, newest first."""
    wanted = Asked(user_id=asked.user_id, type_name=asked.type, action=asked.action, after=asked.cursor)
    page = feed(context.actor(), wanted, limit=asked.limit)
    return {"items": [_line(line) for line in page.lines], "next": page.next or None}


def _line(line: Line) -> dict[str, Any]:
    change = line.change
    return {
        "id": change.pk, "at": change.created_at, "who": change.actor_name, "action": change.action,
        "record_type": change.record_type, "record": {"id": line.record.pk, "name": str(line.record)},
        "changes": change.changes,
    }  # fmt: skip
