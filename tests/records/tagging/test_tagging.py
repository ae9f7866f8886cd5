"""The vocabulary: new names reach every record, in one statement a type."""

import json
from typing import Any

import pytest

from tenants.crm.models import Account, Contact
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.actions import update_record
from tenants.records.models import Tag
from tenants.records.tagging import actions
from tenants.records.tagging.queries import tags_like, usage
from tests.factories import Twin, make
from tests.records.people import colleague


@pytest.fixture
def tagged(company: Twin, by: Actor) -> Any:
    """A contact with vip and solar, an account with VIP."""
    contact = Contact.objects.get(pk=company.contact_id)
    update_record(record=contact, values={"tags": ["vip", "solar"]}, by=by)
    update_record(record=Account.objects.get(pk=company.account_id), values={"tags": ["VIP"]}, by=by)
    return contact


def tags_now() -> tuple[list[str], list[str]]:
    return Contact.objects.exclude(tags=[]).get().tags, Account.objects.exclude(tags=[]).get().tags


def test_what_is_written_on_records_is_learned_once(tagged: Any) -> None:
    assert list(Tag.objects.values_list("name", flat=True)) == ["solar", "vip"]
    assert tags_now() == (["vip", "solar"], ["vip"])
    assert usage() == {"vip": 2, "solar": 1}


def test_a_new_name_reaches_every_record(tagged: Any, by: Actor) -> None:
    actions.update_tag(tag=Tag.objects.get(name="vip"), name="Key customer", tone="brand", by=by)

    assert tags_now() == (["Key customer", "solar"], ["Key customer"])
    assert Tag.objects.get(name="Key customer").tone == "brand"


def test_merging_leaves_one_of_each(tagged: Any, by: Actor) -> None:
    vip, solar = Tag.objects.get(name="vip"), Tag.objects.get(name="solar")

    actions.merge_tags(kept=vip, merged=[solar, vip], by=by)

    assert tags_now() == (["vip"], ["vip"])
    assert list(Tag.objects.values_list("name", flat=True)) == ["vip"]


def test_deleting_takes_it_off(tagged: Any, by: Actor) -> None:
    actions.delete_tag(tag=Tag.objects.get(name="vip"), by=by)

    assert Contact.objects.get(pk=tagged.pk).tags == ["solar"]
    assert usage() == {"solar": 1}


def test_names_are_one_whatever_their_case(company: Twin, by: Actor) -> None:
    actions.create_tag(name="Solar", by=by)

    with pytest.raises(Invalid) as refusal:
        actions.create_tag(name="SOLAR", by=by)
    assert list(refusal.value.errors) == ["name"]


def test_who_may_not_add_tags_uses_those_there_are(company: Twin, by: Actor) -> None:
    actions.create_tag(name="vip", by=by)
    user = colleague("Ravi", "support").actor  # may change contacts, may not make tags
    contact = make("contacts", first_name="Asha")

    assert update_record(record=contact, values={"tags": ["VIP"]}, by=user).tags == ["vip"]
    with pytest.raises(Invalid) as refusal:
        update_record(record=contact, values={"tags": ["new"]}, by=user)
    assert list(refusal.value.errors) == ["tags"]
    with pytest.raises(Denied):
        actions.update_tag(tag=Tag.objects.get(), name="x", by=colleague("Rep").actor)


def test_those_that_begin_so_come_first(company: Twin, by: Actor) -> None:
    for name in ("big solar", "solar", "wind"):
        actions.create_tag(name=name, by=by)

    assert [tag.name for tag in tags_like("solar")] == ["solar", "big solar"]
    assert [tag.name for tag in tags_like("")] == ["big solar", "solar", "wind"]


def test_the_api(twins: tuple[Twin, Twin]) -> None:
    api, kind = twins[0].with_key(), "application/json"
    made = api.post("/api/v1/tags", json.dumps({"name": "vip", "tone": "good"}), content_type=kind)
    assert made.status_code == 201
    path = f"/api/v1/tags/{made.json()['id']}"

    assert api.get("/api/v1/tags").json()["items"] == [{**made.json(), "count": 0}]
    assert api.patch(path, json.dumps({"name": "VIP!"}), content_type=kind).json()["name"] == "VIP!"
    assert api.patch(path, json.dumps({"tone": "pink"}), content_type=kind).status_code == 422
    assert twins[1].with_key().get(path).status_code == 404
    assert api.delete(path).status_code == 204


def test_the_settings_page(twins: tuple[Twin, Twin]) -> None:
    browser = twins[0].signed_in()
    browser.post("/settings/tags/new/", {"name": "vip", "tone": "bad"})

    assert "vip" in browser.get("/settings/tags/").content.decode()
    assert browser.post("/settings/tags/new/", {"name": "Vip", "tone": ""}).status_code == 422
    assert browser.get("/tag-options/?q=vi").json() == {"items": [{"name": "vip", "tone": "bad"}], "may_create": True}
