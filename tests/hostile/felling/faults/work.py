"""Tasks, queues and commands."""

from typing import Any

import pytest
from celery import Task
from django.core.management.base import BaseCommand

from tenants.directory.task import TenantTask
from tenants.kernel import context
from tenants.kernel.commands import ScopedCommand
from tenants.kernel.fair import lanes, transport
from tests.hostile.felling.faults.ground import b, everywhere


def tasks_of_nobody(patch: pytest.MonkeyPatch) -> None:
    """A message without a company runs in some company."""
    patch.setattr(TenantTask, "_place", lambda self, company_id: b().place)


def sent_at_once(patch: pytest.MonkeyPatch) -> None:
    """Before the commit, which may never come."""

    def send(task: Any, *args: Any, countdown_seconds: float = 0, **kwargs: Any) -> None:
        task.apply_async(args, kwargs | {"company_id": str(context.company_id())}, countdown=countdown_seconds or None)

    everywhere(patch, "tenants.directory.task.send", send)


def company_of_the_commit(patch: pytest.MonkeyPatch) -> None:
    """The company of the moment that it is sent in, not of the one that asked."""
    from django.db import transaction

    def send(task: Any, *args: Any, countdown_seconds: float = 0, **kwargs: Any) -> None:
        transaction.on_commit(lambda: task.apply_async(args, kwargs | {"company_id": str(context.company_id())}))

    everywhere(patch, "tenants.directory.task.send", send)
    from tenants.records import events

    true = events.ask_for_drain
    patch.setattr(events, "ask_for_drain", lambda _here: true(context.current()))


def sent_from_nowhere(patch: pytest.MonkeyPatch) -> None:
    def send(task: Any, *args: Any, **kwargs: Any) -> None:
        here = context.current_or_none()
        task.apply_async(args, kwargs | {"company_id": str(here.place.company_id) if here else ""}, ignore_result=True)

    everywhere(patch, "tenants.directory.task.send", send)


def signatures_without_a_company(patch: pytest.MonkeyPatch) -> None:
    for name in ("signature", "subtask"):
        patch.setattr(TenantTask, name, Task.signature)


def acknowledged_at_once(patch: pytest.MonkeyPatch) -> None:
    """Before the work: what a worker dies over is lost."""
    from saas.celery import app

    patch.setitem(app.conf, "task_acks_late", False)
    for task in app.tasks.values():
        patch.setattr(task, "acks_late", False)


def _script(patch: pytest.MonkeyPatch, before: str, after: str) -> Any:
    changed = lanes.SCRIPT.replace(before, after)
    assert changed != lanes.SCRIPT
    for module in (lanes, transport):
        patch.setattr(module, "SCRIPT", changed)
    patch.setattr(transport.Channel, "_script", None)
    lanes.script.cache_clear()
    return lanes.script.cache_clear


def first_come_first_served(patch: pytest.MonkeyPatch) -> Any:
    """Whoever has the turn keeps it until nothing is left."""
    return _script(patch, "redis.call('RPUSH', ring, company)", "redis.call('LPUSH', ring, company)")


def as_much_as_they_like(patch: pytest.MonkeyPatch) -> Any:
    return _script(
        patch, "local function may_go(list, company, slots)\n", "local function may_go() if true then return true end\n"
    )


def commands_without_scope(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ScopedCommand, "execute", BaseCommand.execute)


def a_command_that_does_not_say(patch: pytest.MonkeyPatch) -> None:
    from tenants.records.management.commands.search import Command

    patch.delattr(Command, "scope")


def first_failure_ends_the_walk(patch: pytest.MonkeyPatch) -> None:
    def walk(self: Any, places: Any, work: Any) -> None:
        for name, place in places:
            with context.inside(place):
                work(name)

    patch.setattr(ScopedCommand, "walk", walk)
