"""From where a run stands to its next action: branches, filters, delays, waits, loops.

Nothing here reaches outside or writes to records. Every step that is passed leaves a line in the run's log.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.automation.definition.conditions import Tree, holding, holds, settled
from tenants.automation.definition.plans import DEFAULT_WINDOW, StepDict, duration_of
from tenants.automation.definition.scopes import plain
from tenants.automation.definition.shape import MOST_TURNS
from tenants.automation.definition.templates import is_template, moment_of, render
from tenants.automation.definition.zones import at_clock, working_later, zone_named
from tenants.automation.engine import frames
from tenants.automation.engine.run import Run
from tenants.automation.engine.step import Step
from tenants.automation.enums import EnrolmentState, StepState
from tenants.kernel.errors import DomainError
from tenants.records.registry import type_named

MOST_STEPS_AT_ONCE = 500
"""After so many a run lets others have their turn."""
MOST_STEPS = 20_000
"""A run that gets here goes round in a loop nobody meant."""
USUAL_TURNS = 100
HELD_EVENT = "*"
"""In `waits_for`: whatever happens to the record."""


def next_action(run: Run) -> Step | None:
    """Walk to the next action, which the caller runs; None where the run waits, has ended or rests."""
    while not run.is_settled:
        step = frames.current(run.plan, run.enrolment.position)
        if step is None:
            run.end(EnrolmentState.DONE, _("It went through all steps."))
            return None
        if _is_too_long(run):
            return None
        if step["kind"] == "action" and not step.get("is_paused"):
            return _action(run, step)
        _walk(run, step)
    return None


def _is_too_long(run: Run) -> bool:
    if run.enrolment.steps_done >= MOST_STEPS:
        run.end(EnrolmentState.FAILED, error=_("This took more than %(most)d steps.") % {"most": MOST_STEPS})
        return True
    if run.steps_now >= MOST_STEPS_AT_ONCE:
        run.wait(timezone.now())
        return True
    return False


def _action(run: Run, step: StepDict) -> Step | None:
    try:
        return run.step_for(step)
    except (DomainError, ValidationError) as error:
        fail(run, step, words_of(error))
        return None


def _walk(run: Run, step: StepDict) -> None:
    if step["kind"] == "action":
        run.note(step, StepState.SKIPPED, output={"because": _("The step is paused.")})
        frames.done(run.enrolment.position)
        return
    try:
        CONTROLS[step["kind"]](run, step)
    except (DomainError, ValidationError) as error:
        fail(run, step, words_of(error))


def words_of(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(error.messages)
    return str(getattr(error, "detail", error))


def fail(run: Run, step: StepDict, words: str, *, key: str = "", given: Any = None, tries: int = 0) -> None:
    """A step did not come off: the run goes on or ends, as the step or the workflow says."""
    run.note(step, StepState.FAILED, key=key, given=given, error=words, tries=tries)
    goes_on = step["on_error"] == "continue" if step.get("on_error") else run.plan.goes_on_after_errors
    if goes_on:
        run.enrolment.state = EnrolmentState.RUNNING
        frames.done(run.enrolment.position)
    else:
        run.end(EnrolmentState.FAILED, error=words)


def meets(run: Run, tree: Tree) -> bool:
    run.fresh_scope()
    return holds(tree, run.scope, run.plan.record_type, run.enrolment.record_id, run.actor)


def _passed(run: Run, step: StepDict, **output: Any) -> None:
    run.note(step, StepState.DONE, output=output)
    run.enrolment.variables["steps"][step["id"]] = output


def _branch(run: Run, step: StepDict) -> None:
    found = next((one for one in step["branches"] if meets(run, one["filter"])), None)
    lane = found["id"] if found else "otherwise"
    _passed(run, step, branch=lane, name=(found or {}).get("name") or lane)
    frames.opened(run.enrolment.position, step, lane)


def _switch(run: Run, step: StepDict) -> None:
    run.fresh_scope()
    value = plain(render(step["value"], run.scope))
    shown = value.get("id") if isinstance(value, Mapping) and "id" in value else value
    found = next((one for one in step["cases"] if any(_is_same(shown, other) for other in one["equals"])), None)
    lane = found["id"] if found else "otherwise"
    _passed(run, step, value=value, case=lane)
    frames.opened(run.enrolment.position, step, lane)


def _is_same(value: Any, other: Any) -> bool:
    return value == other or str(value).casefold() == str(other).casefold()


def _filter(run: Run, step: StepDict) -> None:
    is_met = meets(run, step["filter"])
    _passed(run, step, holds=is_met)
    if is_met:
        frames.done(run.enrolment.position)
    else:
        run.end(EnrolmentState.DONE, _("The conditions of a step did not hold."))


def _goal(run: Run, step: StepDict) -> None:
    is_met = meets(run, step.get("filter") or {})
    _passed(run, step, reached=is_met)
    if is_met:
        run.end(EnrolmentState.DONE, _("The goal is reached."))
    else:
        frames.done(run.enrolment.position)


def _stop(run: Run, step: StepDict) -> None:
    run.fresh_scope()
    _passed(run, step)
    run.end(EnrolmentState.STOPPED, str(render(step.get("because") or "", run.scope)) or _("A step stopped it."))


# Time


def _delay(run: Run, step: StepDict) -> None:
    frame = run.enrolment.position[-1]
    if "until" not in frame:
        until = _delay_end(run, step)
        if until is None:
            run.note(step, StepState.SKIPPED, output={"because": _("There is no date to wait for.")})
            frames.done(run.enrolment.position)
            return
        frame["until"] = until.isoformat()
        run.note(step, StepState.RUNNING, output={"until": until.isoformat()})
    until = datetime.fromisoformat(frame["until"])
    if until > timezone.now():
        run.wait(until)
        return
    run.note(step, StepState.DONE)
    frames.done(run.enrolment.position)


def _delay_end(run: Run, step: StepDict) -> datetime | None:
    """None where `until` names nothing."""
    now, record = timezone.now(), run.record
    zone = zone_named(str(step.get("zone") or ""), record)
    run.fresh_scope()
    if step.get("until"):
        found = moment_of(render(step["until"], run.scope))
        return _as_moment(found, str(step.get("at") or ""), zone) if found else None
    later = _later(run, step.get("for") or {}, now)
    if not step.get("at"):
        return later
    day = later.astimezone(zone).date()
    found_at = at_clock(day, str(step["at"]), zone)
    return found_at if found_at >= later else at_clock(day + timedelta(days=1), str(step["at"]), zone)


def _as_moment(found: date | datetime, clock: str, zone: Any) -> datetime:
    if not isinstance(found, datetime):
        return at_clock(found, clock, zone)
    moment = found if timezone.is_aware(found) else found.replace(tzinfo=zone)
    return at_clock(moment.astimezone(zone).date(), clock, zone) if clock else moment


def _later(run: Run, duration: Mapping[str, Any], now: datetime) -> datetime:
    """Days of working time are whole windows: one day after Friday noon is Monday noon."""
    if not duration.get("working"):
        return now + duration_of(duration)
    window = run.plan.window or DEFAULT_WINDOW
    found = now
    for _day in range(duration.get("days") or 0):
        found = _next_working_day(window, found, run.record)
    rest = duration_of({**duration, "days": 0}).total_seconds()
    return working_later(window, found, rest, run.record) if rest else found


def _next_working_day(window: Mapping[str, Any], at: datetime, record: Any) -> datetime:
    zone = zone_named(str(window.get("zone") or ""), record)
    here = at.astimezone(zone)
    for ahead in range(1, 9):
        day = here + timedelta(days=ahead)
        if day.isoweekday() in window["days"]:
            return day
    return here


def _wait(run: Run, step: StepDict) -> None:
    """Something that holds already need not be waited for; what happened before does not count."""
    frame, events = run.enrolment.position[-1], tuple(step.get("events") or ())
    tree = step.get("filter") or {}
    if "until" not in frame:
        if not events and meets(run, tree):
            return _waited(run, step, "met")
        timeout = duration_of(step.get("timeout") or {})
        until = _later(run, step["timeout"], timezone.now()) if timeout else None
        frame["until"] = until.isoformat() if until else ""
        run.note(step, StepState.RUNNING, output={"until": frame["until"] or None, "events": list(events)})
    if "met" in frame and (frame.get("forced") or not tree or meets(run, tree)):
        return _waited(run, step, "met", **(frame["met"] or {}))
    frame.pop("met", None)
    until = datetime.fromisoformat(frame["until"]) if frame["until"] else None
    if until and until <= timezone.now():
        return _waited(run, step, "timed_out")
    run.wait(until, events=events or (HELD_EVENT,))
    return None


def _waited(run: Run, step: StepDict, lane: str, **output: Any) -> None:
    _passed(run, step, outcome=lane, **output)
    frames.opened(run.enrolment.position, step, lane)


# Loops


def _loop(run: Run, step: StepDict) -> None:
    items = _items(run, step)
    _passed(run, step, turns=len(items))
    if items and step["steps"]:
        frames.opened(run.enrolment.position, step, "steps", items=items, turn=0)
    else:
        frames.done(run.enrolment.position)


def _items(run: Run, step: StepDict) -> list[Any]:
    most = min(int(step.get("most") or USUAL_TURNS), MOST_TURNS)
    run.fresh_scope()
    if is_template(step["over"]):
        found = plain(render(step["over"], run.scope))
        return list(found)[:most] if isinstance(found, list) else []
    name, _dot, by = str(step["over"]).partition(".")
    record_type = type_named(name)
    rows = record_type.model._default_manager
    path = "about_id" if by == "about" else by
    ids = rows.filter(**{path: run.enrolment.record_id}).order_by("created_at", "pk").values_list("pk", flat=True)
    tree = settled(step.get("filter") or {}, run.scope)
    seen = holding(tree, record_type, ids, run.actor)
    return [{"~": name, "id": str(one)} for one in ids if one in seen][:most]


CONTROLS: Mapping[str, Callable[[Run, StepDict], None]] = {
    "branch": _branch, "switch": _switch, "filter": _filter, "delay": _delay, "wait": _wait, "loop": _loop,
    "goal": _goal, "stop": _stop,
}  # fmt: skip
