"""From an event to what was done: entering, actions, branches, delays, waits, loops, ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tenants.automation.models import Enrolment, StepRun, Workflow
from tenants.crm.models import Contact, Task
from tenants.kernel.clock import standing_at
from tenants.records.actions import update_record
from tenants.records.models import Change, Event
from tenants.records.registry import type_named
from tests.automation.conftest import action, only_run, runs, settle, steps_of
from tests.factories import make

CREATED = {"kind": "record_created", "params": {"record_type": "contacts"}}
CHANGED = {"kind": "field_changed", "params": {"record_type": "contacts", "field": "city"}}


def write(record: Any, by: Any, **values: Any) -> Any:
    return update_record(record=record, values=values, by=by)


def test_what_is_made_enters_and_is_changed(published: Callable[..., Workflow]) -> None:
    workflow = published(CREATED, action("tag", "add_tag", tags=["New"]), name="Welcome")

    contact = make("contacts", first_name="Asha", city="Pune")
    settle()

    contact.refresh_from_db()
    assert contact.tags == ["New"]
    run = only_run(workflow)
    assert (run.state, run.record_id, run.record_name) == ("done", contact.pk, "Asha")
    assert steps_of(run) == [("tag", "done")]
    assert Change.objects.filter(record_id=contact.pk, action="updated").get().actor_name == "Workflow: Welcome"


def test_many_at_once_are_changed_in_a_handful_of_statements(published: Callable[..., Workflow]) -> None:
    workflow = published(CREATED, action("city", "update_field", field="city", value="{{record.first_name}}ville"))

    made = [make("contacts", first_name=f"A{n}") for n in range(5)]
    settle()

    assert [Contact.objects.get(pk=one.pk).city for one in made] == [f"A{n}ville" for n in range(5)]
    assert {run.state for run in runs(workflow)} == {"done"}


def test_only_what_meets_the_filter_enters(published: Callable[..., Workflow]) -> None:
    condition = {"field": "city", "op": "is", "value": "Pune"}
    workflow = published({**CREATED, "filter": condition}, action("tag", "add_tag", tags=["Local"]))

    inside, outside = make("contacts", first_name="A", city="Pune"), make("contacts", first_name="B", city="Sofia")
    settle()

    assert [run.record_id for run in runs(workflow)] == [inside.pk]
    outside.refresh_from_db()
    assert outside.tags == []


def test_an_event_met_twice_lets_in_once(published: Callable[..., Workflow]) -> None:
    workflow = published(CREATED, action("tag", "add_tag", tags=["New"]), reentry="always")
    make("contacts", first_name="Asha")
    settle()

    Event.objects.update(delivered_at=None)
    settle()

    assert len(runs(workflow)) == 1


def test_a_field_from_one_value_to_another(published: Callable[..., Workflow], by: Any) -> None:
    trigger = {"kind": "field_changed", "params": {**CHANGED["params"], "from": "Pune", "to": "Sofia"}}  # type: ignore[dict-item]
    workflow = published(trigger, action("tag", "add_tag", tags=["Moved"]))
    contact = make("contacts", first_name="Asha", city="Pune")

    contact = write(contact, by, city="Varna")
    contact = write(contact, by, city="Pune")
    write(contact, by, city="Sofia")
    settle()

    assert only_run(workflow).variables["trigger"]["changes"]["city"] == ["Pune", "Sofia"]


def test_a_branch_takes_the_first_way_that_holds(published: Callable[..., Workflow]) -> None:
    branch = {
        "id": "where", "kind": "branch",
        "branches": [
            {"id": "in", "filter": {"field": "city", "op": "is", "value": "Pune"},
             "steps": [action("t1", "add_tag", tags=["India"])]},
            {"id": "bg", "filter": {"formula": "record.city in ['Sofia', 'Varna']"},
             "steps": [action("t2", "add_tag", tags=["Bulgaria"])]},
        ],
        "otherwise": [action("t3", "add_tag", tags=["Elsewhere"])],
    }  # fmt: skip
    workflow = published(CREATED, branch, action("last", "set_variable", name="seen", value="{{record.tags}}"))

    made = [make("contacts", first_name="A", city=city) for city in ("Pune", "Varna", "Oslo")]
    settle()

    assert [Contact.objects.get(pk=one.pk).tags for one in made] == [["India"], ["Bulgaria"], ["Elsewhere"]]
    assert [run.variables["vars"]["seen"] for run in runs(workflow)] == [["India"], ["Bulgaria"], ["Elsewhere"]]
    assert steps_of(runs(workflow)[0]) == [("where", "done"), ("t1", "done"), ("last", "done")]


def test_a_delay_waits_for_its_moment(published: Callable[..., Workflow]) -> None:
    now = datetime(2027, 3, 5, 12, 0, tzinfo=UTC)  # a Friday
    with standing_at(now):
        workflow = published(
            CREATED, {"id": "d", "kind": "delay", "for": {"days": 2}}, action("tag", "add_tag", tags=["Later"])
        )
        contact = make("contacts", first_name="Asha")
        Event.objects.update(happened_at=now)
        settle()
    run = only_run(workflow)
    assert (run.state, run.wake_at, steps_of(run)) == ("waiting", now + timedelta(days=2), [("d", "running")])

    with standing_at(now + timedelta(days=1, hours=23)):
        settle()
    assert only_run(workflow).state == "waiting"
    with standing_at(now + timedelta(days=2)):
        settle()

    contact.refresh_from_db()
    assert (only_run(workflow).state, contact.tags) == ("done", ["Later"])
    assert steps_of(run) == [("d", "done"), ("tag", "done")]


def test_a_delay_in_working_time_leaves_out_the_weekend(published: Callable[..., Workflow]) -> None:
    now = datetime(2027, 3, 5, 11, 0, tzinfo=UTC)  # Friday 16:30 in India
    with standing_at(now):
        workflow = published(CREATED, {"id": "d", "kind": "delay", "for": {"hours": 3, "working": True}})
        make("contacts", first_name="Asha")
        Event.objects.update(happened_at=now)
        settle()

    assert only_run(workflow).wake_at == datetime(2027, 3, 8, 5, 0, tzinfo=UTC)  # Monday 10:30 in India


def test_waiting_for_something_to_happen(published: Callable[..., Workflow], by: Any) -> None:
    wait = {
        "id": "w", "kind": "wait", "filter": {"field": "city", "op": "is", "value": "Sofia"},
        "timeout": {"days": 3}, "met": [action("yes", "add_tag", tags=["Met"])],
        "timed_out": [action("no", "add_tag", tags=["Late"])],
    }  # fmt: skip
    workflow = published(CREATED, wait)
    first, second = make("contacts", first_name="A"), make("contacts", first_name="B")
    settle()
    assert [run.state for run in runs(workflow)] == ["waiting", "waiting"]

    write(first, by, city="Varna")
    settle()
    assert [run.state for run in runs(workflow)] == ["waiting", "waiting"]
    write(Contact.objects.get(pk=first.pk), by, city="Sofia")
    settle()
    assert [run.state for run in runs(workflow)] == ["done", "waiting"]
    with standing_at(runs(workflow)[1].wake_at or datetime.now(UTC)):
        settle()

    assert [Contact.objects.get(pk=one.pk).tags for one in (first, second)] == [["Met"], ["Late"]]


def test_waiting_for_an_event(published: Callable[..., Workflow], by: Any) -> None:
    wait = {"id": "w", "kind": "wait", "events": ["deal.won"], "met": [action("n", "add_tag", tags=["Won"])]}
    workflow = published({"kind": "record_created", "params": {"record_type": "deals"}}, wait)
    deal = make("deals", name="Roof")
    settle()
    assert only_run(workflow).waits_for == ["deal.won"]

    write(deal, by, status="won")
    settle()

    assert only_run(workflow).state == "done"
    deal.refresh_from_db()
    assert deal.tags == ["Won"]


def test_a_loop_over_related_records(published: Callable[..., Workflow], by: Any) -> None:
    loop = {
        "id": "each", "kind": "loop", "over": "contacts.account",
        "filter": {"field": "city", "op": "is", "value": "Pune"},
        "steps": [action("greet", "update_record", record_type="contacts", record_id="{{item}}",
                         values={"job_title": "{{item.first_name}}!"})],
    }  # fmt: skip
    account = make("accounts", name="Solar")
    inside = [make("contacts", first_name=name, city="Pune", account=account.pk) for name in ("A", "B")]
    outside = make("contacts", first_name="C", city="Oslo", account=account.pk)
    trigger = {"kind": "field_changed", "params": {"record_type": "accounts", "field": "city"}}
    workflow = published(trigger, loop)

    write(account, by, city="Pune")
    settle()

    assert [Contact.objects.get(pk=one.pk).job_title for one in inside] == ["A!", "B!"]
    outside.refresh_from_db()
    assert outside.job_title == ""
    assert steps_of(only_run(workflow)) == [("each", "done"), ("greet#0", "done"), ("greet#1", "done")]


def test_a_switch_a_goal_and_a_stop(published: Callable[..., Workflow]) -> None:
    switch = {
        "id": "s", "kind": "switch", "value": "{{record.city}}",
        "cases": [
            {"id": "a", "equals": ["Pune"], "steps": [{"id": "g", "kind": "goal"}]},
            {"id": "b", "equals": ["sofia"], "steps": [{"id": "x", "kind": "stop", "because": "{{record.city}}"}]},
        ],
    }  # fmt: skip
    only = {"id": "f", "kind": "filter", "filter": {"field": "city", "op": "not_empty"}}
    workflow = published(CREATED, switch, only, action("tag", "add_tag", tags=["Through"]))

    for city in ("Pune", "Sofia", "", "Oslo"):
        make("contacts", first_name="A", city=city)
    settle()

    assert [(run.state, run.ended_because) for run in runs(workflow)] == [
        ("done", "The goal is reached."), ("stopped", "Sofia"), ("done", "The conditions of a step did not hold."),
        ("done", "It went through all steps."),
    ]  # fmt: skip


def test_goals_and_stop_events_end_those_who_wait(published: Callable[..., Workflow], by: Any) -> None:
    goal = {"field": "status", "op": "is", "value": "won"}
    wait = {"id": "d", "kind": "delay", "for": {"days": 5}}
    trigger = {"kind": "record_created", "params": {"record_type": "deals"}}
    workflow = published(trigger, wait, goal=goal, stop_on=["deal.lost"])
    won, lost, third = (make("deals", name=name) for name in "ABC")
    settle()

    write(won, by, status="won")
    write(lost, by, status="lost")
    write(third, by, amount="5")
    settle()

    assert [(run.state, run.ended_because) for run in runs(workflow)] == [
        ("done", "The goal is reached."), ("stopped", "This happened: deal.lost."), ("waiting", ""),
    ]  # fmt: skip


def test_who_is_gone_is_let_go(published: Callable[..., Workflow], by: Any) -> None:
    from tenants.records.actions import delete_record

    workflow = published(
        CREATED, {"id": "d", "kind": "delay", "for": {"minutes": 5}}, action("t", "add_tag", tags=["X"])
    )
    contact = make("contacts", first_name="Asha")
    settle()
    delete_record(record=contact, by=by)
    with standing_at(only_run(workflow).wake_at or datetime.now(UTC)):
        settle()

    assert only_run(workflow).ended_because == "The record is gone, or the workflow may not see it."


def test_a_deleted_record_enters_what_waits_for_that(published: Callable[..., Workflow], by: Any) -> None:
    from tenants.records.actions import delete_record

    trigger = {"kind": "record_deleted", "params": {"record_type": "contacts"}}
    workflow = published(trigger, action("task", "create_task", name="Why {{record.first_name}}?"))
    contact = make("contacts", first_name="Asha")
    delete_record(record=contact, by=by)
    settle()

    assert only_run(workflow).state == "done"
    assert Task.objects.get().name == "Why Asha?"


def test_a_step_that_fails_ends_the_run_or_does_not(published: Callable[..., Workflow]) -> None:
    bad = action("bad", "update_record", values={"email": "{{record.first_name}}"})
    ends = published(CREATED, bad, action("tag", "add_tag", tags=["A"]), name="Ends")
    goes_on = published(CREATED, {**bad, "on_error": "continue"}, action("tag", "add_tag", tags=["B"]), name="Goes on")

    contact = make("contacts", first_name="Asha")
    settle()

    run = only_run(ends)
    assert (run.state, steps_of(run)) == ("failed", [("bad", "failed")])
    assert "e-mail" in run.error
    assert StepRun.objects.get(enrolment=run).input == {"values": {"email": "Asha"}}
    assert steps_of(only_run(goes_on)) == [("bad", "failed"), ("tag", "done")]
    contact.refresh_from_db()
    assert contact.tags == ["B"]
    assert Event.objects.filter(name="workflow.failed").get().payload["enrolment_id"] == str(run.pk)


def test_entering_again(published: Callable[..., Workflow], by: Any) -> None:
    steps = [{"id": "d", "kind": "delay", "for": {"days": 1}}]
    found = {rule: published(CHANGED, *steps, name=rule, reentry=rule) for rule in ("never", "after_end", "always")}
    contact = make("contacts", first_name="Asha")
    for city in ("A", "B"):
        contact = write(contact, by, city=city)
        settle()
    assert {rule: len(runs(one)) for rule, one in found.items()} == {"never": 1, "after_end": 1, "always": 2}

    Enrolment.objects.update(state="done", wake_at=None)
    write(contact, by, city="C")
    settle()

    assert {rule: len(runs(one)) for rule, one in found.items()} == {"never": 1, "after_end": 2, "always": 3}


def test_no_more_than_so_many_a_day(published: Callable[..., Workflow]) -> None:
    workflow = published(CREATED, action("tag", "add_tag", tags=["New"]), most_per_day=2)

    for _n in range(3):
        make("contacts", first_name="A")
    settle()
    make("contacts", first_name="B")
    settle()

    assert len(runs(workflow)) == 2


def test_those_inside_end_on_their_version(published: Callable[..., Workflow], by: Any) -> None:
    from tenants.automation import actions

    delay = {"id": "d", "kind": "delay", "for": {"days": 1}}
    workflow = published(CREATED, delay, action("tag", "add_tag", tags=["Old"]))
    first = make("contacts", first_name="A")
    settle()
    draft = {"trigger": CREATED, "steps": [action("tag", "add_tag", tags=["New"])]}
    actions.save_draft(workflow=workflow, definition=draft, by=by)
    actions.publish(workflow=workflow, by=by)

    second = make("contacts", first_name="B")
    settle()
    with standing_at(runs(workflow)[0].wake_at or datetime.now(UTC)):
        settle()

    assert [Contact.objects.get(pk=one.pk).tags for one in (first, second)] == [["Old"], ["New"]]
    assert [run.version.number for run in runs(workflow)] == [1, 2]


def test_a_company_without_workflows_asks_nothing_of_an_event(room: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tenants.automation.receivers import let_in

    make("contacts", first_name="A")
    events = list(Event.objects.filter(delivered_at=None))
    let_in(events)
    with CaptureQueriesContext(connection) as asked:
        let_in(events)

    assert len(asked) == 0


def test_records_are_shared_out_in_turn_and_by_weight(published: Callable[..., Workflow]) -> None:
    from tenants.identity.actions import add_user

    people = [add_user(email=f"{name}@x.example", name=name, role="sales-rep") for name in ("Ana", "Boyan", "Chitra")]
    ids = [str(one.pk) for one in people]
    in_turn = published(CREATED, action("give", "round_robin_assign", users=ids), name="Turn")
    made = [make("contacts", first_name=f"A{n}") for n in range(7)]
    settle()
    owners = [str(Contact.objects.get(pk=one.pk).owner_id) for one in made]
    assert sorted(owners.count(one) for one in ids) == [2, 2, 3]
    assert {run.state for run in runs(in_turn)} == {"done"}

    leads = {"kind": "lead_created"}
    published(leads, action("give", "weighted_assign", weights={ids[0]: 3, ids[1]: 1}), name="Weight")
    rows = [make("leads", first_name=f"L{n}") for n in range(8)]
    settle()
    owners = [str(type_named("leads").model._default_manager.get(pk=one.pk).owner_id) for one in rows]
    assert (owners.count(ids[0]), owners.count(ids[1])) == (6, 2)
