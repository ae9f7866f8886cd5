"""The catalogue, workflows and runs as the API and pages show them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from tenants.automation.catalogue import ActionKind, Param, TriggerKind, actions, triggers
from tenants.automation.definition.formulas import FUNCTIONS
from tenants.automation.definition.params import choices_of
from tenants.automation.definition.scopes import ROOTS
from tenants.automation.definition.shape import SCHEMA, step_words
from tenants.automation.definition.templates import FILTERS
from tenants.automation.engine import frames
from tenants.automation.engine.memory import plans_of
from tenants.automation.enums import VersionState
from tenants.automation.models import Enrolment, Version, Workflow


def catalogue() -> dict[str, Any]:
    return {
        "triggers": [_trigger(one) for one in triggers().values()],
        "actions": [_action(one) for one in actions().values()],
        "step_kinds": [
            {"name": name, "label": label, "about": about, "icon": icon}
            for name, (label, about, icon) in step_words().items()
        ],
        "filters": list(FILTERS), "functions": list(FUNCTIONS), "variables": list(ROOTS), "definition_schema": SCHEMA,
    }  # fmt: skip


def _param(one: Param) -> dict[str, Any]:
    return {
        "name": one.name, "label": str(one.label), "kind": one.kind, "is_required": one.is_required,
        "default": one.default, "choices": [(str(value), str(label)) for value, label in choices_of(one)],
        "hint": str(one.hint), "of": one.of, "allows_variables": one.allows_variables,
    }  # fmt: skip


def _trigger(one: TriggerKind) -> dict[str, Any]:
    return {
        "name": one.name, "label": str(one.label), "about": str(one.about), "icon": one.icon, "group": str(one.group),
        "wake": one.wake, "record_type": one.record_type({}), "params": [_param(param) for param in one.params],
    }  # fmt: skip


def _action(one: ActionKind) -> dict[str, Any]:
    return {
        "name": one.name, "label": str(one.label), "about": str(one.about), "icon": one.icon, "group": str(one.group),
        "params": [_param(param) for param in one.params],
        "outputs": {name: str(label) for name, label in one.outputs.items()}, "is_outward": one.is_outward,
        "is_message": one.is_message, "needs_record": one.needs_record, "record_types": list(one.record_types),
    }  # fmt: skip


def shown(workflow: Workflow) -> dict[str, Any]:
    """With its current versions, which the query brings along."""
    current: Sequence[Version] = getattr(workflow, "current", None) or list(workflow.versions.all())
    by_state = {version.state: version for version in current}
    published, draft = by_state.get(VersionState.PUBLISHED), by_state.get(VersionState.DRAFT)
    names = ("id", "name", "about", "folder", "record_type", "owner_id", "off_because", "due_at", "created_at")
    return {name: getattr(workflow, name) for name in (*names, "updated_at")} | {
        "state": str(workflow.state), "off_kind": str(workflow.off_kind), "warning": warning_of(published),
        "published_number": published.number if published else None, "draft_number": draft.number if draft else None,
    }  # fmt: skip


def warning_of(published: Version | None) -> str:
    """What somebody should look after, though it goes on."""
    publisher = published.publisher if published else None
    if published and publisher and not publisher.is_active:
        words = _("%(name)s, who published it, has been deactivated. It goes on with what they might do.")
        return words % {"name": publisher}
    return ""


def run_shown(one: Enrolment) -> dict[str, Any]:
    names = (
        "id", "workflow_id", "record_type", "record_id", "record_name", "entered_at", "ended_at", "ended_because",
        "error", "wake_at", "waits_for", "steps_done",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names} | {
        "state": str(one.state), "workflow_name": one.workflow.name, "version": one.version.number,
        "at_step": at_step(one),
    }  # fmt: skip


def at_step(one: Enrolment) -> str:
    """The step that comes next, or that it waits at."""
    plan = plans_of([one.version_id]).get(one.version_id)
    position: list[dict[str, Any]] = [dict(frame) for frame in one.position]
    step: Mapping[str, Any] | None = frames.current(plan, position) if plan else None
    return str(step["id"]) if step else ""
