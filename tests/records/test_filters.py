"""The filter language: each operator on real rows, and every way to get it wrong."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.identity.models import User
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Invalid
from tenants.records.filters import parse_filter
from tenants.records.queries import rows_matching
from tenants.records.registry import type_named
from tests.factories import Twin, make


@pytest.fixture
def rows(company: Twin) -> None:
    """Three deals and three accounts of known values, beside the twin's own."""
    today = timezone.localdate()
    solar = make("accounts", name="Sahyadri Solar", city="Pune", employees=40)
    foods = make("accounts", name="Deccan Foods", city="", employees=None)
    make("accounts", name="Konkan Plastics", city="Goa", employees=900)
    owner = User.objects.get(role__slug="owner")
    make(
        "deals",
        name="One",
        amount="100",
        account=solar.pk,
        expected_close_on=today - timedelta(days=3),
        source="website",
        owner=owner.pk,
    )
    make(
        "deals",
        name="Two",
        amount="200.50",
        account=foods.pk,
        expected_close_on=today + timedelta(days=3),
        source="referral",
    )
    make("deals", name="Three", amount="300", expected_close_on=None, source="")


def names(type_name: str, tree: dict[str, Any], actor: Actor | None = None) -> set[str]:
    found = rows_matching(actor or robot(), type_named(type_name), tree=tree)
    return {row.name for row in found if "SENTINEL" not in row.name}


def day(offset: int) -> str:
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("name", "is", "one", {"One"}),
        ("name", "is_not", "One", {"Two", "Three"}),
        ("name", "contains", "T", {"Two", "Three"}),
        ("name", "starts_with", "th", {"Three"}),
        ("amount", "is", "200.5", {"Two"}),
        ("amount", "is_not", "100", {"Two", "Three"}),
        ("amount", "gt", "200.50", {"Three"}),
        ("amount", "gte", 200.5, {"Two", "Three"}),
        ("amount", "lt", "200.5", {"One"}),
        ("amount", "lte", "200.5", {"One", "Two"}),
        ("amount", "between", ["100", "200.5"], {"One", "Two"}),
        ("source", "is", "website", {"One"}),
        ("source", "is_not", "website", {"Two", "Three"}),
        ("source", "in", ["website", "referral"], {"One", "Two"}),
        ("source", "not_in", ["website", "referral"], {"Three"}),
        ("source", "empty", None, {"Three"}),
        ("source", "not_empty", None, {"One", "Two"}),
        ("expected_close_on", "empty", None, {"Three"}),
        ("expected_close_on", "not_empty", None, {"One", "Two"}),
        ("expected_close_on", "in_last_days", 7, {"One"}),
        ("expected_close_on", "in_next_days", "7", {"Two"}),
        ("expected_close_on", "in_next_days", 2, set()),
        ("expected_close_on", "lt", lambda: day(0), {"One"}),
        ("expected_close_on", "between", lambda: [day(-3), day(3)], {"One", "Two"}),
        ("created_at", "in_last_days", 1, {"One", "Two", "Three"}),
        ("created_at", "in_next_days", 0, set()),
        ("account", "empty", None, {"Three"}),
        ("account.name", "contains", "solar", {"One"}),
        ("account.city", "is", "Pune", {"One"}),
        ("account.employees", "gte", 40, {"One"}),
        ("stage.name", "is", "New Lead", {"One", "Two", "Three"}),
        ("stage.pipeline.name", "is", "Sales", {"One", "Two", "Three"}),
        ("owner", "empty", None, {"Two", "Three"}),
    ],
)
def test_operator_on_deals(rows: None, field: str, op: str, value: Any, expected: set[str]) -> None:
    asked = value() if callable(value) else value  # midnight may have come since the lines above were read
    assert names("deals", {"field": field, "op": op, "value": asked}) == expected


def test_me_is_the_actor(rows: None) -> None:
    owner = User.objects.get(role__slug="owner")

    assert names("deals", {"field": "owner", "op": "me"}, owner.actor) == {"One"}
    assert names("deals", {"field": "owner", "op": "is", "value": str(owner.pk)}) == {"One"}


def test_empty_and_not_empty_part_all_rows_between_them(rows: None) -> None:
    for field in ("city", "employees", "industry"):
        empty = names("accounts", {"field": field, "op": "empty"})
        filled = names("accounts", {"field": field, "op": "not_empty"})
        assert empty | filled == {"Sahyadri Solar", "Deccan Foods", "Konkan Plastics"}
        assert empty & filled == set()


@pytest.mark.parametrize(("op", "positive"), [("is_not", "is"), ("not_in", "in")])
def test_negations_keep_rows_without_a_value(rows: None, op: str, positive: str) -> None:
    value: Any = "40" if op == "is_not" else [40]
    field = "employees"
    if op == "not_in":
        field, value = "source", ["website"]
    type_name = "accounts" if field == "employees" else "deals"
    everything = names(type_name, {})
    assert names(type_name, {"field": field, "op": op, "value": value}) == everything - names(
        type_name, {"field": field, "op": positive, "value": value}
    )


def test_groups(rows: None) -> None:
    one = {"field": "name", "op": "is", "value": "One"}
    two = {"field": "name", "op": "is", "value": "Two"}

    assert names("deals", {"any": [one, two]}) == {"One", "Two"}
    assert names("deals", {"all": [one, two]}) == set()
    assert names("deals", {"not": {"any": [one, two]}}) == {"Three"}
    assert names("deals", {"all": [{"not": one}, {"any": [two, one]}]}) == {"Two"}


def nested(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"field": "name", "op": "is", "value": "One"}
    for _ in range(depth):
        tree = {"not": tree}
    return tree


@pytest.mark.parametrize(
    ("tree", "at"),
    [
        ({"field": "shoe_size", "op": "is", "value": 1}, "shoe_size"),
        ({"field": "password", "op": "is", "value": "x"}, "password"),
        ({"field": "owner.password", "op": "starts_with", "value": "a"}, "filter"),
        ({"field": "name.length", "op": "is", "value": 1}, "filter"),
        ({"field": "account__name", "op": "is", "value": "x"}, "account__name"),
        ({"field": "account.contacts.name", "op": "is", "value": "x"}, "contacts"),
        ({"field": "name", "op": "regex", "value": "x"}, "filter.op"),
        ({"field": "name", "op": "gt", "value": "x"}, "filter.op"),
        ({"field": "amount", "op": "gt", "value": "lots"}, "filter.value"),
        ({"field": "amount", "op": "gt"}, "filter.value"),
        ({"field": "amount", "op": "between", "value": ["1"]}, "filter.value"),
        ({"field": "amount", "op": "between", "value": "1"}, "filter.value"),
        ({"field": "source", "op": "in", "value": []}, "filter.value"),
        ({"field": "source", "op": "is", "value": "thin air"}, "filter.value"),
        ({"field": "account", "op": "is", "value": "x"}, "filter.value"),
        ({"field": "name", "op": "contains", "value": {"a": 1}}, "filter.value"),
        ({"field": "name", "op": "contains", "value": "a\x00"}, "filter.value"),
        ({"field": "created_at", "op": "in_last_days", "value": -1}, "filter.value"),
        ({"field": "created_at", "op": "in_last_days", "value": "many"}, "filter.value"),
        ({"field": "created_at", "op": "in_last_days", "value": "²"}, "filter.value"),
        ({"field": "expected_close_on", "op": "is", "value": "31.2.2026"}, "filter.value"),
        ({"all": []}, "filter.all"),
        ({"all": "x"}, "filter.all"),
        ({"all": [{"field": "name", "op": "is", "value": ""}]}, "filter.all[0].value"),
        ({"any": [1]}, "filter.any[0]"),
        ({"all": [], "any": []}, "filter"),
        ({"xor": []}, "filter"),
        ({"not": []}, "filter.not"),
        ({"all": [{"field": "name", "op": "is", "value": "x"}] * 101}, "filter.all[100]"),
    ],
)
def test_refused_with_the_place_of_the_fault(company: Twin, tree: dict[str, Any], at: str) -> None:
    with pytest.raises(Invalid) as refusal:
        names("deals", tree)

    assert list(refusal.value.errors) == [at]


def test_depth_is_limited(company: Twin) -> None:
    assert names("deals", nested(8)) == set()
    with pytest.raises(Invalid):
        names("deals", nested(9))


@pytest.mark.parametrize("text", ["{", "[]", "1", '"x"', "null", "[" * 100_000, json.dumps({"field": 1})])
def test_text_that_is_no_filter_is_refused(company: Twin, text: str) -> None:
    with pytest.raises(Invalid):
        names("deals", parse_filter(text) or {"field": ""})


@pytest.mark.parametrize("text", ["nair sentinel", "SENTINEL", "priya@customer", "98200"])
def test_quick_search_finds_every_word_somewhere(company: Twin, text: str) -> None:
    assert rows_matching(robot(), type_named("contacts"), text=text).count() == 1


@pytest.mark.parametrize("text", ["nair nobody", "%", "_", "\\"])
def test_quick_search_finds_nothing_else(company: Twin, text: str) -> None:
    assert rows_matching(robot(), type_named("contacts"), text=text).count() == 0
