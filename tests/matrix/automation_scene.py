"""Workflows for the matrix: one that is on, with a draft beside it, a run inside and a secret."""

from typing import Any

from tenants.automation import actions, enrolling
from tenants.automation.backtesting.starting import start_backtest
from tenants.automation.queries import draft_of, published_of
from tenants.kernel.actors import Actor
from tenants.records.registry import type_named

DEFINITION = {
    "trigger": {"kind": "manual", "params": {"record_type": "contacts"}},
    "steps": [{"id": "tag", "kind": "action", "action": "add_tag", "params": {"tags": ["Seen"]}}],
}


def furnish_automation(found: dict[str, Any], twin: Any, by: Actor) -> None:
    workflow = actions.create_workflow(name="Matrix", definition=DEFINITION, by=by)
    actions.publish(workflow=workflow, by=by)
    workflow.refresh_from_db()
    contact = type_named("contacts").model._default_manager.get(pk=twin.contact_id)
    found["enrolment"] = enrolling.enrol(workflow=workflow, record=contact, by=by)
    actions.save_draft(workflow=workflow, definition=DEFINITION, by=by)
    found["workflow"], found["workflow_version"] = workflow, published_of(workflow)
    found["workflow_secret"] = actions.set_secret(name="MATRIX", value="hush", by=by)
    trial = {**DEFINITION, "trigger": {"kind": "lead_created"}}
    found["backtest"] = start_backtest(workflow=workflow, definition=trial, by=by)
    assert draft_of(workflow)
