"""Goals and stop conditions of a workflow, asked for many runs at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenants.automation.definition.conditions import Tree, holding, holds, is_constant
from tenants.automation.definition.plans import Plan
from tenants.automation.engine.run import Run
from tenants.automation.enums import EnrolmentState
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.queries import visible_to


def end_where_reached(runs: Sequence[Run]) -> None:
    """End those whose record is gone, whose goal is reached or whose stop condition holds."""
    for group in by_plan(runs):
        plan, actor = group[0].plan, group[0].actor
        load_records(group)
        with context.acting(actor):
            _end_gone(group)
            _end(group, plan.stop_if, EnrolmentState.STOPPED, _("Its stop condition holds."))
            _end(group, plan.goal, EnrolmentState.DONE, _("The goal is reached."))


def by_plan(runs: Iterable[Run]) -> list[list[Run]]:
    found: dict[UUID, list[Run]] = {}
    for run in runs:
        if not run.is_settled:
            found.setdefault(run.plan.version_id, []).append(run)
    return list(found.values())


def load_records(group: Sequence[Run]) -> None:
    """The records of runs of one plan, in one query; those that cannot be seen stay to be looked for."""

    plan, actor = group[0].plan, group[0].actor
    ids = [run.enrolment.record_id for run in group if run.enrolment.record_id]
    if plan.record_type is None or not ids or not actor.may("view", plan.record_type.name):
        return
    with context.acting(actor):
        found: Mapping[Any, Any] = {row.pk: row for row in visible_to(actor, plan.record_type).filter(pk__in=ids)}
    for run in group:
        if run.enrolment.record_id in found:
            run.record = found[run.enrolment.record_id]


def _end_gone(group: Sequence[Run]) -> None:
    for run in group:
        if run.enrolment.record_id is None or run.plan.record_type is None:
            continue
        if run.record is None and not run.plan.trigger.in_bin:
            run.end(EnrolmentState.STOPPED, _("The record is gone, or the workflow may not see it."))
        elif run.record is not None and not run.enrolment.record_name:
            run.enrolment.record_name = str(run.record)[:200]


def _end(group: Sequence[Run], tree: Tree, state: EnrolmentState, words: str) -> None:
    left = [run for run in group if not run.is_settled] if tree else []
    for run in reached(left, tree):
        run.end(state, words)


def reached(runs: Sequence[Run], tree: Tree) -> list[Run]:
    """Those for which it holds; one query for all of them where it names nothing of a single run."""
    if not runs:
        return []
    plan, actor = runs[0].plan, runs[0].actor
    if not is_constant(tree) or plan.record_type is None:
        return [run for run in runs if _holds_for(run, plan, actor, tree)]
    ids = [run.enrolment.record_id for run in runs if run.enrolment.record_id]
    found = holding(tree, plan.record_type, ids, actor)
    return [run for run in runs if run.enrolment.record_id in found]


def _holds_for(run: Run, plan: Plan, actor: Actor, tree: Tree) -> bool:
    return holds(tree, run.scope, plan.record_type, run.enrolment.record_id, actor)
