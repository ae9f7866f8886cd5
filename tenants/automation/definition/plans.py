"""A published definition made ready to run: its lanes of steps by name, its settings with their defaults.

A lane is a list of steps: the workflow's own, or one inside a branch, a case, a wait or a loop. It is named by the
step it stands in and its place there, so a position survives whatever stands around it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from tenants.automation.catalogue import TriggerKind, trigger_named
from tenants.kernel.actors import LONGEST_NAME, Actor, Grants
from tenants.kernel.permits import EVERYTHING, Permit
from tenants.records.registry import RecordType, type_named

StepDict = Mapping[str, Any]
Lane = tuple[str, str]
MAIN: Lane = ("", "")
LANES_OF: Mapping[str, tuple[str, ...]] = {
    "branch": ("otherwise",), "switch": ("otherwise",), "wait": ("met", "timed_out"), "loop": ("steps",),
}  # fmt: skip
"""Lanes with a fixed name, by kind of step; branches and cases are named by their own id."""
LISTS_OF: Mapping[str, str] = {"branch": "branches", "switch": "cases"}
DEFAULT_WINDOW: Mapping[str, Any] = {
    "days": [1, 2, 3, 4, 5], "from": "09:00", "until": "18:00", "zone": "company",
}  # fmt: skip
"""Working hours where a workflow says none; Monday is 1."""
MOST_A_MINUTE = 60_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A version, ready to run. `record_type` is None for a workflow without records."""

    workflow_id: UUID
    version_id: UUID
    name: str
    record_type: RecordType | None
    trigger: TriggerKind
    params: Mapping[str, Any]
    filter: Mapping[str, Any]
    settings: Mapping[str, Any]
    lanes: Mapping[Lane, Sequence[StepDict]]
    grants: Grants
    publisher_id: UUID | None = None
    published_since: Any = None
    is_trial: bool = False
    """Of a dry run or a backtest: nothing outside the transaction may learn of it."""
    steps: Mapping[str, StepDict] = field(default_factory=dict)

    @cached_property
    def events(self) -> frozenset[str]:
        """What its trigger hears."""
        return frozenset(self.trigger.events(self.params)) if self.trigger.wake in ("event", "hook") else frozenset()

    @property
    def reentry(self) -> str:
        return str(self.settings.get("reentry") or "after_end")

    @property
    def most_per_day(self) -> int:
        return int(self.settings.get("most_per_day") or 0)

    @property
    def most_per_minute(self) -> int:
        return int(self.settings.get("most_per_minute") or MOST_A_MINUTE)

    @property
    def stop_on(self) -> frozenset[str]:
        return frozenset(self.settings.get("stop_on") or ())

    @property
    def goal(self) -> Mapping[str, Any]:
        return self.settings.get("goal") or {}

    @property
    def stop_if(self) -> Mapping[str, Any]:
        return self.settings.get("stop_if") or {}

    @property
    def window(self) -> Mapping[str, Any] | None:
        """When messages may go out; None: at any hour."""
        return self.settings.get("window") or None

    @property
    def goes_on_after_errors(self) -> bool:
        return self.settings.get("on_error") == "continue"

    @cached_property
    def looks_at_events(self) -> bool:
        """Whether something that happens can move or end those inside."""
        waits = any(step["kind"] == "wait" for step in self.steps.values())
        return bool(waits or self.stop_on or self.goal or self.stop_if)

    def lane(self, name: Lane) -> Sequence[StepDict]:
        return self.lanes.get(name, ())

    def actor(self, permit: Permit = EVERYTHING) -> Actor:
        """Who its steps act as: a robot of the workflow's name, which may no more than the publisher might."""
        return Actor(kind="robot", name=f"Workflow: {self.name}"[:LONGEST_NAME], grants=self.grants, permit=permit)


def plan_of(version: Any) -> Plan:
    """Compile a version (with its workflow at hand). Raises NotFound where a module went away."""
    definition = version.definition
    trigger = definition.get("trigger") or {}
    kind, params = trigger_named(str(trigger.get("kind"))), trigger.get("params") or {}
    type_name = kind.record_type(params)
    lanes = dict(lanes_of(definition.get("steps") or []))
    return Plan(
        workflow_id=version.workflow_id, version_id=version.pk, name=version.workflow.name,
        record_type=type_named(type_name) if type_name else None, trigger=kind, params=params,
        filter=trigger.get("filter") or {}, settings=definition.get("settings") or {}, lanes=lanes,
        steps={step["id"]: step for lane in lanes.values() for step in lane}, publisher_id=version.publisher_id,
        published_since=version.published_at,
        grants={name: frozenset(verbs) for name, verbs in version.grants.items()},
    )  # fmt: skip


def lanes_of(steps: Sequence[StepDict], name: Lane = MAIN) -> Iterator[tuple[Lane, Sequence[StepDict]]]:
    """Every lane of a tree of steps, the outermost first."""
    yield name, tuple(steps)
    for step in steps:
        for lane, inner in inner_lanes(step):
            yield from lanes_of(inner, (str(step["id"]), lane))


def inner_lanes(step: StepDict) -> Iterator[tuple[str, Sequence[StepDict]]]:
    """The lanes that stand in a step: those of its branches or cases, then the ones with a fixed name."""
    kind = str(step.get("kind"))
    for one in step.get(LISTS_OF.get(kind, ""), ()):
        yield str(one["id"]), one.get("steps") or ()
    for lane in LANES_OF.get(kind, ()):
        yield lane, step.get(lane) or ()


def duration_of(raw: Mapping[str, Any]) -> timedelta:
    return timedelta(days=raw.get("days") or 0, hours=raw.get("hours") or 0, minutes=raw.get("minutes") or 0)
