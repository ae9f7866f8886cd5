"""Starting a backtest: what can be tried on the past, and what cannot."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.automation.engine.trying import taken_back, trial_plan, trial_version
from tenants.automation.models import Workflow
from tenants.automation.queries import current_of, require_keeper
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.jobs.actions import start_job
from tenants.records.models import Job
from tenants.records.outbox.retention import KEPT_DAYS

BACKTEST = "backtest"


@transaction.atomic
def start_backtest(
    *,
    workflow: Workflow,
    by: Actor,
    definition: Mapping[str, Any] | None = None,
    days: int = 30,
    is_small: bool = False,
) -> Job:
    """A job that plays the events of the last days through the workflow and takes all of it back.

    Raises Denied, Invalid: for faults, and for what no event sets off.
    """
    require_keeper(by)
    if not 1 <= days <= KEPT_DAYS:
        raise Invalid({"days": [_("Events are kept for %(most)d days.") % {"most": KEPT_DAYS}]})
    with taken_back():
        plan = trial_plan(trial_version(workflow, definition), by)
    if plan.trigger.wake != "event":
        words = _("“%(trigger)s” is not set off by an event of the past, so there is nothing to play back.")
        raise Invalid({"trigger.kind": [words % {"trigger": plan.trigger.label}]})
    said = dict(definition) if definition is not None else current_of(workflow).definition
    return start_job(
        kind=BACKTEST, label=_("Backtest: %(name)s") % {"name": workflow.name}, by=by, is_small=is_small,
        params={"workflow": str(workflow.pk), "definition": said, "days": days},
    )  # fmt: skip
