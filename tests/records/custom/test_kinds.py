"""Every kind of own field is written, read, filtered, sorted and paged like a column of ours."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.directory import hosts
from tenants.identity.models import Team, TeamMember, User
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Invalid
from tenants.records.actions import update_record
from tenants.records.cells import cell, text_of
from tenants.records.custom.actions import create_custom_field
from tenants.records.custom.making import KINDS
from tenants.records.filters import compile_filter
from tenants.records.models import Change
from tenants.records.paging import order_for, page_of
from tenants.records.queries import record_for, rows_matching, visible_to, with_links
from tenants.records.registry import type_named
from tenants.records.schemas import FieldOut
from tests.factories import Twin, make

OPTIONS: dict[str, Any] = {
    "select": {"choices": ["Gold", "Silver", "Iron"]},
    "multi_select": {"choices": ["Solar", "Wind", "Hydro"]},
    "relation": {"target": "accounts"},
    "decimal": {"places": 3},
}
VALUES: dict[str, tuple[Any, Any]] = {
    "text": ("Alpha", "beta"),
    "long_text": ("One\ntwo", "Three"),
    "rich_text": ("<p>Hello <b>you</b></p>", "<p>Bye</p>"),
    "number": (7, 41),
    "decimal": ("1.125", "20.5"),
    "money": ("99.5000", "1840000.0000"),
    "percent": (5, 80),
    "date": ("2026-01-31", "2026-11-30"),
    "datetime": ("2026-01-31T10:00:00Z", "2026-11-30T15:30:00Z"),
    "boolean": (True, None),
    "select": ("Gold", "Iron"),
    "multi_select": (["Solar", "Wind"], ["Hydro"]),
    "tags": (["vip"], ["new", "old"]),
    "email": ("a@example.com", "b@example.com"),
    "phone": ("+919820011842", "+359888123456"),
    "url": ("https://a.example", "https://b.example"),
    "address": ({"city": "Pune", "country": "IN"}, {"line1": "1 Main St", "city": "Sofia", "country": "BG"}),
    "json": ({"a": [1, 2]}, [3]),
}
LINKED = ("user", "team", "relation", "file")


@pytest.fixture
def own(company: Twin) -> Iterator[Twin]:
    """A field of every kind on contacts."""
    for kind in KINDS:
        create_custom_field(
            record_type=type_named("contacts"), label=f"Own {kind}", key=kind, kind=kind, by=robot(),
            options=OPTIONS.get(kind),
        )  # fmt: skip
    yield company
    hosts._forget()


def test_every_kind_has_values_here() -> None:
    assert set(KINDS) == {*VALUES, *LINKED, "secret"}  # that one has tests of its own


@pytest.mark.parametrize("kind", VALUES)
def test_value_is_kept_and_given_back(own: Twin, kind: str) -> None:
    low, high = VALUES[kind]
    name = f"custom.{kind}"
    contact = make("contacts", first_name="Asha", **{name: low})
    record_type = type_named("contacts")
    field = record_type.fields[name]

    kept = field.value(record_for(robot(), record_type, contact.pk))
    assert kept == field.parse(low)
    assert text_of(field, contact)
    assert cell(field, contact)

    update_record(record=contact, values={name: high}, by=robot())
    update_record(record=contact, values={name: ""}, by=robot())
    assert kind not in record_for(robot(), record_type, contact.pk).custom
    assert [change.action for change in Change.objects.filter(record_id=contact.pk)] == (
        ["updated", "updated", "created"] if kind != "boolean" else ["updated", "created"]
    )


@pytest.mark.parametrize("kind", VALUES)
def test_every_operator_of_every_kind_answers(own: Twin, kind: str) -> None:
    low, high = VALUES[kind]
    name = f"custom.{kind}"
    with_low = make("contacts", first_name="Low", **{name: low})
    with_high = make("contacts", first_name="High", **({name: high} if high is not None else {}))
    record_type = type_named("contacts")
    expected = EXPECTED | FOR_KIND.get(kind, {})

    for operator in record_type.fields[name].operators:
        value, found = expected[operator](low, high)
        ours = {"field": "first_name", "op": "in", "value": ["Low", "High"]}
        tree = {"all": [{"field": name, "op": operator, "value": value}, ours]}
        rows = set(rows_matching(robot(), record_type, tree=tree).values_list("pk", flat=True))
        assert rows == {row.pk for row, letter in ((with_low, "L"), (with_high, "H")) if letter in found}, operator


EXPECTED: dict[str, Any] = {
    "is": lambda low, high: (low, "L"),
    "is_not": lambda low, high: (low, "H"),
    "in": lambda low, high: ([high], "H"),
    "not_in": lambda low, high: ([high], "L"),
    "gt": lambda low, high: (low, "H"),
    "gte": lambda low, high: (low, "LH"),
    "lt": lambda low, high: (high, "L"),
    "lte": lambda low, high: (low, "L"),
    "between": lambda low, high: ([low, high], "LH"),
    "empty": lambda low, high: (None, ""),
    "not_empty": lambda low, high: (None, "LH"),
    "contains": lambda low, high: (str(low)[:3], "L"),
    "not_contains": lambda low, high: (str(low)[:3], "H"),
    "starts_with": lambda low, high: (str(low)[:3], "L"),
    "has_any": lambda low, high: ([low[0]], "L"),
    "has_all": lambda low, high: (low, "L"),
    "has_none": lambda low, high: ([low[0]], "H"),
    "during": lambda low, high: ("yesterday", ""),
    "in_last_days": lambda low, high: (0, ""),
    "in_next_days": lambda low, high: (0, ""),
    "older_than_days": lambda low, high: (36_000, ""),
}
SHARED = {"starts_with": lambda low, high: ("https://", "LH"), "contains": lambda low, high: ("b.exa", "H"),
          "not_contains": lambda low, high: ("b.exa", "L")}  # fmt: skip
FOR_KIND: dict[str, dict[str, Any]] = {
    "url": SHARED,
    "rich_text": {
        "contains": lambda low, high: ("you", "L"),
        "not_contains": lambda low, high: ("you", "H"),
        "starts_with": lambda low, high: ("<p>h", "L"),
    },
    "address": {"contains": lambda low, high: ("sofia", "H"), "not_contains": lambda low, high: ("sofia", "L")},
    "json": {"contains": lambda low, high: ('"a"', "L")},
    "boolean": {"is": lambda low, high: (False, "H"), "is_not": lambda low, high: (False, "L")},
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_in_the_order_of_a_kind_are_the_whole_list(own: Twin, kind: str, sign: str) -> None:
    low, high = VALUES[kind]
    record_type = type_named("contacts")
    name = f"custom.{kind}"
    for number, value in enumerate([low, high, low, None, high, None]):
        make("contacts", first_name=f"Row {number}", **({name: value} if value is not None else {}))
    if not record_type.fields[name].is_sortable:
        with pytest.raises(Invalid):
            order_for(record_type, name)
        return
    order = order_for(record_type, f"{sign}{name}")
    rows = visible_to(robot(), record_type)
    whole = [row.pk for row in rows.order_by(*order.keys(backwards=False))]

    walked, cursor = [], ""
    for _page in range(len(whole)):
        page = page_of(rows, order, after=cursor, limit=2)
        walked += [row.pk for row in page.items]
        cursor = page.next or ""
        if not cursor:
            break

    assert walked == whole
    assert cursor == ""


def test_people_teams_and_records_are_links(own: Twin, django_assert_num_queries: Any) -> None:
    owner = User.objects.get(role__slug="owner")
    team = Team.objects.create(name="North")
    TeamMember.objects.create(team=team, user=owner)
    values = {"custom.user": owner.pk, "custom.team": team.pk, "custom.relation": own.account_id}
    record_type = type_named("contacts")
    for number in range(3):
        make("contacts", first_name=f"Linked {number}", **values)
    actor = Actor(kind="user", user_id=owner.pk, grants=owner.actor.grants)

    for condition in (
        {"field": "custom.user", "op": "me"},
        {"field": "custom.user", "op": "my_team"},
        {"field": "custom.team", "op": "my_team"},
        {"field": "custom.relation", "op": "is", "value": str(own.account_id)},
        {"field": "custom.team", "op": "in", "value": [str(team.pk)]},
    ):
        assert visible_to(actor, record_type).filter(compile_filter(condition, record_type, actor)).count() == 3

    rows = list(rows_matching(actor, record_type, tree={"field": "custom.user", "op": "me"}))
    with django_assert_num_queries(3):
        with_links(record_type, rows)
        assert {str(record_type.fields["custom.team"].value(row)) for row in rows} == {"North"}


def test_address_parts_and_paths_through_relations(own: Twin) -> None:
    accounts = type_named("accounts")
    create_custom_field(record_type=accounts, label="Tier", kind="select", options={"choices": ["A", "B"]}, by=robot())
    account = make("accounts", name="Tiered", **{"custom.tier": "A"})
    make("contacts", first_name="In Sofia", account=account.pk, **{"custom.address": VALUES["address"][1]})
    record_type = type_named("contacts")

    for tree in (
        {"field": "custom.address.city", "op": "is", "value": "sofia"},
        {"field": "account.custom.tier", "value": "A"},
        {"not": {"field": "account.custom.tier", "op": "is_not", "value": "A"}},
    ):
        names = [str(row) for row in rows_matching(robot(), record_type, tree=tree)]
        assert names == ["In Sofia"], tree


def test_own_fields_are_in_the_api(own: Twin) -> None:
    client = Client(headers={"host": own.host, "authorization": f"Bearer {own.api_key}"})
    custom = {kind: low for kind, (low, _high) in VALUES.items()}

    made = client.post(
        "/api/v1/contacts", json.dumps({"first_name": "Api", "custom": custom}), content_type="application/json"
    ).json()
    stored = {"datetime": "2026-01-31T10:00:00.000000Z"}
    assert made["custom"] == custom | stored
    asked = {
        "filter": '{"field": "custom.number", "value": 7}',
        "sort": "-custom.date",
        "fields": "name,custom.text",
    }
    listed = client.get("/api/v1/contacts", asked).json()["items"]
    assert listed == [{"id": made["id"], "version": 1, "external_id": None, "name": "Api", "custom": {"text": "Alpha"}}]

    wrong = json.dumps({"custom": {"shoe": 1, "number": "x"}})
    refused = client.patch(f"/api/v1/contacts/{made['id']}", wrong, content_type="application/json").json()
    assert set(refused["errors"]) == {"custom.shoe", "custom.number"}
    described = client.get("/api/v1/contacts/schema").json()
    assert {field["kind"] for field in described["fields"] if field["is_custom"]} == set(KINDS)
    assert [FieldOut(**field) for field in described["fields"]]


def test_required_own_field_is_asked_for(company: Twin) -> None:
    record_type = type_named("contacts")
    create_custom_field(record_type=record_type, label="Tier", kind="text", is_required=True, by=robot())

    with pytest.raises(Invalid) as refused:
        make("contacts", first_name="Without")
    assert set(refused.value.errors) == {"custom.tier"}
    hosts._forget()


def test_numbers_keep_their_places(own: Twin) -> None:
    contact = make("contacts", first_name="Exact", **{"custom.decimal": "1.12549", "custom.money": "0.1"})

    fields = type_named("contacts").fields
    assert fields["custom.decimal"].value(contact) == Decimal("1.125")
    assert fields["custom.money"].value(contact) == Decimal("0.1000")


def test_moments_are_read_in_the_zone_of_the_writer(own: Twin) -> None:
    with timezone.override("Asia/Kolkata"):
        contact = make("contacts", first_name="Zoned", **{"custom.datetime": "2026-11-30T15:00"})
    assert contact.custom["datetime"] == "2026-11-30T09:30:00.000000Z"


def test_no_company_no_own_fields(own: Twin) -> None:
    with context.public():
        assert not [name for name in type_named("contacts").fields if name.startswith("custom.")]
