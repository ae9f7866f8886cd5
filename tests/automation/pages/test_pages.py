"""The pages of automation, as a browser asks for them."""

import json
from typing import Any

import pytest
from django.test import Client

from tenants.automation import actions
from tenants.automation.enums import EnrolmentState, StepState, VersionState, WorkflowState
from tenants.automation.models import AutomationSecret, Enrolment, StepRun, Version, Workflow
from tenants.kernel.actors import Actor
from tests.factories import Twin
from tests.records.counting import queries_in

TAG = {"id": "tag", "kind": "action", "action": "add_tag", "params": {"tags": ["hot"]}}
BRANCH = {
    "id": "big", "kind": "branch", "otherwise": [],
    "branches": [
        {"id": "yes", "name": "Big", "filter": {"field": "amount", "op": "gte", "value": "100000"}, "steps": [TAG]}
    ],
}  # fmt: skip
GOOD: dict[str, Any] = {
    "trigger": {"kind": "record_created", "params": {"record_type": "deals"}}, "settings": {}, "steps": [BRANCH],
}  # fmt: skip


@pytest.fixture
def workflow(company: Twin, by: Actor) -> Workflow:
    return actions.create_workflow(name="Big deals", folder="Sales", definition=GOOD, by=by)


@pytest.fixture
def published(workflow: Workflow, by: Actor) -> Version:
    return actions.publish(workflow=workflow, by=by)


def post(client: Client, url: str, value: Any) -> Any:
    return client.post(url, json.dumps(value), content_type="application/json")


def data_of(client: Client, workflow: Workflow) -> dict[str, Any]:
    """What the builder's scripts begin with."""
    text = client.get(f"/automation/{workflow.pk}/").content.decode()
    found: dict[str, Any] = json.loads(text.split('id="flow-data" type="application/json">')[1].split("</script>")[0])
    return found


def test_the_list_says_what_sets_off_and_how_it_goes(owner: Client, published: Version) -> None:
    text = owner.get("/automation/").content.decode()

    assert "Big deals" in text
    assert "Sales" in text
    assert "Deals" in text


def test_an_empty_list_begins_the_work(owner: Client, company: Twin) -> None:
    assert "Let the routine run by itself" in owner.get("/automation/").content.decode()


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("q=big", True), ("q=small", False), ("state=active", True), ("state=off", False),
        ("record_type=deals", True), ("record_type=contacts", False), ("folder=Sales", True), ("folder=Other", False),
        ("page=x&state=nonsense", True),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(owner: Client, published: Version, query: str, is_there: bool) -> None:
    text = owner.get(f"/automation/?{query}").content.decode()

    assert ("Big deals</a>" in text) is is_there


def test_the_list_asks_as_often_for_many_as_for_one(owner: Client, published: Version, by: Actor) -> None:
    owner.get("/automation/")
    one = queries_in(lambda: owner.get("/automation/"))
    for n in range(3):
        made = actions.create_workflow(name=f"More {n}", definition=GOOD, by=by)
        actions.publish(workflow=made, by=by)

    assert queries_in(lambda: owner.get("/automation/")) == one


def test_the_builder_gets_definition_check_and_words(owner: Client, workflow: Workflow) -> None:
    data = data_of(owner, workflow)

    assert data["definition"]["steps"] == [BRANCH]
    assert data["check"]["errors"] == {}
    assert data["check"]["record_type"] == "deals"
    assert data["check"]["sentences"] == {"steps[0].branches[0].filter": "Amount is at least 100000"}


def test_parts_tell_every_kind_and_field(owner: Client, company: Twin) -> None:
    found = owner.get("/automation/parts/").json()

    assert {"record_created", "manual"} <= set(found["triggers"])
    assert found["actions"]["add_tag"]["params"][0]["kind"] == "tags"
    assert found["types"]["deals"]["fields"]["account"]["target"] == "accounts"
    assert ["contacts.account", "Contacts (Account)"] in found["loops"]["accounts"]


def test_a_check_names_faults_by_their_place(owner: Client, workflow: Workflow) -> None:
    wrong = {**GOOD, "steps": [{"id": "x", "kind": "action", "action": "nothing_like_it"}]}

    found = post(owner, f"/automation/{workflow.pk}/check/", {"definition": wrong}).json()

    assert list(found["errors"]) == ["steps[0].action"]


@pytest.mark.parametrize("steps", ["x", [1], [{}], [{"kind": "branch", "branches": 5}]])
def test_a_check_of_nonsense_is_told_not_raised(owner: Client, workflow: Workflow, steps: Any) -> None:
    found = post(owner, f"/automation/{workflow.pk}/check/", {"definition": {**GOOD, "steps": steps}})

    assert found.status_code == 200
    assert found.json()["errors"]


def test_a_draft_is_saved_by_who_has_seen_it(owner: Client, workflow: Workflow) -> None:
    seen = data_of(owner, workflow)["seen"]
    mine = {**GOOD, "steps": [TAG]}

    first = post(owner, f"/automation/{workflow.pk}/draft/", {"definition": mine, "seen": seen})
    second = post(owner, f"/automation/{workflow.pk}/draft/", {"definition": GOOD, "seen": seen})

    assert first.status_code == 200
    assert second.status_code == 409
    assert second.json()["definition"]["steps"] == [TAG]
    assert second.json()["seen"] == first.json()["seen"]
    assert workflow.versions.get().definition["steps"] == [TAG]


def test_a_draft_that_is_no_json_is_refused(owner: Client, workflow: Workflow) -> None:
    found = owner.post(f"/automation/{workflow.pk}/draft/", "{", content_type="application/json")

    assert found.status_code == 422
    assert found.json()["code"] == "invalid"


def test_conditions_are_drawn_and_what_cannot_be_is_kept(owner: Client, company: Twin) -> None:
    tree = {
        "all": [
            {"field": "amount", "op": "gt", "value": "5"}, {"formula": "trigger.payload.n > 1"},
            {"field": "name", "op": "is", "value": "{{vars.x}}"},
        ]
    }  # fmt: skip
    text = post(owner, "/automation/conditions/", {"record_type": "deals", "tree": tree}).content.decode()

    assert 'data-ask-formula value="trigger.payload.n &gt; 1"' in text
    assert "Name is {{vars.x}}" in text
    assert text.count("data-ask-row") == 2


def test_publishing_tells_changes_and_turns_on(owner: Client, published: Version, by: Actor) -> None:
    workflow = published.workflow
    actions.save_draft(workflow=workflow, definition={**GOOD, "steps": [TAG]}, by=by)

    asked = owner.get(f"/automation/{workflow.pk}/publication/").content.decode()
    answer = owner.post(f"/automation/{workflow.pk}/publication/")

    assert "Gone: If" in asked
    assert "Moved: Add tags" in asked
    assert answer.status_code == 302
    assert workflow.versions.get(state=VersionState.PUBLISHED).number == 2


def test_publishing_faults_is_refused_with_words(owner: Client, company: Twin, by: Actor) -> None:
    wrong = {**GOOD, "steps": [{"id": "x", "kind": "action", "action": "nothing_like_it"}]}
    workflow = actions.create_workflow(name="Wrong", definition=wrong, by=by)

    answer = owner.post(f"/automation/{workflow.pk}/publication/")

    assert answer.status_code == 422
    assert "nothing_like_it" in answer.content.decode()
    workflow.refresh_from_db()
    assert workflow.state == WorkflowState.DRAFT


@pytest.mark.parametrize(
    ("wanted", "state"), [("off", WorkflowState.OFF), ("archived", WorkflowState.ARCHIVED)]
)  # fmt: skip
def test_on_and_off(owner: Client, published: Version, wanted: str, state: str) -> None:
    url = f"/automation/{published.workflow_id}/state/"

    owner.post(url, {"state": wanted})

    published.workflow.refresh_from_db()
    assert published.workflow.state == state
    assert owner.post(url, {"state": "flying"}).status_code == 422


@pytest.mark.parametrize(
    ("kind", "advice"),
    [("circle", "Change the step that writes what the trigger listens to"), ("storm", "allow more entries a minute")],
)
def test_what_was_stopped_says_why_and_what_to_do(owner: Client, published: Version, kind: str, advice: str) -> None:
    here = f"/automation/{published.workflow_id}/"
    assert advice not in owner.get(here).content.decode()
    Workflow.objects.filter(pk=published.workflow_id).update(state="off", off_kind=kind, off_because="A → B → A.")

    for page in (here, f"{here}runs/"):
        text = owner.get(page).content.decode()
        assert "A → B → A." in text
        assert advice in text
    text = owner.get("/automation/").content.decode()
    assert "A → B → A." in text
    assert "Stopped" in text


def test_versions_are_listed_looked_at_and_used(owner: Client, published: Version) -> None:
    workflow = published.workflow
    url = f"/automation/{workflow.pk}/versions/"

    assert "Version 1" in owner.get(url).content.decode()
    assert '"can_edit": false' in owner.get(f"{url}{published.pk}/").content.decode()
    owner.post(f"{url}{published.pk}/use/")

    assert workflow.versions.get(state=VersionState.DRAFT).definition == published.definition
    owner.post(f"/automation/{workflow.pk}/draft/removal/")
    assert not workflow.versions.filter(state=VersionState.DRAFT).exists()


def made_run(version: Version, company: Twin, state: EnrolmentState) -> Enrolment:
    from django.utils import timezone

    found = Enrolment.objects.create(
        workflow=version.workflow, version=version, record_type="deals", record_id=company.deal_id,
        record_name="Sentinel deal", entry_key=f"key:{Enrolment.objects.count()}", state=state,
        entered_at=timezone.now(), position=[{"in": "", "lane": "", "at": 0}], error="It broke",
    )  # fmt: skip
    StepRun.objects.create(
        enrolment=found, step_id="tag", key="tag", kind="action", action="add_tag", state=StepState.FAILED,
        input={"tags": ["hot"]}, error="The tag is gone", started_at=timezone.now(), finished_at=timezone.now(),
        tries=2,
    )  # fmt: skip
    return found


def test_runs_are_listed_and_one_is_told_step_by_step(owner: Client, published: Version, company: Twin) -> None:
    run = made_run(published, company, EnrolmentState.FAILED)
    url = f"/automation/{published.workflow_id}/runs/"

    assert "Sentinel deal" in owner.get(f"{url}?state=failed&q=sentinel").content.decode()
    assert "Sentinel deal" not in owner.get(f"{url}?state=done").content.decode()
    text = owner.get(f"{url}{run.pk}/").content.decode()
    assert "The tag is gone" in text
    assert "&quot;hot&quot;" in text
    assert "2 tries" in text


def test_runs_cost_the_same_for_one_and_three(owner: Client, published: Version, company: Twin) -> None:
    url = f"/automation/{published.workflow_id}/runs/"
    made_run(published, company, EnrolmentState.WAITING)
    owner.get(url)
    one = queries_in(lambda: owner.get(url))
    for _n in range(2):
        made_run(published, company, EnrolmentState.WAITING)

    assert queries_in(lambda: owner.get(url)) == one


def test_a_run_is_tried_again_and_stopped(owner: Client, published: Version, company: Twin) -> None:
    run = made_run(published, company, EnrolmentState.FAILED)
    url = f"/automation/{published.workflow_id}/runs/{run.pk}/"

    owner.post(f"{url}retry/")
    run.refresh_from_db()
    assert run.state == EnrolmentState.RUNNING

    owner.post(f"{url}stop/")
    run.refresh_from_db()
    assert run.state == EnrolmentState.STOPPED
    assert owner.post(f"{url}skip/").status_code == 409


def test_a_run_of_another_workflow_is_not_found(owner: Client, published: Version, company: Twin, by: Actor) -> None:
    run = made_run(published, company, EnrolmentState.FAILED)
    other = actions.create_workflow(name="Other", by=by)

    assert owner.get(f"/automation/{other.pk}/runs/{run.pk}/").status_code == 404


def test_figures_stand_by_step(owner: Client, published: Version, company: Twin) -> None:
    made_run(published, company, EnrolmentState.FAILED)

    found = owner.get(f"/automation/{published.workflow_id}/figures/").json()["figures"]

    assert found["trigger"] == {"entered": 1}
    assert (found["tag"]["entered"], found["tag"]["failed"]) == (1, 1)


def test_secrets_are_set_and_never_shown(owner: Client, company: Twin) -> None:
    owner.post("/settings/secrets/edit/", {"name": "CRM_TOKEN", "value": "s3cret-value"})
    text = owner.get("/settings/secrets/").content.decode()

    assert "CRM_TOKEN" in text
    assert "s3cret-value" not in text
    owner.post(f"/settings/secrets/{AutomationSecret.objects.get().pk}/removal/")
    assert not AutomationSecret.objects.exists()


def test_new_copied_and_renamed(owner: Client, workflow: Workflow) -> None:
    made = owner.post("/automation/new/", {"name": "Fresh", "folder": "Sales"})
    assert made.url == f"/automation/{Workflow.objects.get(name='Fresh').pk}/"

    owner.post(f"/automation/{workflow.pk}/copy/")
    assert Workflow.objects.get(name="Big deals (copy)").versions.get().definition["steps"] == [BRANCH]

    owner.post(f"/automation/{workflow.pk}/name/", {"name": "Bigger deals"})
    workflow.refresh_from_db()
    assert workflow.name == "Bigger deals"
    assert owner.post("/automation/new/", {"name": " "}).status_code == 422
