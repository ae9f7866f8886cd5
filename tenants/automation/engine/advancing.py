"""Taking runs further, many at once.

One batch is one transaction: what its steps wrote, their lines and the new positions are committed together, so that
a step inside the company happens once whatever dies. A step that reaches outside is written down as begun and the run
claimed; then it is asked for outside any transaction; then its answer is noted. Should the worker die in between, the
claim runs out and another asks again, with the same idempotency key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.automation import limits
from tenants.automation.engine.driving import drive, took
from tenants.automation.engine.memory import actors_of, plans_of
from tenants.automation.engine.outlets import LIVE
from tenants.automation.engine.run import Run
from tenants.automation.engine.saving import count_steps, load_begun, month_now, save_runs
from tenants.automation.engine.step import Step
from tenants.automation.enums import OPEN, EnrolmentState
from tenants.automation.models import Enrolment
from tenants.kernel import context
from tenants.kernel.errors import DomainError
from tenants.kernel.logs import logger

BATCH = 100
CLAIM_SECONDS = 120
"""Longer than anything outside may take (`kernel.outbound.MOST_SECONDS`)."""
log = logger(__name__)


@dataclass(frozen=True)
class Advanced:
    """How many runs were taken further; whether the plan's quota stopped it."""

    runs: int = 0
    is_used_up: bool = False


def advance_some(limit: int = BATCH) -> Advanced:
    """Take the runs that are due as far as they get, oldest first."""
    if limits.is_used_up(month_now()):
        return Advanced(is_used_up=True)
    try:
        runs = _batch(limit)
    except OperationalError:
        raise  # the database wants the whole batch again: a deadlock, a lost connection
    except Exception:  # one of them is at fault: each by itself tells which
        log.exception("a batch of runs failed; each is tried by itself")
        runs = [run for one in _due()[:limit].values_list("pk", flat=True) for run in advance_one(one)]
    for run in runs:
        if run.outward:
            perform(run)
    return Advanced(len(runs))


@transaction.atomic
def _batch(limit: int) -> list[Run]:
    return _drive(list(_due().select_for_update(skip_locked=True, of=("self",))[:limit]))


def _due() -> Any:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Enrolment.objects.filter(free, state__in=OPEN, wake_at__lte=now).order_by("wake_at", "pk")


def advance_one(enrolment_id: UUID) -> list[Run]:
    """One run by itself; should even that fail for a reason of ours, the run has failed."""
    try:
        with transaction.atomic():
            return _drive(list(_due().filter(pk=enrolment_id).select_for_update(skip_locked=True, of=("self",))))
    except OperationalError:
        raise
    except Exception:
        log.exception("run failed", enrolment=str(enrolment_id))
        _give_up(enrolment_id)
        return []


@transaction.atomic
def _give_up(enrolment_id: UUID) -> None:
    found = list(Enrolment.objects.select_for_update(of=("self",)).filter(pk=enrolment_id, state__in=OPEN))
    for run in runs_of(found):
        run.end(EnrolmentState.FAILED, error=_("Something went wrong on our side. We have been told."))
        save_runs([run])


def runs_of(enrolments: Sequence[Enrolment]) -> list[Run]:
    """Those whose plan still can run; for the others its module went away, and they wait."""
    plans = plans_of(one.version_id for one in enrolments)
    actors = actors_of(plans.values())
    found = [one for one in enrolments if one.version_id in plans]
    runs = [Run(one, plans[one.version_id], actors[one.version_id]) for one in found]
    load_begun(runs)
    return runs


def _drive(enrolments: Sequence[Enrolment]) -> list[Run]:
    runs = runs_of(enrolments)
    _without_plan(enrolments, runs)
    for run in runs:
        run.enrolment.state, run.enrolment.waits_for, run.enrolment.claimed_until = EnrolmentState.RUNNING, [], None
    drive(runs, LIVE)
    _settle(runs)
    return runs


def _without_plan(enrolments: Sequence[Enrolment], runs: Sequence[Run]) -> None:
    """Asked again in an hour: a module may be back by then."""
    known = {run.enrolment.pk for run in runs}
    lost = [one.pk for one in enrolments if one.pk not in known]
    if lost:
        Enrolment.objects.filter(pk__in=lost).update(wake_at=timezone.now() + timedelta(hours=1))


def _settle(runs: Sequence[Run]) -> None:
    for run in runs:
        if run.outward:
            run.enrolment.claimed_until = timezone.now() + timedelta(seconds=CLAIM_SECONDS)
    save_runs(runs)
    count_steps(runs)


def perform(run: Run) -> None:
    """Ask somebody outside, then note the answer and go on. Outside any transaction but its own two ends."""
    step, claim = run.outward, run.enrolment.claimed_until
    assert step is not None
    assert claim is not None
    outcome = _asked(step)
    with transaction.atomic():
        mine = Enrolment.objects.select_for_update(of=("self",)).filter(pk=run.enrolment.pk, claimed_until=claim)
        if mine.exists():  # else somebody stopped it, or this worker was too slow: whoever took over notes it
            _took_answer(run, step, outcome)


def _took_answer(run: Run, step: Step, outcome: Any) -> None:
    run.outward, run.enrolment.claimed_until = None, None
    with context.acting(run.actor):
        took(step, outcome)
    if run.enrolment.state == EnrolmentState.RUNNING:
        drive([run], LIVE)
    if run.outward:  # its own turn comes with the next batch
        run.outward, run.enrolment.wake_at = None, timezone.now()
    save_runs([run])
    count_steps([run])


def _asked(step: Step) -> Any:
    """The answer, or what went wrong; whatever it was, the run must not hang."""
    try:
        with context.acting(step.run.actor), context.because(step.run.cause):
            return step.action.run(step)
    except (DomainError, ValidationError) as error:
        return error
    except DatabaseError:
        raise
    except Exception as error:  # any fault of an action: told with the run
        log.exception("outward action failed", action=step.action.name, workflow=str(step.workflow_id))
        return error


def next_due() -> datetime | None:
    """When the next run wants to go on; what is claimed when its claim runs out."""
    rows = Enrolment.objects.filter(state__in=OPEN, wake_at__isnull=False)
    free = rows.filter(claimed_until=None).order_by("wake_at").values_list("wake_at", flat=True).first()
    claimed = rows.exclude(claimed_until=None).order_by("claimed_until").values_list("claimed_until", flat=True).first()
    moments = [one for one in (free, claimed) if one]
    return min(moments) if moments else None
