"""Dry runs and backtests: the same engine, nothing sent, nothing kept; and the backtest equals what really happens."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenants.automation import actions
from tenants.automation.backtesting.starting import start_backtest
from tenants.automation.engine.dry import dry_run
from tenants.automation.models import Enrolment, StepRun, Workflow
from tenants.crm.models import Contact, Task
from tenants.kernel.clock import real_now, standing_at
from tenants.kernel.errors import Invalid
from tenants.records.actions import create_record, delete_record, update_record
from tenants.records.jobs.actions import run_now
from tenants.records.models import Event, Job
from tenants.records.registry import type_named
from tests.automation.conftest import action
from tests.factories import make
from tests.thorough import IS_THOROUGH

CREATED = {"kind": "record_created", "params": {"record_type": "contacts"}}
UNTOUCHED = ("records_job", "records_jobline")


def prints() -> dict[str, str]:
    """Rows and a checksum of every table of the company."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        names = [row[0] for row in cursor.fetchall() if row[0] not in UNTOUCHED]
        found = {}
        for name in names:
            rows = "coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
            cursor.execute(f"SELECT count(*) || ':' || {rows} FROM \"{name}\" t")
            found[name] = cursor.fetchone()[0]
    return found


def mail(step_id: str = "mail") -> dict[str, Any]:
    return action(step_id, "send_email", to="{{record.email}}", subject="Hello {{record.first_name}}", text="Word")


@pytest.fixture
def draft(room: Any, by: Any) -> Callable[..., Workflow]:
    def make_it(trigger: dict[str, Any], *steps: dict[str, Any], **settings: Any) -> Workflow:
        definition = {"trigger": trigger, "settings": settings, "steps": list(steps)}
        return actions.create_workflow(name="Tried", definition=definition, by=by)

    return make_it


def test_a_dry_run_goes_through_all_and_leaves_nothing(draft: Callable[..., Workflow], by: Any, room: Any) -> None:
    wait = {
        "id": "w", "kind": "wait", "events": ["call.completed"], "timeout": {"days": 2},
        "met": [action("yes", "create_task", name="Well")], "timed_out": [action("no", "add_tag", tags=["Late"])],
    }  # fmt: skip
    delay = {"id": "d", "kind": "delay", "for": {"days": 90}}
    workflow = draft(CREATED, action("tag", "add_tag", tags=["New"]), mail(), delay, wait)
    before = prints()

    found = dry_run(workflow=workflow, record_id=room.contact_id, by=by)
    late = dry_run(workflow=workflow, record_id=room.contact_id, by=by, waits="timed_out")

    assert prints() == before
    assert [(step.key, step.state) for step in found["steps"]] == [
        ("tag", "done"), ("mail", "done"), ("d", "done"), ("w", "done"), ("yes", "done")
    ]  # fmt: skip
    assert [step.key for step in late["steps"]][-1] == "no"
    told = found["steps"][1].output
    assert (told["would"], told["to"]) == ("Send an e-mail", "priya@customer.example")
    assert (found["steps"][-1].at - found["steps"][0].at).days == 90
    assert (found["state"], found["would_enter"]) == ("done", True)


def test_a_dry_run_of_what_is_wrong_names_the_faults(draft: Callable[..., Workflow], by: Any, room: Any) -> None:
    workflow = draft(CREATED, action("tag", "update_field", field="nothing", value="1"))
    with pytest.raises(Invalid) as refused:
        dry_run(workflow=workflow, record_id=room.contact_id, by=by)
    assert list(refused.value.errors) == ["steps[0].params.field"]


def happened_at(moment: datetime) -> None:
    """Events are stamped by the server's clock; in tests they happened when the test says."""
    Event.objects.filter(happened_at__gt=real_now() - timedelta(minutes=10)).update(happened_at=moment)


def test_a_backtest_tells_and_leaves_nothing(draft: Callable[..., Workflow], by: Any) -> None:
    Event.objects.all().delete()
    delay = {"id": "d", "kind": "delay", "for": {"days": 1}}
    workflow = draft(
        {**CREATED, "filter": {"field": "city", "op": "is", "value": "Pune"}},
        action("task", "create_task", name="Call {{record.first_name}}"), mail(), delay,
        action("tag", "add_tag", tags=["Old"]),
    )  # fmt: skip
    begins = real_now().replace(hour=22, minute=0, second=0, microsecond=0) - timedelta(days=6)
    with standing_at(begins):
        first = make("contacts", first_name="Asha", city="Pune", email="a@x.example")
        make("contacts", first_name="Boris", city="Sofia")
        happened_at(begins)
    with standing_at(begins + timedelta(hours=2)):
        update_record(record=first, values={"city": "Oslo"}, by=by)
        happened_at(begins + timedelta(hours=2))
    Event.objects.update(delivered_at=real_now())
    before = prints()

    job = run_now(start_backtest(workflow=workflow, by=by, is_small=True))

    assert job.state == "done", job.error
    assert prints() == before
    result = job.result
    assert (result["records"], result["entered"], result["messages"], result["outside_hours"]) == (2, 1, 1, 1)
    assert result["steps"] == {name: {"done": 1} for name in ("task", "mail", "d", "tag")}
    assert (result["states"], result["outward"], result["gone"]) == ({"done": 1}, {"send_email": 1}, 0)
    shown = result["shown"][0]
    assert (shown["name"], shown["record_id"]) == ("Asha", str(first.pk))
    assert (shown["messages"], shown["outside_hours"]) == (1, ["mail"])
    assert [step["key"] for step in shown["steps"]] == ["task", "mail", "d", "tag"]
    assert Enrolment.objects.count() == StepRun.objects.count() == Task.objects.count() == 0
    assert Contact.objects.get(pk=first.pk).city == "Oslo"


def test_what_no_event_sets_off_cannot_be_played_back(draft: Callable[..., Workflow], by: Any) -> None:
    workflow = draft({"kind": "manual", "params": {"record_type": "contacts"}}, action("t", "add_tag", tags=["A"]))
    with pytest.raises(Invalid):
        start_backtest(workflow=workflow, by=by)
    assert Job.objects.count() == 0


# The backtest equals what really happens

CITIES = ("Pune", "Sofia", "Oslo")
FILTERS: list[dict[str, Any]] = [
    {}, {"field": "city", "op": "is", "value": "Pune"}, {"field": "city", "op": "is_not", "value": "Oslo"},
    {"any": [{"field": "job_title", "op": "empty"}, {"formula": "record.city == 'Sofia'"}]},
]  # fmt: skip
TRIGGERS: list[dict[str, Any]] = [
    CREATED,
    {"kind": "record_updated", "params": {"record_type": "contacts"}},
    {"kind": "field_changed", "params": {"record_type": "contacts", "field": "city"}},
    {"kind": "field_changed", "params": {"record_type": "contacts", "field": "city", "to": "Sofia"}},
    {"kind": "record_deleted", "params": {"record_type": "contacts"}},
]
some_filter = st.sampled_from(FILTERS)


@st.composite
def steps(draw: Any, depth: int = 0, names: Any = None) -> list[dict[str, Any]]:
    names = iter(f"s{n}" for n in range(1_000)) if names is None else names
    return [draw(a_step(depth, names)) for _n in range(draw(st.integers(0 if depth else 1, 3)))]


@st.composite
def a_step(draw: Any, depth: int, names: Any) -> dict[str, Any]:
    kinds = ["field", "tag", "task", "mail", "delay", "filter", "variable"] + (["branch", "wait"] if depth < 2 else [])
    kind, name = draw(st.sampled_from(kinds)), next(names)
    if kind == "field":
        return action(name, "update_field", field="job_title", value=draw(st.sampled_from(["x", "{{record.city}}!"])))
    if kind == "tag":
        return action(name, "add_tag", tags=[draw(st.sampled_from(["A", "B"]))])
    if kind == "task":
        return action(name, "create_task", name="Call {{record.first_name}}")
    if kind == "mail":
        return mail(name)
    if kind == "variable":
        return action(name, "formula", formula="length(record.tags) + 1", name="n")
    if kind == "delay":
        return {"id": name, "kind": "delay", "for": {"hours": draw(st.integers(1, 30))}}
    if kind == "filter":
        return {"id": name, "kind": "filter", "filter": draw(st.sampled_from(FILTERS[1:]))}
    if kind == "wait":
        return {
            "id": name, "kind": "wait", "filter": draw(st.sampled_from(FILTERS[1:])),
            "timeout": {"hours": draw(st.integers(1, 40))}, "met": draw(steps(depth + 1, names)),
            "timed_out": draw(steps(depth + 1, names)),
        }  # fmt: skip
    return {
        "id": name, "kind": "branch", "otherwise": draw(steps(depth + 1, names)),
        "branches": [{"id": next(names), "filter": draw(some_filter), "steps": draw(steps(depth + 1, names))}],
    }  # fmt: skip


definitions = st.fixed_dictionaries({
    "trigger": st.builds(lambda one, tree: {**one, "filter": tree}, st.sampled_from(TRIGGERS), some_filter),
    "steps": steps(),
    "settings": st.fixed_dictionaries({
        "reentry": st.sampled_from(["never", "after_end", "always"]),
        "stop_if": st.sampled_from([{}, {"field": "city", "op": "is", "value": "Oslo"}]),
    }),
})  # fmt: skip
happenings = st.lists(
    st.tuples(st.sampled_from(["make", "city", "title", "delete"]), st.integers(0, 2), st.sampled_from(CITIES),
              st.integers(1, 20)),
    min_size=1, max_size=7,
)  # fmt: skip


def pass_time(since: datetime, until: datetime) -> None:
    """Workers are never late: each run goes on at its moment."""
    for _round in range(100):
        due = Enrolment.objects.filter(state__in=("running", "waiting"), wake_at__lt=until).order_by("wake_at").first()
        if due is None or due.wake_at is None:
            return
        live(max(due.wake_at, since))


def live(moment: datetime) -> None:
    """What was just done happened at the moment; workers see to it a little later, as they do."""
    happened_at(moment)
    working = moment + timedelta(milliseconds=1)
    with standing_at(working):
        for tick in range(1, 60):
            waiting = Event.objects.filter(delivered_at=None).count() + _due(working)
            if not waiting:
                return
            settle_once()
            happened_at(working + timedelta(microseconds=tick))


def settle_once() -> None:
    from tenants.automation.engine import advancing
    from tenants.records.outbox import delivering

    delivering.deliver_some()
    while advancing.advance_some().runs:
        pass


def _due(moment: datetime) -> int:
    return Enrolment.objects.filter(state__in=("running", "waiting"), wake_at__lte=moment).count()


def act(what: str, who: int, city: str, made: list[Any], by: Any) -> None:
    """One happening; one that no longer makes sense is none."""
    contacts = type_named("contacts")
    if what == "make" or not made:
        values = {"first_name": f"C{len(made)}", "city": city, "email": f"c{len(made)}@x.example"}
        made.append(create_record(record_type=contacts, values=values, by=by).pk)
        return
    found = Contact.objects.filter(pk=made[who % len(made)], deleted_at=None).first()
    if found is None:
        return
    if what == "delete":
        delete_record(record=found, by=by)
    else:
        update_record(record=found, values={"city" if what == "city" else "job_title": city}, by=by)


def outcomes(enrolments: Any) -> list[Any]:
    return sorted(
        (str(one.record_id), f"{one.entered_at:%d %H:%M:%S}", str(one.state), one.ended_because, one.error,
         sorted(StepRun.objects.filter(enrolment=one).values_list("key", "state")))
        for one in enrolments
    )  # fmt: skip


@settings(
    max_examples=200 if IS_THOROUGH else 12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=not IS_THOROUGH,
)
@given(definition=definitions, what=happenings)
def test_the_backtest_equals_what_really_happens(definition: Any, what: Any, room: Any, by: Any) -> None:
    from django.db import transaction

    from tenants.automation.engine import memory

    memory._forget()
    with transaction.atomic():
        really, played = _both(definition, what, by)
        transaction.set_rollback(True)
    memory._forget()

    assert played == really


def _both(definition: Any, what: Any, by: Any) -> tuple[Any, Any]:
    """What the live engine does with the happenings, and what a backtest says of the same without it."""
    Event.objects.all().delete()
    begins = real_now().replace(microsecond=0) - timedelta(days=12)
    with standing_at(begins):
        workflow = actions.create_workflow(name="Twin", definition=definition, by=by)
        actions.publish(workflow=workflow, by=by)
        Event.objects.all().delete()
    made: list[Any] = []
    moment = begins
    for kind, who, city, hours in what:
        later = moment + timedelta(hours=hours)
        pass_time(moment, later)
        moment = later
        with standing_at(moment):
            act(kind, who, city, made, by)
        live(moment)
    pass_time(moment, real_now())
    really = outcomes(Enrolment.objects.filter(workflow=workflow))
    return really, _played(workflow, definition, by)


def _played(workflow: Workflow, definition: Any, by: Any) -> Any:
    from tenants.automation.backtesting import kind

    kept: list[Any] = []
    original = kind.Replay._outcome  # type: ignore[attr-defined]

    def noted(self: Any, past: Any) -> Any:
        found = original(self, past)
        kept.extend(outcomes(found.enrolments))
        return found

    kind.Replay._outcome = noted  # type: ignore[attr-defined, method-assign]
    try:
        job = run_now(start_backtest(workflow=workflow, definition=definition, by=by, is_small=True))
    finally:
        kind.Replay._outcome = original  # type: ignore[attr-defined, method-assign]
    assert job.state == "done", job.error
    return sorted(kept)
