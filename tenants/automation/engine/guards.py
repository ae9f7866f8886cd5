"""What stops a workflow that would never end: circles, too deep chains, storms. Each says why."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils.translation import gettext as _

from tenants.automation.definition.plans import Plan
from tenants.automation.engine.memory import forget_workflows
from tenants.automation.enums import OffKind, WorkflowState
from tenants.automation.models import Workflow
from tenants.kernel.clock import real_now
from tenants.kernel.errors import Conflict
from tenants.records.events import emit

MOST_DEPTH = 8
"""So many workflows may follow from each other."""
MOST_ROUNDS = 3
"""So often a workflow may set itself off for the same record."""
MINUTE = 60
SELF = "="


def path_of(cause: Mapping[str, Any] | None, record_id: UUID | None) -> list[str]:
    """Which workflows led here, each with its record. Work done for many at once names the event's own record."""
    here = str(record_id or "")
    return [f"{one[:-1]}{here}" if one.endswith(f":{SELF}") else str(one) for one in (cause or {}).get("path", ())]


def depth_of(cause: Mapping[str, Any] | None) -> int:
    return int((cause or {}).get("depth") or 0) if (cause or {}).get("kind") == "workflow" else 0


def circle_words(plan: Plan, cause: Mapping[str, Any] | None, record_id: UUID | None) -> str:
    """Why this must not enter, in words; empty where it may."""
    if depth_of(cause) > MOST_DEPTH:
        names = " → ".join([*_names(path_of(cause, record_id)), plan.name])
        return _("%(most)d workflows followed from each other: %(names)s.") % {"most": MOST_DEPTH, "names": names}
    path = path_of(cause, record_id)
    here = f"{plan.workflow_id}:{record_id or ''}"
    rounds = path.count(here)
    if rounds <= MOST_ROUNDS:
        return ""
    last = len(path) - 1 - path[::-1].index(here)
    names = " → ".join([*_names(path[last:]), plan.name])
    words = _("What it does sets it off again for the same record: %(names)s. It was stopped after %(n)d rounds.")
    return words % {"names": names, "n": rounds}


def refuse_circle(plan: Plan, cause: Mapping[str, Any] | None, record_id: UUID | None) -> None:
    """For entries by a step: raises Conflict, and the workflow that is entered is turned off."""
    words = circle_words(plan, cause, record_id)
    if words:
        turn_off(plan, OffKind.CIRCLE, words)
        raise Conflict(words)


def _names(path: list[str]) -> list[str]:
    ids = [one.partition(":")[0] for one in path]
    known = {str(pk): name for pk, name in Workflow.objects.filter(pk__in=set(ids)).values_list("pk", "name")}
    return [known.get(one, "?") for one in ids]


def storm_words(plan: Plan, entries: int) -> str:
    """Count entries of this minute on the wall; words where they are too many for one workflow."""
    if plan.is_trial:
        return ""
    key = f"workflow-entries:{plan.workflow_id}:{int(real_now().timestamp()) // MINUTE}"
    cache.add(key, 0, timeout=2 * MINUTE)
    if cache.incr(key, entries) <= plan.most_per_minute:
        return ""
    words = _("More than %(most)d records would have entered within a minute. Nobody enters until it is on again.")
    return words % {"most": plan.most_per_minute}


def turn_off(plan: Plan, kind: OffKind, words: str) -> None:
    """Nobody enters any more; who is inside goes on. Emits `workflow.stopped`, once."""
    turned = Workflow.objects.filter(pk=plan.workflow_id, state=WorkflowState.ACTIVE)
    if not turned.update(state=WorkflowState.OFF, off_kind=kind, off_because=words):
        return
    forget_workflows()
    workflow: Any = Workflow.objects.get(pk=plan.workflow_id)
    emit(
        "workflow.stopped",
        workflow,
        workflow=plan.name,
        because=words,
        kind=str(kind),
        owner_id=_text(workflow.owner_id),
    )


def _text(value: Any) -> str | None:
    return str(value) if value else None
