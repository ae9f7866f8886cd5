"""Templates, formulas, zones, and what a check of a definition finds."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tenants.automation.definition.checking import check
from tenants.automation.definition.formulas import evaluate
from tenants.automation.definition.scopes import Scope, view_of
from tenants.automation.definition.templates import render
from tenants.automation.definition.zones import next_open, working_later, zone_of
from tests.automation.conftest import action, workflow_of
from tests.factories import Twin, make

WINDOW = {"days": [1, 2, 3, 4, 5], "from": "09:00", "until": "18:00", "zone": "UTC"}


def scope_of(**roots: Any) -> Scope:
    return Scope({"vars": {"n": 3, "name": "asha", "empty": "", "list": ["a", "b"]}, "now": lambda: 7, **roots})


def test_templates(company: Twin) -> None:
    account = make("accounts", name="Solar", city="Pune")
    contact = make("contacts", first_name="Asha", account=account.pk)
    scope = scope_of(record=lambda: view_of("contacts", contact))

    assert render("Hi {{record.first_name|upper}} of {{record.account.city}}!", scope) == "Hi ASHA of Pune!"
    assert render('{{vars.empty|default:"there"}}', scope) == "there"
    assert render("{{vars.list}}", scope) == ["a", "b"]
    assert render({"a": ["{{vars.n}}", 5]}, scope) == {"a": [3, 5]}
    assert render("{{record.nothing}}{{vars.gone.deeper}}", scope) == ""
    assert render('{{vars.list|join:" | "}}', scope) == "a | b"


@pytest.mark.parametrize("text", ["{{vars.n", "{{nobody.x}}", "{{vars.n|explode}}", "{{vars.__class__.x|upper:a b}}"])
def test_templates_that_are_none(company: Twin, text: str) -> None:
    with pytest.raises(ValidationError):
        render(text, scope_of())


def test_templates_reach_no_further_than_the_scope(company: Twin) -> None:
    contact = make("contacts", first_name="Asha")
    scope = scope_of(record=lambda: view_of("contacts", contact))
    for path in ("record.__class__", "record.pk", "record.delete", "record.owner.password", "vars.list.append"):
        assert render(f"{{{{{path}}}}}", scope) is None


@pytest.mark.parametrize(("text", "value"), [
    ("vars.n * 2 + 1", Decimal(7)), ("'big' if vars.n > 2 else 'small'", "big"), ("round(10 / 3, 2)", Decimal("3.33")),
    ("vars.name == 'asha' and not vars.empty", True), ("'b' in vars.list", True), ("upper(vars.name) + '!'", "ASHA!"),
    ("days_between('2027-01-01', '2027-02-01')", Decimal(31)), ("coalesce(vars.empty, vars.gone, 5)", Decimal(5)),
    ("max(1, vars.n, 2)", Decimal(3)), ("vars['n'] >= '3'", True),
])  # fmt: skip
def test_formulas(company: Twin, text: str, value: Any) -> None:
    assert evaluate(text, scope_of()) == value


@pytest.mark.parametrize("text", [
    "", "1 +", "__import__('os')", "vars.n.__class__()", "[x for x in vars.list]", "lambda: 1", "open('x')", "2 ** 999",
    "1 / 0", "10 ** 99", "nobody + 1", "'a' * 3", "f'{vars.n}'", "(1).real", "vars.name - 1",
])  # fmt: skip
def test_formulas_that_are_refused(company: Twin, text: str) -> None:
    with pytest.raises(ValidationError):
        evaluate(text, scope_of())


def test_windows_and_zones(company: Twin) -> None:
    friday = datetime(2027, 3, 5, 17, 0, tzinfo=UTC)
    assert next_open(WINDOW, friday) == friday
    assert next_open(WINDOW, friday.replace(hour=20)) == datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
    assert working_later(WINDOW, friday, 2 * 3600) == datetime(2027, 3, 8, 10, 0, tzinfo=UTC)
    assert str(zone_of(SimpleNamespace(custom={}, phone="+35929876543"))) == "Europe/Sofia"
    assert str(zone_of(SimpleNamespace(custom={"time_zone": "Asia/Tokyo"}, phone=""))) == "Asia/Tokyo"
    assert date(2027, 3, 5).isoweekday() == 5


def faults(definition: Any, by: Any) -> dict[str, list[str]]:
    return check(definition, actor=by, secrets=frozenset({"TOKEN"})).errors


CREATED = {"kind": "record_created", "params": {"record_type": "contacts"}}


@pytest.mark.parametrize(("steps", "place"), [
    ([{"id": "a", "kind": "dance"}], "steps[0]"),
    ([{"id": "A B", "kind": "stop"}], "steps[0].id"),
    ([{"id": "a", "kind": "stop"}, {"id": "a", "kind": "stop"}], "steps[1].id"),
    ([action("a", "fly")], "steps[0].action"),
    ([action("a", "add_tag")], "steps[0].params.tags"),
    ([action("a", "add_tag", tags=["x"], more=1)], "steps[0].params.more"),
    ([action("a", "update_field", field="email", value="no mail")], "steps[0].params.value"),
    ([action("a", "change_stage", stage="Won")], "steps[0].action"),
    ([action("a", "send_email", to="{{record.emial}}", subject="s", text="t")], "steps[0].params.to"),
    ([action("a", "send_email", subject="{{steps.b.x}}", text="t")], "steps[0].params.subject"),
    ([action("a", "add_tag", tags=["{{secrets.TOKEN}}"])], "steps[0].params.tags"),
    ([action("a", "api_call", url="{{secrets.OTHER}}")], "steps[0].params.url"),
    ([action("a", "formula", formula="record.amount + 1")], "steps[0].params.formula"),
    ([{"id": "a", "kind": "filter", "filter": {"field": "city", "op": "gt", "value": "1"}}], "steps[0].filter.op"),
    ([{"id": "a", "kind": "filter", "filter": {"all": [{"formula": "1 +"}]}}], "steps[0].filter.all[0].formula"),
    ([{"id": "a", "kind": "delay"}], "steps[0].for"),
    ([{"id": "a", "kind": "delay", "for": {"days": -1}}], "steps[0].for.days"),
    ([{"id": "a", "kind": "wait"}], "steps[0].events"),
    ([{"id": "a", "kind": "wait", "events": ["no.such"]}], "steps[0].events[0]"),
    ([{"id": "a", "kind": "loop", "over": "deals.account", "steps": []}], "steps[0].over"),
    ([{"id": "a", "kind": "branch", "branches": [
        {"id": "b", "filter": {}, "steps": [action("c", "set_variable", name="x", value="{{item.y}}")]}]}],
     "steps[0].branches[0].steps[0].params.value"),
])  # fmt: skip
def test_each_fault_is_named_with_its_place(company: Twin, by: Any, steps: Any, place: str) -> None:
    assert list(faults(workflow_of(CREATED, steps), by)) == [place]


def test_faults_of_triggers_and_settings(company: Twin, by: Any) -> None:
    assert list(faults({"trigger": {"kind": "nope"}, "steps": []}, by)) == ["trigger.kind"]
    assert list(faults({"steps": []}, by)) == ["trigger"]
    assert list(faults("x", by)) == [""]
    settings = {"window": {"days": [1], "from": "18:00", "until": "09:00", "zone": "Mars"}, "stop_on": ["x.y"]}
    found = faults(workflow_of(CREATED, [], settings=settings), by)
    assert set(found) == {"settings.stop_on[0]", "settings.window.until", "settings.window.zone"}


def test_what_is_odd_is_told(company: Twin, by: Any) -> None:
    updated = {"kind": "record_updated", "params": {"record_type": "contacts"}}
    steps = [action("a", "add_tag", tags=["x"]), {"id": "s", "kind": "stop"}, action("b", "stop_workflow")]
    found = check(workflow_of(updated, steps), actor=by)
    assert found.errors == {}
    assert [one["path"] for one in found.warnings] == ["steps[2]", "steps[0]"]


def test_a_paused_step_may_lack_what_it_needs_and_nothing_else(company: Twin, by: Any) -> None:
    step = action("slack", "slack_message", connection="", text="Hello")
    trigger = {"kind": "record_created", "params": {"record_type": "contacts"}}

    assert check(workflow_of(trigger, [step]), actor=by).errors == {"steps[0].params.connection": ["Fill this in."]}
    assert check(workflow_of(trigger, [step | {"is_paused": True}]), actor=by).errors == {}
    wrong = action("slack", "slack_message", connection="", text="{{nobody.x}}") | {"is_paused": True}
    assert list(check(workflow_of(trigger, [wrong]), actor=by).errors) == ["steps[0].params.text"]
