"""What dry runs and backtests have in common: a plan of any definition, and work that is all taken back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Max

from tenants.automation.actions import report_on
from tenants.automation.definition.plans import Plan, plan_of
from tenants.automation.enums import VersionState
from tenants.automation.models import Version, Workflow
from tenants.automation.queries import current_of
from tenants.kernel.actors import Actor
from tenants.kernel.outbound import closed


class _TakenBack(Exception):
    """Ends the work; everything it wrote is undone, and what it queued never runs."""


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing that is written inside stays, and no request leaves."""
    try:
        with transaction.atomic(), closed():
            yield
            raise _TakenBack
    except _TakenBack:
        pass


def trial_version(workflow: Workflow, definition: Mapping[str, Any] | None) -> Version:
    """The version to try; of a definition that is not kept, a row that must be taken back."""
    if definition is None:
        return current_of(workflow)
    number = (workflow.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return Version.objects.create(
        workflow=workflow, number=number, state=VersionState.RETIRED, definition=dict(definition)
    )


def trial_plan(version: Version, by: Actor) -> Plan:
    """As it would run were `by` to publish it now. Raises Invalid with every fault."""
    report_on(version=version, by=by).refuse()
    return replace(plan_of(version), grants=by.grants, publisher_id=by.user_id, published_since=None, is_trial=True)
