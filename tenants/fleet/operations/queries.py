"""Reads of operations, and what a page or a program is shown of one. In public."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_datetime

from tenants.fleet.models import OPEN_STATES, Operation, OperationState
from tenants.fleet.operations.kinds import kind_named, kinds
from tenants.kernel.errors import NotFound

LOOK = ("", "clock")
LOOKS = {
    OperationState.RUNNING: ("info", "refresh"),
    OperationState.DONE: ("good", "check"),
    OperationState.FAILED: ("bad", "alert-triangle"),
}


def operations_matching(text: str = "", state: str = "") -> QuerySet[Operation]:
    """By words of the company's name, newest first."""
    found = Operation.objects.all()
    for word in text.replace("\x00", "").split()[:8]:
        found = found.filter(subject__icontains=word)
    return found.filter(state=state) if state else found


def counts_by_state(text: str = "") -> dict[str, int]:
    rows = operations_matching(text).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def operations_of(company_id: UUID) -> QuerySet[Operation]:
    return Operation.objects.filter(company_id=company_id)


SCHEMA_NAME = re.compile(r"t_[a-z2-7]{20}")


def names_in_operations(*, since: datetime | None = None) -> set[str]:
    """Names of schemas that operations under way speak of; with `since` also those that ended after it."""
    rows = Operation.objects.filter(state__in=OPEN_STATES)
    if since:
        rows = Operation.objects.filter(Q(state__in=OPEN_STATES) | Q(ended_at__gt=since))
    told = rows.values_list("arguments", "kept", "result")
    return {name for row in told for part in row for name in SCHEMA_NAME.findall(json.dumps(part))}


def operation_by_id(operation_id: UUID) -> Operation:
    found = Operation.objects.filter(pk=operation_id).first()
    if not found:
        raise NotFound("No such operation")
    return found


@dataclass(frozen=True)
class StepView:
    label: str
    state: Literal["done", "running", "failed", "waiting"]


@dataclass(frozen=True)
class OperationView:
    """An operation in words."""

    row: Operation

    @property
    def label(self) -> str:
        return str(kind_named(self.row.kind).label) if self.row.kind in kinds() else self.row.kind

    @property
    def tone(self) -> str:
        return LOOKS.get(OperationState(self.row.state), LOOK)[0]

    @property
    def icon(self) -> str:
        icons = {
            OperationState.DONE: "check",
            OperationState.FAILED: "alert-triangle",
            OperationState.RUNNING: "refresh",
        }
        return icons.get(OperationState(self.row.state), "clock")

    @property
    def steps(self) -> list[StepView]:
        found = kind_named(self.row.kind).steps if self.row.kind in kinds() else ()
        return [StepView(str(step.label), self._state_of(number)) for number, step in enumerate(found)]

    def _state_of(self, number: int) -> Literal["done", "running", "failed", "waiting"]:
        if number < self.row.step:
            return "done"
        if number > self.row.step or self.row.state == OperationState.WAITING:
            return "waiting"
        return "failed" if self.row.is_over else "running"

    @property
    def lines(self) -> list[tuple[Any, str]]:
        return [(parse_datetime(moment), text) for moment, text in self.row.log]

    @property
    def is_stoppable(self) -> bool:
        return not self.row.is_over and not self.row.stop_asked_at
