"""Runs go ahead together, action by action: where many are at the same step, it is done for all at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.automation.definition.zones import next_open
from tenants.automation.engine import frames
from tenants.automation.engine.conditions import end_where_reached
from tenants.automation.engine.outlets import Outlet
from tenants.automation.engine.run import Run, masked
from tenants.automation.engine.step import Step
from tenants.automation.engine.walking import fail, next_action, words_of
from tenants.automation.enums import EnrolmentState, StepState
from tenants.kernel import context
from tenants.kernel.errors import DomainError, ProviderFailed, TooBusy
from tenants.kernel.logs import logger

PAUSES_SECONDS = (10, 60, 300, 1_800, 7_200, 21_600)
"""After the first failure of somebody outside, the second, …; after the last the step has failed."""
log = logger(__name__)


def drive(runs: Sequence[Run], outlet: Outlet) -> None:
    """Take each run as far as it gets now. Inside the caller's transaction; nothing goes out."""
    end_where_reached(runs)
    left = [run for run in runs if not run.is_settled]
    while left:
        steps = [step for run in left if (step := _next(run)) is not None]
        for together in _grouped([step for step in steps if not _is_held(step, outlet)]):
            _do(together, outlet)
        left = [run for run in left if not run.is_settled]


def _next(run: Run) -> Step | None:
    with _as(run):
        return next_action(run)


def _as(run: Run) -> Any:
    return context.acting(run.actor)


def _is_held(step: Step, outlet: Outlet) -> bool:
    """Messages wait until the window is open."""
    window = step.run.plan.window
    if not window or not step.action.is_message:
        return False
    with _as(step.run):
        opens = next_open(window, step.now, step.record)
    if opens <= step.now:
        return False
    step.run.note(step.definition, StepState.RUNNING, key=step.key, output={"held_until": opens.isoformat()})
    step.run.wait(opens)
    return True


def _grouped(steps: Sequence[Step]) -> list[list[Step]]:
    """Those that can be done at once, in order: the same step for different records, following from the same."""
    groups: list[list[Step]] = []
    for key, found in groupby(steps, key=_kind_of_group):
        part = list(found)
        groups += (
            [part]
            if key and len({one.run.enrolment.record_id for one in part}) == len(part)
            else [[one] for one in part]
        )
    return groups


def _kind_of_group(step: Step) -> Any:
    run = step.run
    if not step.action.run_many or step.action.is_outward or run.enrolment.depth:
        return None
    return run.plan.version_id, step.id


def _do(steps: Sequence[Step], outlet: Outlet) -> None:
    step = steps[0]
    if step.action.is_outward and outlet.is_live:
        step.run.outward = step
        step.run.note(step.definition, StepState.RUNNING, key=step.key, given=step.params)
        return
    with _as(step.run), context.because(_cause_of(steps)):
        outcomes = _many(steps) if len(steps) > 1 else [_one(step, outlet)]
    for one, outcome in zip(steps, outcomes, strict=True):
        took(one, outcome)


def _cause_of(steps: Sequence[Step]) -> Mapping[str, Any]:
    """Of many at once: the record is whichever the event is about."""
    cause = steps[0].run.cause
    if len(steps) == 1:
        return cause
    return {**cause, "enrolment": None, "path": [f"{steps[0].workflow_id}:="]}


def _many(steps: Sequence[Step]) -> Sequence[Any]:
    assert steps[0].action.run_many
    try:
        with transaction.atomic():
            return steps[0].action.run_many(steps)
    except (DomainError, ValidationError) as error:
        return [error for _step in steps]


def _one(step: Step, outlet: Outlet) -> Any:
    """The output of an action, or what went wrong. What it wrote before it failed is taken back."""
    try:
        with transaction.atomic():
            return outlet.tell(step) if step.action.is_outward else step.action.run(step)
    except (DomainError, ValidationError) as error:
        return error
    except (TypeError, ValueError, KeyError, AttributeError, LookupError, ArithmeticError) as error:
        log.exception("action failed", action=step.action.name, workflow=str(step.workflow_id))
        return error


def took(step: Step, outcome: Any) -> None:
    """Note what became of an action, and move on."""
    run = step.run
    if isinstance(outcome, Exception):
        _failed(step, outcome)
        return
    if not step.action.is_outward:
        run.forget_record()
    output = masked(dict(outcome or {})) if step.action.is_outward else dict(outcome or {})
    run.note(step.definition, StepState.DONE, key=step.key, given=step.params, output=output)
    run.keep_output(step.definition, output)
    frames.done(run.enrolment.position)
    if run.ends_after:
        run.end(EnrolmentState.STOPPED, run.ends_after)


def _failed(step: Step, error: Exception) -> None:
    """Somebody outside may answer later; what we refuse ourselves stays refused."""
    run, is_known = step.run, isinstance(error, DomainError | ValidationError)
    words = words_of(error) if is_known else _("Something went wrong on our side. We have been told.")
    run.forget_record()
    frame = run.enrolment.position[-1]
    tries = int(frame.get("tries", 0)) + 1
    may_pass = isinstance(error, TooBusy) or (step.action.is_outward and isinstance(error, ProviderFailed))
    if may_pass and getattr(error, "may_pass", True) and tries <= len(PAUSES_SECONDS):
        frame["tries"] = tries
        run.note(step.definition, StepState.RUNNING, key=step.key, given=step.params, error=words, tries=tries)
        run.wait(_pause(error, tries))
        return
    fail(run, step.definition, masked(words), key=step.key, given=step.params, tries=tries)


def _pause(error: Exception, tries: int) -> datetime:
    asked = min(int(getattr(error, "wait_seconds", 0) or 0), 86_400)
    return timezone.now() + timedelta(seconds=max(PAUSES_SECONDS[tries - 1], asked))
