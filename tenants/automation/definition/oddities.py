"""What is allowed and yet probably not meant: steps nobody reaches, a workflow that sets itself off."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from tenants.automation.catalogue import action_named, trigger_named
from tenants.automation.definition.plans import LANES_OF, LISTS_OF

WRITERS = ("update_record", "update_field", "add_tag", "remove_tag")
Warning_ = dict[str, str]


def oddities(definition: Mapping[str, Any]) -> list[Warning_]:
    """Of a definition without faults."""
    trigger = definition["trigger"]
    kind, params = trigger_named(trigger["kind"]), trigger.get("params") or {}
    names = set(kind.events(params)) if kind.wake == "event" else set()
    found = [_told(at, words) for at, words in _unreached(definition["steps"], "steps")]
    if not definition["steps"]:
        found.append(_told("steps", _("There are no steps: whoever enters is done at once.")))
    for at, step in walked(definition["steps"], "steps"):
        if step["kind"] == "action" and _sets_off(step, names, params, kind.record_type(params)):
            words = _("This sets off the workflow's own trigger. After three rounds it is turned off.")
            found.append(_told(at, words))
    return found


def _told(at: str, words: Any) -> Warning_:
    return {"path": at, "message": str(words)}


def walked(steps: Sequence[Mapping[str, Any]], at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every step with its place."""
    for i, step in enumerate(steps):
        here = f"{at}[{i}]"
        yield here, step
        for lane in LANES_OF.get(step["kind"], ()):
            yield from walked(step.get(lane) or (), f"{here}.{lane}")
        listed = LISTS_OF.get(step["kind"], "")
        for n, one in enumerate(step.get(listed) or ()):
            yield from walked(one.get("steps") or (), f"{here}.{listed}[{n}].steps")


def _unreached(steps: Sequence[Mapping[str, Any]], at: str) -> Iterator[tuple[str, str]]:
    for i, step in enumerate(steps):
        here = f"{at}[{i}]"
        if _always_ends(step) and i + 1 < len(steps):
            yield f"{at}[{i + 1}]", _("Nobody gets here: the step before ends the run.")
        for n, one in enumerate(step.get("branches") or ()):
            if not one["filter"] and n + 1 < len(step["branches"]):
                yield f"{here}.branches[{n + 1}]", _("Nobody gets here: the branch before lets everybody in.")
        for lane in LANES_OF.get(step["kind"], ()):
            yield from _unreached(step.get(lane) or (), f"{here}.{lane}")
        listed = LISTS_OF.get(step["kind"], "")
        for n, one in enumerate(step.get(listed) or ()):
            yield from _unreached(one.get("steps") or (), f"{here}.{listed}[{n}].steps")


def _always_ends(step: Mapping[str, Any]) -> bool:
    is_goal = step["kind"] == "goal" and not step.get("filter")
    is_action = step["kind"] == "action" and step["action"] == "stop_workflow"
    return step["kind"] == "stop" or is_goal or is_action


def _sets_off(step: Mapping[str, Any], names: set[str], params: Mapping[str, Any], type_name: str) -> bool:
    """Whether the action makes an event of the trigger's. Of a trigger for one field only a write of that field."""
    action = action_named(step["action"]).name
    given = step.get("params") or {}
    if action == "create_record":
        return any(name.endswith(".created") for name in names) and given.get("record_type") == type_name
    if action not in WRITERS or not any(name.endswith(".updated") for name in names):
        return False
    watched = params.get("field") or ""
    written = {"update_field": {given.get("field")}, "update_record": set(given.get("values") or {})}
    return not watched or watched in written.get(action, {"tags"})
