"""Settings, Fields: adding, changing, ordering and retiring fields on pages."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tenants.directory import hosts
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records.actions import update_record
from tenants.records.custom import actions
from tenants.records.models import CustomField
from tenants.records.registry import type_named
from tests.factories import Twin, make

NEW = "/settings/fields/new/?type=contacts"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    hosts._forget()


def fields_of(twin: Twin) -> list[CustomField]:
    with context.inside(twin.place, actor=robot()):
        return list(CustomField.objects.all())


def test_add_change_and_retire_on_pages(twins: tuple[Twin, Twin], owner: Client) -> None:
    assert owner.post(NEW, {"label": "Tier", "kind": "select", "choices": "Gold\nSilver"}).status_code == 302
    (tier,) = fields_of(twins[0])
    assert [one["value"] for one in tier.options["choices"]] == ["Gold", "Silver"]
    assert b"custom.tier" in owner.get("/settings/fields/").content
    assert b"Tier" in owner.get("/contacts/new/").content

    changed = {"label": "Level", "choices": "Gold = Platinum\nSilver\nIron"}
    assert owner.post(f"/settings/fields/{tier.pk}/", changed).status_code == 302
    (level,) = fields_of(twins[0])
    assert (level.key, level.label) == ("tier", "Level")
    assert [(one["value"], one["label"]) for one in level.options["choices"]] == [
        ("Gold", "Platinum"),
        ("Silver", "Silver"),
        ("Iron", "Iron"),
    ]

    owner.post(f"/settings/fields/{tier.pk}/retirement/")
    assert b'name="custom.tier"' not in owner.get("/contacts/new/").content
    owner.post(f"/settings/fields/{tier.pk}/revival/")
    assert b'name="custom.tier"' in owner.get("/contacts/new/").content


def test_each_kind_asks_its_own_questions(owner: Client) -> None:
    assert b'name="choices"' in owner.get(f"{NEW}&kind=select").content
    assert b'name="target"' in owner.get(f"{NEW}&kind=relation").content
    assert b'name="places"' in owner.get(f"{NEW}&kind=decimal").content
    assert b'name="choices"' not in owner.get(NEW).content


def test_wrong_input_comes_back_with_its_reason(twins: tuple[Twin, Twin], owner: Client) -> None:
    for sent, words in (
        ({"label": "", "kind": "text"}, b"required"),
        ({"label": "City", "kind": "text"}, b"already"),
        ({"label": "Tier", "kind": "select", "choices": " "}, b"choices"),
    ):
        answer = owner.post(NEW, sent)
        assert answer.status_code == 422
        assert words in answer.content
    assert fields_of(twins[0]) == []


def test_fields_are_put_in_order(company: Twin) -> None:
    contacts = type_named("contacts")
    for label in ("One", "Two", "Three"):
        actions.create_custom_field(record_type=contacts, label=label, kind="text", by=robot())

    actions.order_custom_fields(record_type=contacts, keys=["three", "one", "two"], by=robot())

    assert [name for name in contacts.fields if name.startswith("custom.")] == [
        "custom.three",
        "custom.one",
        "custom.two",
    ]


def test_only_those_who_set_up_may_change_fields(company: Twin) -> None:

    seller = Actor(
        kind="user", name="Seller", grants={"*": frozenset({"view", "create", "edit"}), "settings": frozenset()}
    )
    with pytest.raises(Denied):
        actions.create_custom_field(record_type=type_named("contacts"), label="Mine", kind="text", by=seller)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "colour"}, "kind"),
        ({"kind": "select", "options": {"choices": []}}, "options"),
        ({"kind": "relation", "options": {"target": "planets"}}, "options"),
        ({"kind": "decimal", "options": {"places": 9}}, "options"),
        ({"kind": "text", "label": "x" * 81}, "label"),
    ],
)
def test_wrong_definitions_are_refused(company: Twin, values: dict[str, object], field: str) -> None:
    given = {"label": "New", **values}
    with pytest.raises(Invalid) as refused:
        actions.create_custom_field(record_type=type_named("contacts"), by=robot(), **given)  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]


def test_twins_have_fields_of_their_own(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, actor=robot()):
        actions.create_custom_field(record_type=type_named("contacts"), label="Tier", kind="text", by=robot())
        assert "custom.tier" in type_named("contacts").fields
    with context.inside(twins[1].place, actor=robot()):
        assert "custom.tier" not in type_named("contacts").fields


def test_two_keys_of_one_label_do_not_meet(company: Twin) -> None:
    contacts = type_named("contacts")
    first = actions.create_custom_field(record_type=contacts, label="Größe 1", kind="text", by=robot())
    actions.update_custom_field(field=first, label="Size", by=robot())

    assert actions.create_custom_field(record_type=contacts, label="Größe 1", kind="text", by=robot()).key != first.key


def test_stale_version_is_refused_for_own_fields_too(company: Twin) -> None:
    contacts = type_named("contacts")
    actions.create_custom_field(record_type=contacts, label="Tier", kind="text", by=robot())
    contact = make("contacts", first_name="Asha", **{"custom.tier": "A"})
    update_record(record=contact, values={"custom.tier": "B"}, by=robot())

    with pytest.raises(Conflict):
        update_record(record=contact, values={"custom.tier": "C"}, by=robot(), version=1)
