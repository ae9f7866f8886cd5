"""What a draft changes against the published version, in a few lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenants.automation.catalogue import actions
from tenants.automation.definition.plans import LANES_OF, LISTS_OF, Lane, lanes_of
from tenants.automation.definition.shape import step_words

Definition = Mapping[str, Any]
Placed = tuple[Lane, Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """`tone` is good for what comes, bad for what goes, empty for what is different."""

    icon: str
    words: str
    tone: str = ""


def changes_between(before: Definition, after: Definition) -> list[Change]:
    """Steps that come, go, move or say something else; trigger and settings as wholes."""
    old, new = _steps(before), _steps(after)
    found = [Change("bolt", _("The trigger is another"))] if before.get("trigger") != after.get("trigger") else []
    if (before.get("settings") or {}) != (after.get("settings") or {}):
        found.append(Change("settings", _("The settings are other ones")))
    came, went = [one for one in new if one not in old], [one for one in old if one not in new]
    found += [Change("plus", _("New: %(name)s") % {"name": name_of(new[one][1])}, "good") for one in came]
    found += [Change("trash", _("Gone: %(name)s") % {"name": name_of(old[one][1])}, "bad") for one in went]
    found += [one for step_id in new if step_id in old for one in _changes(old[step_id], new[step_id])]
    return found + _reordered(old, new)


def _changes(old: Placed, new: Placed) -> list[Change]:
    name = {"name": name_of(new[1])}
    found = [Change("edit", _("Changed: %(name)s") % name)] if _own(old[1]) != _own(new[1]) else []
    return found + ([Change("arrows-exchange", _("Moved: %(name)s") % name)] if old[0] != new[0] else [])


def _reordered(old: Mapping[str, Placed], new: Mapping[str, Placed]) -> list[Change]:
    """Whether steps that stayed in their lane come in another order."""
    stayed = {one for one in new if one in old and old[one][0] == new[one][0]}
    lanes = {new[one][0] for one in stayed}
    is_other = any(_order(old, lane, stayed) != _order(new, lane, stayed) for lane in lanes)
    return [Change("arrows-sort", _("Steps come in another order"))] if is_other else []


def _order(steps: Mapping[str, Placed], lane: Lane, among: set[str]) -> list[str]:
    return [one for one in steps if one in among and steps[one][0] == lane]


def _steps(definition: Definition) -> dict[str, Placed]:
    """Each step in the order of reading, with the lane it stands in."""
    lanes = lanes_of(definition.get("steps") or [])
    return {str(step["id"]): (lane, step) for lane, steps in lanes for step in steps}


def _own(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step without the steps inside it."""
    inner = {*LANES_OF.get(step["kind"], ()), LISTS_OF.get(step["kind"], "")}
    own = {name: value for name, value in step.items() if name not in inner}
    ways = [{k: v for k, v in one.items() if k != "steps"} for one in step.get(LISTS_OF.get(step["kind"], "")) or ()]
    return own | {"~ways": ways}


def name_of(step: Mapping[str, Any]) -> str:
    """What a step is called: its own name, else what it does."""
    kind = actions().get(str(step.get("action")))
    words = step_words().get(str(step["kind"]))
    return str(step.get("name") or (kind.label if kind else words[0] if words else step["kind"]))
