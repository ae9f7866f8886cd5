"""What is wrong with a definition, and what is odd: each with its place, like `steps[2].params.to`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tenants.automation.catalogue import ActionKind, TriggerKind, action_named, trigger_named
from tenants.automation.definition.fitting import Fault, faults
from tenants.automation.definition.naming import Names
from tenants.automation.definition.oddities import oddities
from tenants.automation.definition.params import ParamCheck, filter_faults
from tenants.automation.definition.plans import LANES_OF, LISTS_OF
from tenants.automation.definition.shape import MOST_DEPTH, MOST_STEPS, SCHEMA, STEP_SHAPES
from tenants.automation.definition.templates import is_template
from tenants.automation.definition.zones import is_zone
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.fields import Relation
from tenants.records.outbox.catalogue import kinds
from tenants.records.registry import RecordType, record_types, type_named

MOST_FAULTS = 100
SETTERS = ("set_variable", "formula")


@dataclass
class Report:
    """Faults stop a publishing; warnings are only told."""

    errors: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[dict[str, str]] = field(default_factory=list)
    record_type: str = ""

    def add(self, found: Iterator[Fault]) -> bool:
        """Whether there was any."""
        any_found = False
        for at, words in found:
            any_found = True
            if len(self.errors) < MOST_FAULTS:
                self.errors.setdefault(at, []).append(str(words))
        return any_found

    def refuse(self) -> None:
        """Raises Invalid where something is wrong."""
        if self.errors:
            raise Invalid(self.errors)


def check(definition: Any, *, actor: Actor, secrets: frozenset[str] = frozenset()) -> Report:
    """Look at a definition with the eyes of `actor`, who decides which fields there are."""
    report = Report()
    if report.add(faults(definition, SCHEMA, "", _shape_of_step)):
        return report
    _Checker(definition, report, actor, secrets).run()
    if not report.errors:
        report.warnings = oddities(definition)
    return report


def _shape_of_step(step: Any) -> Any:
    kind = str(step.get("kind")) if isinstance(step, dict) else ""
    if kind not in STEP_SHAPES:
        return _("Say the kind of step: %(known)s.") % {"known": ", ".join(STEP_SHAPES)}
    return STEP_SHAPES[kind]


class _Checker:
    def __init__(self, definition: Mapping[str, Any], report: Report, actor: Actor, secrets: frozenset[str]) -> None:
        self.definition, self.report, self.actor = definition, report, actor
        self.names = Names(None, secrets=secrets)
        self.count = 0
        self.ids: set[str] = set()

    def run(self) -> None:
        self.report.add(self._trigger(self.definition["trigger"]))
        self.report.add(self._settings(self.definition.get("settings") or {}))
        self.report.add(self._steps(self.definition["steps"], "steps", self.names, 0))

    # The trigger

    def _trigger(self, trigger: Mapping[str, Any]) -> Iterator[Fault]:
        params = trigger.get("params") or {}
        try:
            kind = trigger_named(trigger["kind"])
            name = kind.record_type(params)
            self.names.record_type = type_named(name) if name else None
        except NotFound as error:
            yield "trigger.kind", str(error.detail)
            return
        self.report.record_type = name
        yield from ParamCheck(kind.params, params, self.names, self.actor).faults("trigger.params")
        yield from self._unheard(kind, params)
        if trigger.get("filter"):
            yield from self._filter(trigger["filter"], "trigger.filter")

    def _unheard(self, kind: TriggerKind, params: Mapping[str, Any]) -> Iterator[Fault]:
        known = kinds()
        for name in kind.events(params) if kind.wake == "event" else ():
            if name not in known or known[name].is_inner:
                yield "trigger.params", _("There is no event “%(name)s” to wait for.") % {"name": name}

    def _filter(self, tree: Any, at: str, names: Names | None = None) -> Iterator[Fault]:
        names = names or self.names
        yield from filter_faults(tree, names.record_type, names, self.actor, at)

    # Settings

    def _settings(self, settings: Mapping[str, Any]) -> Iterator[Fault]:
        for name in ("goal", "stop_if"):
            if settings.get(name):
                yield from self._filter(settings[name], f"settings.{name}")
        yield from self._events(settings.get("stop_on") or (), "settings.stop_on")
        window = settings.get("window")
        if window and window["from"] >= window["until"]:
            yield "settings.window.until", _("This must be later than the beginning.")
        if window and not is_zone(window.get("zone") or "company"):
            yield "settings.window.zone", _("Give company, record, or a zone like Europe/Sofia.")

    def _events(self, names: Sequence[str], at: str) -> Iterator[Fault]:
        known = kinds()
        for i, name in enumerate(names):
            if name not in known:
                yield f"{at}[{i}]", _("There is no event called “%(name)s”.") % {"name": name}

    # Steps

    def _steps(self, steps: Sequence[Any], at: str, names: Names, depth: int) -> Iterator[Fault]:
        if depth > MOST_DEPTH:
            yield at, _("Put steps at most %(most)d deep into each other.") % {"most": MOST_DEPTH}
            return
        for i, step in enumerate(steps):
            self.count += 1
            if self.count == MOST_STEPS + 1:
                yield (
                    f"{at}[{i}]",
                    _("Use at most %(most)d steps. Let one workflow enrol in another.") % {"most": MOST_STEPS},
                )
            yield from self._step(step, f"{at}[{i}]", names, depth)

    def _step(self, step: Mapping[str, Any], at: str, names: Names, depth: int) -> Iterator[Fault]:
        yield from self._new_id(step["id"], f"{at}.id")
        yield from self._CHECKS[step["kind"]](self, step, at, names)
        names.steps.add(step["id"])
        inner = self._inside(step, names)
        for lane in LANES_OF.get(step["kind"], ()):
            yield from self._steps(step.get(lane) or (), f"{at}.{lane}", inner, depth + 1)
        listed = LISTS_OF.get(step["kind"], "")
        for i, one in enumerate(step.get(listed) or ()):
            yield from self._new_id(one["id"], f"{at}.{listed}[{i}].id")
            yield from self._steps(one.get("steps") or (), f"{at}.{listed}[{i}].steps", inner, depth + 1)

    def _new_id(self, step_id: str, at: str) -> Iterator[Fault]:
        if step_id in self.ids:
            yield at, _("Two steps are called “%(id)s”.") % {"id": step_id}
        self.ids.add(step_id)

    def _inside(self, step: Mapping[str, Any], names: Names) -> Names:
        if step["kind"] != "loop":
            return names
        over = str(step["over"])
        target = None if is_template(over) else related_type(over, names.record_type)[0]
        return names.within(has_item=True, item=target)

    def _action(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        try:
            kind = action_named(step["action"])
        except NotFound as error:
            yield f"{at}.action", str(error.detail)
            return
        yield from self._fits(kind, f"{at}.action")
        params = step.get("params") or {}
        seen = names.within(may_use_secrets=kind.is_outward)
        found = ParamCheck(kind.params, params, seen, self.actor, may_lack=bool(step.get("is_paused")))
        yield from found.faults(f"{at}.params")
        if kind.name == "formula" and isinstance(params.get("formula"), str):
            yield from ((f"{at}.params.formula", words) for words in names.formula_faults(params["formula"]))
        if step.get("save_as"):
            names.variables.add(step["save_as"])
        if kind.name in SETTERS and isinstance(params.get("name"), str):
            names.variables.add(params["name"])

    def _fits(self, kind: ActionKind, at: str) -> Iterator[Fault]:
        record_type = self.names.record_type
        if kind.needs_record and record_type is None:
            yield at, _("“%(name)s” needs a record, and this workflow has none.") % {"name": kind.label}
        elif kind.record_types and record_type and record_type.name not in kind.record_types:
            words = {"name": kind.label, "types": ", ".join(kind.record_types)}
            yield at, _("“%(name)s” is for workflows of: %(types)s.") % words

    def _branch(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        for i, one in enumerate(step["branches"]):
            yield from self._filter(one["filter"], f"{at}.branches[{i}].filter", names)

    def _switch(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        yield from ((f"{at}.value", words) for words in names.faults(step["value"]))

    def _filter_step(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        yield from self._filter(step["filter"], f"{at}.filter", names)

    def _goal(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        if step.get("filter"):
            yield from self._filter(step["filter"], f"{at}.filter", names)

    def _stop(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        yield from ((f"{at}.because", words) for words in names.faults(step.get("because")))

    def _delay(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        if bool(step.get("for")) == bool(step.get("until")) and not (step.get("at") and not step.get("until")):
            yield f"{at}.for", _("Say how long, or until when: one of the two.")
        yield from ((f"{at}.until", words) for words in names.faults(step.get("until")))
        if not is_zone(step.get("zone") or "company"):
            yield f"{at}.zone", _("Give company, record, or a zone like Europe/Sofia.")

    def _wait(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        if not step.get("filter") and not step.get("events"):
            yield f"{at}.events", _("Say what to wait for: events, a condition, or both.")
        if step.get("filter"):
            yield from self._filter(step["filter"], f"{at}.filter", names)
        yield from self._events(step.get("events") or (), f"{at}.events")
        if names.record_type is None:
            yield at, _("Only a workflow with a record can wait for something.")

    def _loop(self, step: Mapping[str, Any], at: str, names: Names) -> Iterator[Fault]:
        over = str(step["over"])
        if is_template(over):
            yield from ((f"{at}.over", words) for words in names.faults(over))
            return
        target, words = related_type(over, names.record_type)
        if target is None:
            yield f"{at}.over", words
        elif step.get("filter"):
            yield from filter_faults(step["filter"], target, names, self.actor, f"{at}.filter")

    _CHECKS = {
        "action": _action, "branch": _branch, "switch": _switch, "filter": _filter_step, "delay": _delay,
        "wait": _wait, "loop": _loop, "goal": _goal, "stop": _stop,
    }  # fmt: skip


def related_type(over: str, record_type: RecordType | None) -> tuple[RecordType | None, str]:
    """The type that `contacts.account` names, where its field leads to the workflow's type; else words why not."""
    name, _dot, by = over.partition(".")
    known = {one.name: one for one in record_types()}
    target = known.get(name)
    if record_type is None or target is None:
        return None, _("Name a record type and its relation to this record, like contacts.account.")
    if by == "about" and hasattr(target.model, "about_id"):
        return target, ""
    found = target.fields.get(by)
    if not isinstance(found, Relation) or found.target is not record_type.model:
        return None, _("“%(by)s” of %(type)s does not lead to this record.") % {"by": by, "type": target.label}
    return target, ""
