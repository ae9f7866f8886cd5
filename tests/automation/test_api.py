"""The API of workflows: drafts, publishing, runs, the catalogue, trying out, secrets."""

from typing import Any

import pytest
from django.test import Client

from tenants.automation import actions
from tenants.automation.models import AutomationSecret, Enrolment, Workflow
from tenants.automation.recipes import recipes
from tenants.kernel import context
from tests.automation.conftest import action, only_run, settle, workflow_of
from tests.factories import Twin, make

CREATED = {"kind": "record_created", "params": {"record_type": "contacts"}}
BY_HAND = {"kind": "manual", "params": {"record_type": "contacts"}}
ROOT = "/api/v1/workflows"


@pytest.fixture
def api(room: Twin) -> Client:
    return room.with_key()


def sent(client: Client, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = getattr(client, method)(path, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_from_draft_to_publication_and_back(api: Client, room: Twin) -> None:
    faulty = workflow_of(CREATED, [action("a", "update_field", field="nothing", value="x")])
    made = sent(api, "post", ROOT, {"name": "Welcome", "definition": faulty}, status=201)
    assert (made["state"], made["draft_number"], made["record_type"]) == ("draft", 1, "contacts")
    here = f"{ROOT}/{made['id']}"
    assert list(sent(api, "get", f"{here}/draft")["errors"]) == ["steps[0].params.field"]
    refused = sent(api, "post", f"{here}/publication", status=422)
    assert "steps[0].params.field" in refused["errors"]

    good = workflow_of(CREATED, [action("a", "add_tag", tags=["New"])])
    assert sent(api, "put", f"{here}/draft", {"definition": good})["errors"] == {}
    assert sent(api, "post", f"{here}/publication")["state"] == "published"
    assert sent(api, "get", here)["state"] == "active"
    assert sent(api, "post", f"{here}/publication", status=409)["code"] == "nothing_to_publish"

    other = workflow_of(CREATED, [])
    assert sent(api, "put", f"{here}/draft", {"definition": other})["warnings"][0]["path"] == "steps"
    sent(api, "post", f"{here}/publication")
    versions = sent(api, "get", f"{here}/versions")["items"]
    assert [(one["number"], one["state"]) for one in versions] == [(2, "published"), (1, "retired")]
    back = sent(api, "post", f"{here}/versions/{versions[1]['id']}/use")
    assert (back["number"], back["state"], back["definition"]["steps"]) == (3, "draft", good["steps"])
    sent(api, "delete", f"{here}/draft", status=204)

    assert sent(api, "delete", f"{here}/activation")["state"] == "off"
    assert sent(api, "post", f"{here}/archive")["state"] == "archived"
    assert sent(api, "get", ROOT)["items"] == []
    assert sent(api, "post", f"{here}/activation", status=409)["code"] == "workflow_archived"
    assert sent(api, "delete", f"{here}/archive")["state"] == "off"
    assert sent(api, "post", f"{here}/activation")["state"] == "active"


def test_a_run_by_hand_is_watched_stopped_and_skipped(api: Client, room: Twin, by: Any) -> None:
    delay = {"id": "d", "kind": "delay", "for": {"days": 1}}
    with context.inside(room.place):
        workflow = actions.create_workflow(
            name="W", definition=workflow_of(BY_HAND, [delay, action("t", "add_tag", tags=["A"])]), by=by
        )
        actions.publish(workflow=workflow, by=by)
    here, body = f"{ROOT}/{workflow.pk}", {"record_id": str(room.contact_id)}
    made = sent(api, "post", f"{here}/enrolments", body, status=201)
    assert sent(api, "post", f"{here}/enrolments", body, status=409)["code"] == "already_enrolled"
    settle()

    found = sent(api, "get", f"/api/v1/workflow-enrolments/{made['id']}")
    assert (found["state"], found["at_step"], found["steps"][0]["state"]) == ("waiting", "d", "running")
    assert sent(api, "get", f"{here}/enrolments?step=d")["items"][0]["id"] == made["id"]
    assert sent(api, "get", f"{here}/figures")["steps"]["d"]["at"] == 1
    sent(api, "post", f"/api/v1/workflow-enrolments/{made['id']}/skip")
    settle()
    assert sent(api, "get", f"/api/v1/workflow-enrolments/{made['id']}")["state"] == "done"
    assert sent(api, "post", f"/api/v1/workflow-enrolments/{made['id']}/stop", status=409)["code"] == "enrolment_over"
    assert (
        sent(api, "post", f"/api/v1/workflow-enrolments/{made['id']}/retry", status=409)["code"]
        == "enrolment_not_failed"
    )
    figures = sent(api, "get", f"{here}/figures")
    assert (figures["entered"], figures["done"], figures["steps"]["t"]["done"]) == (1, 1, 1)
    assert sent(api, "post", f"{here}/enrolments/many", {"record_ids": [str(room.contact_id)]})["entered"] == 1


def test_the_catalogue_says_what_a_builder_needs(api: Client) -> None:
    found = sent(api, "get", f"{ROOT}/catalogue")

    triggers, names = ({one["name"] for one in found[kind]} for kind in ("triggers", "actions"))
    assert {
        "lead_created", "lead_updated", "deal_stage_changed", "deal_won", "deal_lost", "call_completed",
        "scheduled_date", "days_after_event", "no_activity_for_x_days", "lead_score_threshold", "engagement_score_drop",
    } <= triggers  # fmt: skip
    assert {
        "send_email", "create_task", "update_field", "add_tag", "remove_tag", "change_stage", "change_priority",
        "assign_to_user", "assign_to_team", "round_robin_assign", "webhook", "api_call", "notify_user", "notify_team",
        "slack_message", "convert_lead", "create_invoice", "formula", "enrol_in_workflow",
    } <= names  # fmt: skip
    assert len(triggers) + len(names) > 100
    assert {one["name"] for one in found["step_kinds"]} >= {"branch", "switch", "wait", "loop", "delay", "goal"}


def test_every_recipe_can_be_published(api: Client, room: Twin, by: Any) -> None:
    names = [one["name"] for one in sent(api, "get", f"{ROOT}/recipes")["items"]]
    assert names == list(recipes())
    assert len(names) == 8
    for name in names:
        made = sent(api, "post", ROOT, {"name": name, "recipe": name}, status=201)
        assert sent(api, "get", f"{ROOT}/{made['id']}/draft")["errors"] == {}, name
        sent(api, "post", f"{ROOT}/{made['id']}/publication")
    assert Workflow.objects.filter(state="active").count() == 8


def test_trying_out_over_the_api(api: Client, room: Twin) -> None:
    definition = workflow_of(CREATED, [action("t", "add_tag", tags=["New"])])
    made = sent(api, "post", ROOT, {"name": "Try", "definition": definition}, status=201)
    here = f"{ROOT}/{made['id']}"

    dry = sent(api, "post", f"{here}/dry-runs", {"record_id": str(room.contact_id)})
    job = sent(api, "post", f"{here}/backtests", {"days": 10}, status=202)

    assert (dry["state"], [step["key"] for step in dry["steps"]]) == ("done", ["t"])
    assert job["kind"] == "backtest"
    assert sent(api, "get", f"/api/v1/workflow-backtests/{job['id']}")["job"]["state"] == "queued"
    assert Enrolment.objects.count() == 0


def test_secrets_go_in_and_never_out(api: Client) -> None:
    path = "/api/v1/workflow-secrets"
    made = sent(api, "put", path, {"name": "TOKEN", "value": "hush-hush"})
    sent(api, "put", path, {"name": "TOKEN", "value": "other"})
    assert "value" not in made
    assert [one["name"] for one in sent(api, "get", path)["items"]] == ["TOKEN"]
    assert AutomationSecret.objects.get().value.reveal() == "other"
    sent(api, "put", path, {"name": "no good", "value": "x"}, status=422)
    sent(api, "delete", f"{path}/{made['id']}", status=204)
    assert AutomationSecret.objects.count() == 0


def test_an_inbound_hook_finds_or_makes_its_record(room: Twin, by: Any) -> None:
    from uuid import uuid4

    from tenants.automation.kinds.hooks import record_of
    from tenants.crm.models import Contact
    from tenants.records.models import Event

    params = {
        "record_type": "contacts", "match": "email", "match_path": "who.mail", "creates": True,
        "values": {"first_name": "who.name", "city": "who.places.0"},
    }  # fmt: skip
    told = {"who": {"mail": "new@x.example", "name": "Nora", "places": ["Plovdiv"]}}
    event = Event(name="hook.received", record_id=uuid4(), payload={"hook": "Form", "payload": told})

    first, second = record_of(params, event), record_of(params, event)

    assert first == second
    made = Contact.objects.get(pk=first)
    assert (made.first_name, made.city, made.email) == ("Nora", "Plovdiv", "new@x.example")
    assert record_of({**params, "creates": False}, Event(payload={"payload": {"who": {"mail": "x@y.example"}}})) is None


def test_the_recipe_of_a_new_lead_runs_to_its_end(room: Twin, by: Any) -> None:
    from tenants.crm.models import Lead, Task

    with context.inside(room.place):
        workflow = actions.create_workflow(name="R", definition=recipes()["new_lead"].definition(), by=by)
        actions.publish(workflow=workflow, by=by)
        lead = make("leads", first_name="Lea", email="lea@x.example", source="website", owner=None)
        settle()
        found = only_run(workflow)
        lead = Lead.objects.get(pk=lead.pk)
    assert (found.state, found.position[-1]["at"]) == ("waiting", 4)
    assert (lead.tags, bool(lead.owner_id)) == (["Website Lead"], True)
    assert Task.objects.get().name == "Call Lea within 24h"
