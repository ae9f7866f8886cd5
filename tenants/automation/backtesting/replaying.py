"""What happened to one record, once more and in order, with the workflow listening: in a transaction taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tenants.automation.backtesting.setting_back import Past, set_back
from tenants.automation.definition.plans import Plan
from tenants.automation.engine.driving import drive
from tenants.automation.engine.hearing import hear
from tenants.automation.engine.memory import Known
from tenants.automation.engine.outlets import Telling, Told
from tenants.automation.engine.run import Run
from tenants.automation.engine.saving import load_begun, save_runs
from tenants.automation.enums import OPEN, EnrolmentState
from tenants.automation.models import Enrolment, StepRun
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.records.models import Event

MOST_ROUNDS = 200
"""So often a record may be advanced in a row before it counts as going round in circles."""
TICK = timedelta(microseconds=1)


@dataclass
class Replayed:
    """What the workflow would have done with one record."""

    enrolments: list[Enrolment] = field(default_factory=list)
    steps: list[StepRun] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    blurred: set[str] = field(default_factory=set)
    is_gone: bool = False


class Replay:
    """Runs inside `taken_back()`: whoever made it undoes all of it."""

    def __init__(self, plan: Plan, actor: Actor) -> None:
        self.plan, self.actor = plan, actor
        self.outlet = Telling()
        self.known = Known({name: [plan] for name in plan.events}, [plan], plan.looks_at_events)
        self.heard: set[Any] = set()

    def run(self, events: Sequence[Event], until: datetime) -> Replayed:
        """The events of one record in order, then time passes until `until`."""
        past: Past | None = None
        self._forget_entries(events)
        if self.plan.record_type and events[0].record_type == self.plan.record_type.name:
            past = set_back(self.plan.record_type, events[0])
            if past is None and not self.plan.trigger.in_bin:
                return Replayed(is_gone=True)
        for i, event in enumerate(events):
            self._pass_time(event.happened_at)
            with standing_at(event.happened_at):
                if past is not None and not (i == 0 and event.name.endswith(".created")):
                    past.apply(event)
                hear([event], self.known)
                self._settle()
        self._pass_time(until)
        return self._outcome(past)

    def _forget_entries(self, events: Sequence[Event]) -> None:
        """Runs there really were do not count: this is another world."""
        Enrolment.objects.filter(workflow_id=self.plan.workflow_id, record_id=events[0].record_id).update(
            state=EnrolmentState.STOPPED, wake_at=None, record_id=None
        )
        keys = [f"event:{event.pk}" for event in events]
        rows = Enrolment.objects.filter(workflow_id=self.plan.workflow_id, entry_key__in=keys)
        for one in rows:
            rows.filter(pk=one.pk).update(entry_key=f"before:{one.pk}")

    def _mine(self) -> Any:
        """Of the version that was made to be tried: nobody else is in it."""
        return Enrolment.objects.filter(version_id=self.plan.version_id)

    def _pass_time(self, until: datetime) -> None:
        """What falls due before the next event, each at its moment."""
        for _round in range(MOST_ROUNDS):
            due = self._mine().filter(state__in=OPEN, wake_at__lt=until).order_by("wake_at")
            moment = due.values_list("wake_at", flat=True).first()
            if moment is None:
                return
            with standing_at(moment):
                self._settle()

    def _settle(self) -> None:
        """Advance, tell what that caused, advance again, until all is quiet at this moment."""
        for _round in range(MOST_ROUNDS):
            if not self._advance() and not self._hear_caused():
                return

    def _advance(self) -> int:
        rows = self._mine().filter(state__in=OPEN, wake_at__lte=timezone.now()).order_by("wake_at", "pk")
        enrolments = list(rows.select_for_update(of=("self",)))
        runs = [Run(one, self.plan, self.actor) for one in enrolments]
        load_begun(runs)
        for run in runs:
            run.enrolment.state, run.enrolment.waits_for = EnrolmentState.RUNNING, []
        drive(runs, self.outlet)
        save_runs(runs)
        return len(runs)

    def _hear_caused(self) -> int:
        """Events of what its own steps did, a moment later."""
        ids = [str(pk) for pk in self._mine().values_list("pk", flat=True)]
        rows = Event.objects.filter(cause__enrolment__in=ids).exclude(pk__in=self.heard).order_by("happened_at", "pk")
        events = list(rows)
        for i, event in enumerate(events, start=1):
            self.heard.add(event.pk)
            event.happened_at = timezone.now() + TICK * i
            hear([event], self.known)
        return len(events)

    def _outcome(self, past: Past | None) -> Replayed:
        enrolments = list(self._mine().order_by("entered_at", "pk"))
        steps = list(StepRun.objects.filter(enrolment__in=enrolments).order_by("started_at", "pk"))
        return Replayed(enrolments, steps, self.outlet.told, past.blurred if past else set())
