"""Workflows, their runs, secrets and trials."""

from tests.matrix.automation_scene import DEFINITION
from tests.matrix.needs import SETTINGS, edits, views
from tests.matrix.samples import row, the

PAGES = [
    row("GET automation:enrol", edits("contacts"), name="contacts", record_id=the.contacts_idle),
    row("POST automation:enrol", edits("contacts"), name="contacts", record_id=the.contacts_idle,
        form={"workflow": the.workflow}),
]  # fmt: skip
ROWS = [
    row("list_workflows", SETTINGS),
    row("create_workflow", SETTINGS, json={"name": "Another", "definition": DEFINITION}),
    row("get_workflow_catalogue", SETTINGS),
    row("list_workflow_recipes", SETTINGS),
    row("get_workflow", SETTINGS),
    row("update_workflow", SETTINGS, json={"folder": "Sales"}),
    row("list_workflow_versions", SETTINGS),
    row("get_workflow_version", SETTINGS, version_id=the.workflow_version),
    row("get_workflow_draft", SETTINGS),
    row("save_workflow_draft", SETTINGS, json={"definition": DEFINITION}),
    row("discard_workflow_draft", SETTINGS),
    row("use_workflow_version", SETTINGS, version_id=the.workflow_version),
    row("publish_workflow", SETTINGS),
    row("turn_on_workflow", SETTINGS),
    row("turn_off_workflow", SETTINGS),
    row("archive_workflow", SETTINGS),
    row("unarchive_workflow", SETTINGS),
    row("list_workflow_enrolments", SETTINGS),
    row("enrol_in_workflow", edits("contacts"), json={"record_id": the.contacts_idle}),
    row("enrol_many_in_workflow", SETTINGS & views("contacts"), json={"record_ids": [the.contacts_idle]}),
    row("get_workflow_figures", SETTINGS),
    row("dry_run_workflow", SETTINGS & views("contacts"), json={"record_id": the.contact}),
    row("backtest_workflow", SETTINGS, json={"definition": DEFINITION | {"trigger": {"kind": "lead_created"}}}),
    row("get_enrolment", SETTINGS, enrolment_id=the.enrolment),
    row("retry_enrolment", SETTINGS, enrolment_id=the.enrolment, ok=(409,)),
    row("stop_enrolment", SETTINGS, enrolment_id=the.enrolment),
    row("skip_enrolment_wait", SETTINGS, enrolment_id=the.enrolment, ok=(409,)),
    row("get_workflow_backtest", SETTINGS, job_id=the.backtest),
    row("list_workflow_secrets", SETTINGS),
    row("set_workflow_secret", SETTINGS, json={"name": "OTHER", "value": "hush"}),
    row("remove_workflow_secret", SETTINGS, secret_id=the.workflow_secret),
]
