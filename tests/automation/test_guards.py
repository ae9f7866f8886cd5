"""A workflow that sets itself off stops, says why, and harms no other; storms, quotas, secrets."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tenants.automation import actions, enrolling, limits
from tenants.automation.engine import advancing
from tenants.automation.models import Enrolment, Rotation, StepRun, Workflow
from tenants.automation.queries import workflow_for
from tenants.crm.models import Contact
from tenants.kernel.clock import standing_at
from tenants.records.actions import update_record
from tenants.records.models import Event
from tests.automation.conftest import action, only_run, runs, settle, steps_of
from tests.factories import make

CREATED = {"kind": "record_created", "params": {"record_type": "contacts"}}
UPDATED = {"kind": "record_updated", "params": {"record_type": "contacts"}}


def test_a_workflow_that_sets_itself_off_is_turned_off(published: Callable[..., Workflow], by: Any) -> None:
    circle = published(
        UPDATED, action("n", "update_field", field="job_title", value="{{record.job_title}}+"), name="Circle"
    )
    other = published(UPDATED, action("t", "add_tag", tags=["Seen"]), name="Other")
    contact = make("contacts", first_name="Asha")
    settle()

    update_record(record=contact, values={"city": "Pune"}, by=by)
    settle()

    circle.refresh_from_db()
    assert (circle.state, circle.off_kind) == ("off", "circle")
    assert "Circle → Circle" in circle.off_because
    assert "4 rounds" in circle.off_because
    assert len(runs(circle)) == 4
    assert Event.objects.filter(name="workflow.stopped").get().payload["workflow"] == "Circle"
    other.refresh_from_db()
    assert (other.state, other.off_because) == ("active", "")
    assert Contact.objects.get(pk=contact.pk).tags == ["Seen"]


def test_two_that_set_each_other_off_stop_as_well(published: Callable[..., Workflow], by: Any) -> None:
    one = published(
        {"kind": "field_changed", "params": {"record_type": "contacts", "field": "city"}},
        action("a", "update_field", field="job_title", value="{{record.job_title}}+"), name="One", reentry="always",
    )  # fmt: skip
    two = published(
        {"kind": "field_changed", "params": {"record_type": "contacts", "field": "job_title"}},
        action("b", "update_field", field="city", value="{{record.city}}+"), name="Two", reentry="always",
    )  # fmt: skip
    contact = make("contacts", first_name="Asha")
    settle()
    update_record(record=contact, values={"city": "P"}, by=by)
    settle()

    states = sorted(str(Workflow.objects.get(pk=found.pk).state) for found in (one, two))
    assert states == ["active", "off"]
    assert Enrolment.objects.count() <= 10


def test_a_storm_lets_nobody_in_any_more(published: Callable[..., Workflow]) -> None:
    workflow = published(CREATED, action("t", "add_tag", tags=["New"]), most_per_minute=2)
    for _n in range(3):
        make("contacts", first_name="A")
    settle()

    workflow.refresh_from_db()
    assert (workflow.state, workflow.off_kind, runs(workflow)) == ("off", "storm", [])


def test_over_the_plan_runs_wait_and_go_on_later(
    published: Callable[..., Workflow], monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = published(CREATED, action("t", "add_tag", tags=["New"]))
    make("contacts", first_name="A")
    settle()
    monkeypatch.setattr(limits, "most_steps", lambda: 1)
    make("contacts", first_name="B")
    settle()
    assert advancing.advance_some().is_used_up
    assert [run.state for run in runs(workflow)] == ["done", "running"]

    monkeypatch.setattr(limits, "most_steps", lambda: 100)
    settle()

    assert [run.state for run in runs(workflow)] == ["done", "done"]
    assert Workflow.objects.get(pk=workflow.pk).month_steps == 2


class Receiver:
    """A server that keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                receiver.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                answer = b'{"echo": "' + self.headers.get("x-key", "").encode() + b'", "ok": true}'
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    found = Receiver()
    settings.OUTBOUND_TRUSTED_ORIGINS = [found.url]
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_a_request_is_tried_again_with_the_same_key(published: Callable[..., Workflow], receiver: Receiver) -> None:
    call = action("call", "api_call", url=receiver.url, body={"who": "{{record.first_name}}"})
    keep = action("keep", "update_field", field="city", value="{{steps.call.body.ok|text}}")
    workflow = published(CREATED, call, keep)
    receiver.answers = [503, 429]
    contact = make("contacts", first_name="Asha")
    settle()
    run = only_run(workflow)
    assert (run.state, StepRun.objects.get(enrolment=run).tries, len(receiver.heard)) == ("waiting", 1, 1)

    for _try in range(2):
        with standing_at(only_run(workflow).wake_at):  # type: ignore[arg-type]
            settle()

    assert only_run(workflow).state == "done"
    assert {headers["idempotency-key"] for headers, _body in receiver.heard} == {
        receiver.heard[0][0]["idempotency-key"]
    }
    assert (len(receiver.heard), receiver.heard[0][1]) == (3, b'{"who": "Asha"}')
    contact.refresh_from_db()
    assert contact.city == "true"


def test_one_after_the_other_is_asked_outside(published: Callable[..., Workflow], receiver: Receiver) -> None:
    calls = [action(f"c{n}", "webhook", url=receiver.url) for n in range(3)]
    workflow = published(CREATED, *calls)
    make("contacts", first_name="Asha")
    settle()

    run = only_run(workflow)
    assert (run.state, steps_of(run)) == ("done", [("c0", "done"), ("c1", "done"), ("c2", "done")])
    assert len({headers["idempotency-key"] for headers, _body in receiver.heard}) == len(receiver.heard) == 3


def test_what_is_refused_fails_and_can_be_tried_again(
    published: Callable[..., Workflow], receiver: Receiver, by: Any
) -> None:
    first = action("tag", "add_tag", tags=["Once"])
    workflow = published(CREATED, first, action("call", "webhook", url=receiver.url))
    receiver.answers = [400]
    make("contacts", first_name="Asha")
    settle()
    run = only_run(workflow)
    assert (run.state, steps_of(run)) == ("failed", [("tag", "done"), ("call", "failed")])

    enrolling.retry(enrolment=run, by=by)
    settle()

    run = only_run(workflow)
    assert (run.state, steps_of(run), len(receiver.heard)) == ("done", [("tag", "done"), ("call", "done")], 2)


def test_secrets_are_sent_and_never_kept(published: Callable[..., Workflow], receiver: Receiver, by: Any) -> None:
    actions.set_secret(name="TOKEN", value="s3cret-value", by=by)
    headers = {"Authorization": "Bearer {{secrets.TOKEN}}", "X-Key": "{{secrets.TOKEN}}"}
    workflow = published(CREATED, action("call", "api_call", url=receiver.url, headers=headers, body={"a": 1}))
    make("contacts", first_name="Asha")
    settle()

    assert receiver.heard[0][0]["authorization"] == "Bearer s3cret-value"
    run = only_run(workflow)
    step = StepRun.objects.get(enrolment=run)
    assert step.output == {"status": 200, "body": {"echo": "••••", "ok": True}}
    assert "s3cret" not in f"{step.input}{step.output}{run.variables}{run.error}"


def test_a_worker_that_died_in_mid_call_is_followed_by_another(
    published: Callable[..., Workflow], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = published(CREATED, action("call", "webhook", url=receiver.url))
    make("contacts", first_name="Asha")
    monkeypatch.setattr(advancing, "perform", lambda run: None)
    settle()
    run = only_run(workflow)
    assert steps_of(run) == [("call", "running")]
    monkeypatch.undo()
    settle()
    assert receiver.heard == [], "claimed by the one that died"

    with standing_at(run.claimed_until):  # type: ignore[arg-type]
        settle()

    assert (only_run(workflow).state, len(receiver.heard)) == ("done", 1)


def test_nobody_does_by_a_workflow_what_they_may_not(room: Any, by: Any) -> None:
    from dataclasses import replace

    narrow = replace(by, grants={"settings": frozenset({"edit"}), "contacts": frozenset({"view", "edit"})})
    task = action("t", "create_task", name="Call")
    workflow = actions.create_workflow(name="Narrow", definition={"trigger": CREATED, "steps": [task]}, by=narrow)
    actions.publish(workflow=workflow, by=narrow)
    make("contacts", first_name="Asha")
    settle()

    run = only_run(workflow)
    assert (run.state, run.error) == ("failed", "You may not create tasks.")


def test_who_may_not_set_up_the_company_keeps_no_workflows(room: Any) -> None:
    from tenants.kernel.actors import Actor
    from tenants.kernel.errors import Denied

    nobody = Actor(kind="user", name="Rep", grants={"contacts": frozenset({"*"})})
    with pytest.raises(Denied):
        actions.create_workflow(name="X", by=nobody)
    with pytest.raises(Denied):
        workflow_for(nobody, room.contact_id)
    assert Workflow.objects.count() == 0
    assert Rotation.objects.count() == 0
