"""One enrolment at work: what it knows, what was done, where it stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone

from tenants.automation.catalogue import action_named
from tenants.automation.definition.plans import Plan, StepDict
from tenants.automation.definition.scopes import PersonView, RecordView, Scope, plain
from tenants.automation.definition.templates import render, texts_in
from tenants.automation.engine import frames
from tenants.automation.engine.step import Step
from tenants.automation.enums import EnrolmentState, StepState
from tenants.automation.models import AutomationSecret, Enrolment, StepRun
from tenants.directory.hosts import company_now
from tenants.kernel.actors import Actor
from tenants.kernel.ids import uuid7
from tenants.kernel.secrets import MASK
from tenants.records.copying import json_text
from tenants.records.queries import visible_to
from tenants.records.registry import type_named

MOST_BYTES = 10_240
MOST_VARIABLE_BYTES = 100_000
LONGEST_ERROR = 2_000
UNSET: Any = object()


class Run:
    """Loaded, driven by `walking` and `driving`, written back by `saving`."""

    def __init__(self, enrolment: Enrolment, plan: Plan, actor: Actor) -> None:
        self.enrolment, self.plan, self.actor = enrolment, plan, actor
        self._record: Any = UNSET
        self.new_runs: list[StepRun] = []
        self.old_runs: dict[str, StepRun] = {}
        """Step runs of before that are not over: of a delay, of a step that is tried again."""
        self.changed_runs: list[StepRun] = []
        self.outward: Step | None = None
        """What has to be asked of somebody outside once this is committed."""
        self.ends_after = ""
        self.steps_now = 0
        self.scope = Scope(self._roots())

    # What it knows

    def _roots(self) -> dict[str, Any]:
        variables = self.enrolment.variables
        return {
            "record": lambda: self.view(), "trigger": variables.get("trigger") or {},
            "steps": variables.setdefault("steps", {}), "vars": variables.setdefault("vars", {}),
            "user": lambda: self._user(), "company": lambda: _company(), "now": timezone.now,
            "workflow": {"id": str(self.plan.workflow_id), "name": self.plan.name},
            "item": lambda: self._item(), "secrets": _Masks(),
        }  # fmt: skip

    def fresh_scope(self) -> None:
        """What was looked up may be another by now: the record has been written to, the clock has moved."""
        self.scope.roots.update(self._roots())

    @property
    def record(self) -> Any:
        """As the workflow's actor sees it now; None where it is gone, or there is none."""
        if self._record is UNSET:
            self._record = self._load()
        return self._record

    @record.setter
    def record(self, found: Any) -> None:
        self._record = found
        self.fresh_scope()

    def _load(self) -> Any:
        record_type, record_id = self.plan.record_type, self.enrolment.record_id
        if record_type is None or record_id is None or not self.actor.may("view", record_type.name):
            return None
        found = visible_to(self.actor, record_type).filter(pk=record_id).first()
        if found is None and self.plan.trigger.in_bin:
            return record_type.model._default_manager.filter(pk=record_id).first()
        return found

    def forget_record(self) -> None:
        self._record = UNSET
        self.fresh_scope()

    def view(self) -> RecordView | None:
        return RecordView(self.plan.record_type, self.record) if self.record and self.plan.record_type else None

    def _user(self) -> PersonView | None:
        """Who set it off, else who owns the record."""
        user_id = (self.enrolment.variables.get("trigger") or {}).get("user_id")
        found = get_user_model().objects.filter(pk=user_id).first() if user_id else None
        found = found or getattr(self.record, "owner", None)
        return PersonView(found) if found else None

    def _item(self) -> Any:
        raw = frames.item_of(self.enrolment.position)
        loop = frames.loop_of(self.plan, self.enrolment.position)
        if not isinstance(raw, Mapping) or "~" not in raw or loop is None:
            return raw

        record_type = type_named(str(raw["~"]))
        if not self.actor.may("view", record_type.name):
            return None
        found = visible_to(self.actor, record_type).filter(pk=raw["id"]).first()
        return RecordView(record_type, found) if found else None

    @property
    def cause(self) -> dict[str, Any]:
        """What events say of whatever this run does."""
        before = self.enrolment.cause or {}
        here = f"{self.plan.workflow_id}:{self.enrolment.record_id or ''}"
        return {
            "kind": "workflow", "workflow": str(self.plan.workflow_id), "enrolment": str(self.enrolment.pk),
            "depth": self.enrolment.depth + 1, "path": [*before.get("path", ()), here],
        }  # fmt: skip

    # Steps

    def step_for(self, definition: StepDict) -> Step:
        """The action with its settings filled in. Raises NotFound, ValidationError."""
        key = frames.key_of(definition["id"], self.enrolment.position)
        step = Step(self, definition, key, action_named(definition["action"]))
        self.fresh_scope()
        given = {one.name: one.default for one in step.action.params if one.default not in (None, "")}
        step.params = {**given, **render(definition.get("params") or {}, self.scope)}
        return step

    def opened_params(self, step: Step) -> dict[str, Any]:
        raw = step.definition.get("params") or {}
        if not any("secrets." in text for text in texts_in(raw)):
            return step.params
        scope = Scope({**self.scope.roots, "secrets": open_secrets()})
        return {**step.params, **render(raw, scope)}

    def note(
        self, definition: StepDict, state: StepState, *, key: str = "", output: Any = None, given: Any = None,
        error: str = "", tries: int = 0,
    ) -> StepRun:  # fmt: skip
        """Write down what a step did. A step run that was begun earlier is brought up to date."""
        key = key or frames.key_of(definition["id"], self.enrolment.position)
        found = self.old_runs.get(key)
        if found is None:
            found = StepRun(
                id=uuid7(), enrolment=self.enrolment, step_id=definition["id"], key=key, kind=definition["kind"],
                action=definition.get("action", ""), started_at=timezone.now(),
            )  # fmt: skip
            self.new_runs.append(found)
            self.old_runs[key] = found
        elif found not in self.new_runs and found not in self.changed_runs:
            self.changed_runs.append(found)
        found.state, found.error = state, error[:LONGEST_ERROR]
        found.tries = tries or found.tries
        found.input = bounded(given) if given is not None else found.input
        found.output = bounded(output) if output is not None else found.output
        found.finished_at = None if state == StepState.RUNNING else timezone.now()
        if state != StepState.RUNNING:
            self.steps_now += 1
            self.enrolment.steps_done += 1
        return found

    def keep_output(self, definition: StepDict, output: Mapping[str, Any] | None) -> None:
        found = bounded(output or {})
        self.enrolment.variables["steps"][definition["id"]] = found
        if definition.get("save_as"):
            self.set_variable(definition["save_as"], found)

    def set_variable(self, name: str, value: Any) -> None:
        """Raises ValidationError where all of them would be too much to keep."""
        variables = self.enrolment.variables
        variables["vars"][name] = plain(value)
        if len(json_text(variables)) > MOST_VARIABLE_BYTES:
            del variables["vars"][name]
            raise ValidationError(f"The variables of a run hold at most {MOST_VARIABLE_BYTES:,} letters.")

    # Where it stands

    @property
    def is_settled(self) -> bool:
        """Nothing more to do now: it waits, has ended, or asks somebody outside."""
        return self.outward is not None or self.enrolment.state != EnrolmentState.RUNNING

    def wait(self, until: datetime | None, *, events: tuple[str, ...] = ()) -> None:
        self.enrolment.state, self.enrolment.wake_at = EnrolmentState.WAITING, until
        self.enrolment.waits_for = list(events)

    def end(self, state: EnrolmentState, because: str = "", error: str = "") -> None:
        one = self.enrolment
        one.state, one.ended_because, one.error = state, because[:200], error[:LONGEST_ERROR]
        one.ended_at, one.wake_at, one.waits_for, one.claimed_until = timezone.now(), None, [], None


class _Masks(dict[str, str]):
    """What `{{secrets.NAME}}` is wherever something is kept."""

    def get(self, name: str, default: Any = None) -> str:
        return MASK


def open_secrets() -> dict[str, str]:
    return {one.name: one.value.reveal() for one in AutomationSecret.objects.all()}


def masked(value: Any) -> Any:
    """A value without the words of any secret: an answer may repeat what was sent."""
    words = [word for word in open_secrets().values() if len(word) > 3]
    if not words or not any(word in text for text in texts_in(value) for word in words):
        return value
    return _replaced(value, words)


def _replaced(value: Any, words: list[str]) -> Any:
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, MASK)
        return value
    if isinstance(value, Mapping):
        return {name: _replaced(one, words) for name, one in value.items()}
    return [_replaced(one, words) for one in value] if isinstance(value, list | tuple) else value


def _company() -> dict[str, str]:
    found = company_now()
    return {
        "name": found.name, "country": found.country, "currency": found.currency, "time_zone": found.time_zone,
    }  # fmt: skip


def bounded(value: Any) -> Any:
    """As JSON, at most so large; what is larger is cut, and says so."""
    found = plain(value)
    text = json_text(found)
    if len(text) <= MOST_BYTES:
        return found
    if isinstance(found, dict):
        return {name: _short(one) for name, one in list(found.items())[:40]} | {"is_cut": True}
    return {"value": text[: MOST_BYTES // 2], "is_cut": True}


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else json_text(value)
    return value if len(text) <= 200 else text[:200] + "…"
