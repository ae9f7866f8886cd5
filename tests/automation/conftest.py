"""A company with workflows, driven as a worker would drive it, by a clock that tests move."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from tenants.automation import actions
from tenants.automation.engine import advancing, memory, waking
from tenants.automation.models import Enrolment, StepRun, Workflow
from tenants.kernel.actors import Actor
from tenants.records.models import Event
from tenants.records.outbox import delivering
from tests.factories import Twin

Definition = dict[str, Any]


@pytest.fixture
def room(company: Twin) -> Iterator[Twin]:
    """Company A, what happened in it before delivered, nothing remembered of other tests."""
    memory._forget()
    Event.objects.update(delivered_at=timezone.now())
    cache.clear()
    yield company
    memory._forget()


def action(step_id: str, name: str, /, **params: Any) -> Definition:
    return {"id": step_id, "kind": "action", "action": name, "params": params}


def workflow_of(
    trigger: Definition, steps: list[Definition], *, name: str = "Test", settings: Definition | None = None
) -> Definition:
    return {"trigger": trigger, "settings": settings or {}, "steps": steps, "format": 1}


@pytest.fixture
def published(room: Twin, by: Actor) -> Callable[..., Workflow]:
    def make(trigger: Definition, *steps: Definition, name: str = "Test", **settings: Any) -> Workflow:
        definition = {"trigger": trigger, "settings": settings, "steps": list(steps)}
        workflow = actions.create_workflow(name=name, definition=definition, by=by)
        actions.publish(workflow=workflow, by=by)
        workflow.refresh_from_db()
        return workflow

    return make


def settle(most: int = 50) -> None:
    """What workers would do until nothing is left to do at this moment."""
    for _round in range(most):
        delivered = delivering.deliver_some()
        struck = waking.strike()
        advanced = advancing.advance_some().runs
        if not delivered and not struck and not advanced:
            return
    raise AssertionError("it does not come to rest")


def runs(workflow: Workflow) -> list[Enrolment]:
    return list(Enrolment.objects.filter(workflow=workflow).order_by("entered_at", "pk"))


def only_run(workflow: Workflow) -> Enrolment:
    found = runs(workflow)
    assert len(found) == 1
    return found[0]


def steps_of(enrolment: Enrolment) -> list[tuple[str, str]]:
    rows = StepRun.objects.filter(enrolment=enrolment).order_by("started_at", "pk")
    return list(rows.values_list("key", "state"))
