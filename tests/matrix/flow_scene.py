"""Workflows for the pages of automation: one that is on, with runs in every state that a page asks for."""

from typing import Any

from django.utils import timezone

from tenants.automation import actions
from tenants.automation.enums import EnrolmentState
from tenants.automation.models import Enrolment, Version
from tenants.kernel.actors import Actor
from tenants.records.enums import JobState
from tenants.records.models import Job
from tests.factories import Twin

DEFINITION = {
    "trigger": {"kind": "manual", "params": {"record_type": "deals"}}, "settings": {},
    "steps": [{"id": "pause", "kind": "delay", "for": {"days": 2}}],
}  # fmt: skip


def furnish_flows(found: dict[str, Any], twin: Twin, by: Actor) -> None:
    workflow = actions.create_workflow(name="Follow up", definition=DEFINITION, by=by)
    version = actions.publish(workflow=workflow, by=by)
    actions.save_draft(workflow=workflow, definition=DEFINITION, by=by)
    found |= {"flow": workflow, "flow_version": version}
    found["flow_drafted"] = actions.create_workflow(name="Not yet", definition=DEFINITION, by=by)
    found["flow_failed"] = _run(version, twin, EnrolmentState.FAILED)
    found["flow_waiting"] = _run(version, twin, EnrolmentState.WAITING)
    found["flow_job"] = Job.objects.create(
        kind="backtest",
        label="Backtest",
        state=JobState.DONE,
        user_id=by.user_id,
        params={"workflow": str(workflow.pk), "days": 7},
    )
    found["flow_secret"] = actions.set_secret(name="CRM_TOKEN", value="not told to anybody", by=by)


def _run(version: Version, twin: Twin, state: EnrolmentState) -> Enrolment:
    frame = {"in": "", "lane": "", "at": 0, "until": timezone.now().isoformat()}
    return Enrolment.objects.create(
        workflow=version.workflow, version=version, record_type="deals", record_id=twin.deal_id, record_name="Deal",
        entry_key=f"scene:{state}", state=state, entered_at=timezone.now(), position=[frame],
    )  # fmt: skip
