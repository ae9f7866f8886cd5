"""What stands beside a record: in which workflows it is, and a button to put it into one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.automation.engine.memory import known
from tenants.automation.models import Enrolment
from tenants.automation.queries import runs_of_record
from tenants.kernel import context
from tenants.kernel.modules import Panel, QuickAction
from tenants.records.locale import moment
from tenants.records.registry import type_of

BESIDE = 8


@dataclass(frozen=True)
class Line:
    """One run, for the card."""

    name: str
    label: str
    when: str


def panels(record: Any) -> Iterable[Panel]:
    """The newest runs; nothing where there never was one."""
    if type_of(record) is None:
        return
    rows = list(runs_of_record(record).defer("version__definition", "variables")[:BESIDE])
    if rows:
        yield Panel(
            label=_("Automations"), items=[_line(one) for one in rows], template="automation/_beside.html", order=90
        )


def _line(one: Enrolment) -> Line:
    return Line(one.workflow.name, one.get_state_display(), moment(one.ended_at or one.entered_at))


def quick_actions(record: Any) -> Iterable[QuickAction]:
    """Where a workflow waits for the button: early in the row, of which a page shows ten. No query."""
    record_type = type_of(record)
    if not record_type or not context.actor().may("edit", record_type.name):
        return
    if any(plan.trigger.wake == "manual" and plan.record_type is record_type for plan in known().plans):
        url = reverse("automation:enrol", args=[record_type.name, record.pk])
        yield QuickAction(label=_("Automation"), icon="route", url=url, order=34)
