"""Actions on the run itself: variables, formulas, other workflows, the end."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import ActionKind, Param
from tenants.automation.definition.formulas import evaluate
from tenants.automation.definition.scopes import id_of, plain
from tenants.automation.engine.entering import Entry, enter
from tenants.automation.engine.guards import refuse_circle
from tenants.automation.engine.memory import plans_of
from tenants.automation.engine.step import Step
from tenants.automation.enums import OPEN, EnrolmentState, VersionState, WorkflowState
from tenants.automation.kinds.writing import target
from tenants.automation.models import Enrolment, Version, Workflow
from tenants.kernel.errors import Conflict, Invalid, NotFound

FLOW = _("Flow")


def _name(step: Step) -> str:
    name = str(step.params.get("name") or "")
    if not name.isidentifier() or len(name) > 40:
        raise Invalid({"name": [_t("Name the variable in letters, digits and underscores.")]})
    return name


def set_variable(step: Step) -> Mapping[str, Any]:
    step.set_variable(_name(step), step.params.get("value"))
    return {"value": plain(step.params.get("value"))}


def formula(step: Step) -> Mapping[str, Any]:
    value = evaluate(str(step.params.get("formula") or ""), step.scope)
    if step.params.get("name"):
        step.set_variable(_name(step), value)
    return {"value": plain(value)}


def _published(workflow_id: UUID | None) -> Version:
    rows = Version.objects.select_related("workflow").filter(state=VersionState.PUBLISHED)
    found = rows.filter(workflow=workflow_id, workflow__state=WorkflowState.ACTIVE).first() if workflow_id else None
    if not found:
        raise NotFound(_t("There is no such workflow, or it is not on."))
    return found


def enrol(step: Step) -> Mapping[str, Any]:
    """Into another workflow of the same type of record. Its re-entry rule decides, its filter is not asked."""
    version = _published(id_of(step.params.get("workflow")))
    plan = plans_of([version.pk])[version.pk]
    record_type, record = target(step) if plan.record_type else (None, None)
    if plan.record_type and record_type is not plan.record_type:
        words = _t("“%(name)s” is for %(type)s.") % {"name": plan.name, "type": plan.record_type.label}
        raise Conflict(words)
    entry = Entry(
        key=f"step:{step.idempotency_key}", record_id=record.pk if record is not None else None, cause=step.run.cause,
        trigger={"event": "workflow", "payload": {"workflow": step.workflow_name}, "changes": {}},
        variables=plain(step.params.get("variables") or {}),
    )  # fmt: skip
    refuse_circle(plan, entry.cause, entry.record_id)
    made = enter(plan, [entry], is_by_hand=True)
    return {"entered": bool(made), "enrolment": str(made[0].pk) if made else None}


def leave(step: Step) -> Mapping[str, Any]:
    """End the record's runs of another workflow; of this one, too, if it is named."""
    workflow_id = id_of(step.params.get("workflow"))
    if workflow_id is None or not Workflow.objects.filter(pk=workflow_id).exists():
        raise NotFound(_t("There is no such workflow."))
    _record_type, record = target(step)
    rows = Enrolment.objects.filter(workflow_id=workflow_id, record_id=record.pk, state__in=OPEN)
    ended = rows.exclude(pk=step.enrolment_id).update(
        state=EnrolmentState.STOPPED, ended_at=step.now, wake_at=None, waits_for=[], claimed_until=None,
        ended_because=_t("Another workflow took it out: %(name)s.") % {"name": step.workflow_name},
    )  # fmt: skip
    if workflow_id == step.workflow_id:
        step.end(_t("A step took it out."))
    return {"ended": ended}


def stop(step: Step) -> Mapping[str, Any]:
    step.end(str(step.params.get("because") or "") or _t("A step stopped it."))
    return {}


NAME = Param(name="name", label=_("Name"), is_required=True, allows_variables=False)
WORKFLOW = Param(name="workflow", label=_("Workflow"), kind="record", is_required=True, allows_variables=False)
ACTIONS = (
    ActionKind(
        name="set_variable", label=_("Set a variable"), icon="variable", group=FLOW, run=set_variable,
        params=(NAME, Param(name="value", label=_("Value"), kind="value")), outputs={"value": _("Its value")},
        needs_record=False,
    ),
    ActionKind(
        name="formula", label=_("Work out a formula"), icon="math-function", group=FLOW, run=formula,
        params=(
            Param(name="formula", label=_("Formula"), is_required=True, allows_variables=False,
                  hint=_("Like record.amount * 0.1")),
            Param(name="name", label=_("Keep it as"), allows_variables=False),
        ),
        outputs={"value": _("What came out")}, needs_record=False,
    ),
    ActionKind(
        name="enrol_in_workflow", label=_("Enrol in another workflow"), icon="arrow-right-circle", group=FLOW,
        run=enrol, params=(WORKFLOW, Param(name="variables", label=_("Variables"), kind="json")),
        outputs={"entered": _("Whether it entered"), "enrolment": _("The run")}, needs_record=False,
    ),
    ActionKind(
        name="leave_workflow", label=_("Take out of a workflow"), icon="logout", group=FLOW, run=leave,
        params=(WORKFLOW,), outputs={"ended": _("How many runs ended")},
    ),
    ActionKind(
        name="stop_workflow", label=_("End the run"), icon="circle-x", group=FLOW, run=stop,
        params=(Param(name="because", label=_("Why")),), needs_record=False,
    ),
)  # fmt: skip
