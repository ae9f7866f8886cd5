"""Workflows of a demo company: its past as the engine makes it, each run at its own moment; nothing goes out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from tenants.automation import actions
from tenants.automation.engine.advancing import BATCH, runs_of
from tenants.automation.engine.driving import drive
from tenants.automation.engine.hearing import hear
from tenants.automation.engine.outlets import Outlet
from tenants.automation.engine.saving import save_runs
from tenants.automation.engine.step import Step
from tenants.automation.enums import OPEN, EnrolmentState
from tenants.automation.models import Enrolment, Workflow
from tenants.automation.queries import published_of
from tenants.automation.recipes import recipe_named
from tenants.directory.hosts import company_now
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.records.models import Event

Definition = dict[str, Any]


class Played(Outlet):
    """Steps that reach outside say what they sent; nobody gets it."""

    is_live = False

    def tell(self, step: Step) -> Mapping[str, Any]:
        return step.action.told(step) if step.action.told else dict(step.params)


PLAYED = Played()


def make(recipe: str, *, at: datetime, by: Actor, folder: str = "") -> Workflow:
    """A workflow as the recipe offers it, a draft."""
    found = recipe_named(recipe)
    with standing_at(at):
        return actions.create_workflow(
            name=str(found.label), about=str(found.about), folder=folder, definition=found.definition(), by=by
        )


def publish(workflow: Workflow, *, at: datetime, by: Actor) -> None:
    with standing_at(at):
        actions.publish(workflow=workflow, by=by)


def publish_anew(workflow: Workflow, *, by: Actor, **settings: Any) -> None:
    """A second version, from this very moment on: what the story told before is past to it, and enters no more."""
    version = published_of(workflow)
    assert version
    definition: Definition = {**version.definition, "settings": {**version.definition["settings"], **settings}}
    actions.save_draft(workflow=workflow, definition=definition, by=by)
    actions.publish(workflow=workflow, by=by)


def happen(event: Event, *, at: datetime) -> None:
    """Let the workflows hear of an event, at the moment that the story tells: the outbox notes all in the present."""
    event.happened_at = at
    with standing_at(at), timezone.override(company_now().time_zone or "UTC"):
        hear([event])
    play(until=at)


def play(*, until: datetime) -> None:
    """Take everybody inside as far as they get by then, each at the moment they are due."""
    with timezone.override(company_now().time_zone or "UTC"):
        while (moment := _next(until)) is not None:
            with standing_at(moment):
                _advance()


def _due() -> Any:
    return Enrolment.objects.filter(state__in=OPEN, wake_at__isnull=False).order_by("wake_at", "pk")


def _next(until: datetime) -> datetime | None:
    found: datetime | None = _due().filter(wake_at__lte=until).values_list("wake_at", flat=True).first()
    return found


@transaction.atomic
def _advance() -> None:
    found: Sequence[Enrolment] = list(_due().filter(wake_at__lte=timezone.now())[:BATCH])
    runs = runs_of(found)
    for run in runs:
        run.enrolment.state, run.enrolment.waits_for = EnrolmentState.RUNNING, []
    drive(runs, PLAYED)
    save_runs(runs)
