"""Events as workflows hear them: they let in, they wake those that wait, they end those that should stop."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.automation.definition.plans import Plan
from tenants.automation.engine.conditions import reached
from tenants.automation.engine.entering import Entry, enter, entry_of, told_of
from tenants.automation.engine.memory import Known, actors_of, known, plans_of
from tenants.automation.engine.run import Run
from tenants.automation.engine.saving import save_runs
from tenants.automation.engine.walking import HELD_EVENT
from tenants.automation.enums import OPEN, EnrolmentState
from tenants.automation.models import Enrolment
from tenants.kernel import context
from tenants.records.models import Event


def hear(events: Sequence[Event], found: Known | None = None) -> int:
    """Take in what happened, in order; how many runs want to be advanced now. In the caller's transaction."""
    listening = known() if found is None else found
    woken = _wake(events, listening) if listening.heeds_events else 0
    entered = 0
    for plan, entries in _entries(events, listening).values():
        entered += len(enter(plan, entries))
    return woken + entered


def _entries(events: Sequence[Event], listening: Known) -> dict[UUID, tuple[Plan, list[Entry]]]:
    found: dict[UUID, tuple[Plan, list[Entry]]] = {}
    for event in events:
        for plan in listening.by_event.get(event.name, ()):
            if _accepts(plan, event):
                record_id = plan.trigger.record_of(plan.params, event) if plan.record_type else None
                if record_id or plan.record_type is None:
                    found.setdefault(plan.workflow_id, (plan, []))[1].append(entry_of(event, record_id))
    return found


def _accepts(plan: Plan, event: Event) -> bool:
    """What happened before it was published is past."""
    is_new = plan.published_since is None or event.happened_at >= plan.published_since
    return is_new and plan.trigger.accepts(plan.params, event)


# Those inside


def _wake(events: Sequence[Event], listening: Known) -> int:
    """Whoever is inside and looks at events, for the records that something happened to."""
    by_record: dict[UUID, list[Event]] = {}
    for event in events:
        by_record.setdefault(event.record_id, []).append(event)
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(record_id__in=by_record, state__in=OPEN)
    enrolments = list(rows.order_by("pk"))
    if not enrolments:
        return 0
    at_hand = {plan.version_id: plan for plan in listening.plans}
    plans = at_hand | plans_of({one.version_id for one in enrolments} - set(at_hand))
    plans = {pk: plan for pk, plan in plans.items() if plan.looks_at_events}
    actors = actors_of(plans.values())
    runs = [Run(one, plans[one.version_id], actors[one.version_id]) for one in enrolments if one.version_id in plans]
    heard = [run for run in runs if _hears(run, _of(run.enrolment.record_id, by_record))]
    _end_reached([run for run in heard if run.enrolment.is_open])
    save_runs(heard)
    return sum(run.enrolment.is_open for run in heard)


def _of(record_id: UUID | None, by_record: Mapping[UUID, list[Event]]) -> list[Event]:
    return by_record[record_id] if record_id else []


def _hears(run: Run, events: Sequence[Event]) -> bool:
    """Whether anything of it concerns the run: it may have ended it, or woken it."""
    later = [event for event in events if event.happened_at > run.enrolment.entered_at]
    later = [event for event in later if event.pk != run.enrolment.entered_by]
    for event in later:
        if event.name in run.plan.stop_on:
            run.end(EnrolmentState.STOPPED, _("This happened: %(event)s.") % {"event": event.name})
            return True
    met = next((event for event in later if _is_awaited(run.enrolment, event)), None)
    if met:
        _wake_one(run.enrolment, told_of(met))
    return bool(later) and bool(met or run.plan.goal or run.plan.stop_if)


def _is_awaited(enrolment: Enrolment, event: Event) -> bool:
    return event.name in enrolment.waits_for or HELD_EVENT in enrolment.waits_for


def _wake_one(enrolment: Enrolment, told: Mapping[str, Any]) -> None:
    enrolment.position[-1]["met"] = {"event": told["event"], "payload": told["payload"], "at": told["at"]}
    enrolment.state, enrolment.wake_at, enrolment.waits_for = EnrolmentState.RUNNING, timezone.now(), []


def _end_reached(runs: Sequence[Run]) -> None:
    """Goals and stop conditions are looked at when something happened to the record."""
    for run_plan in {run.plan.version_id: run.plan for run in runs}.values():
        mine = [run for run in runs if run.plan.version_id == run_plan.version_id]
        with context.acting(mine[0].actor):
            for run in reached(mine, run_plan.stop_if) if run_plan.stop_if else ():
                run.end(EnrolmentState.STOPPED, _("Its stop condition holds."))
            left = [run for run in mine if run.enrolment.is_open]
            for run in reached(left, run_plan.goal) if run_plan.goal else ():
                run.end(EnrolmentState.DONE, _("The goal is reached."))
