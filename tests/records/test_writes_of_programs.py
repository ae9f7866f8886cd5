"""What programs rely on: upsert, batch, repeated requests, chosen fields, expanded relations."""

import json
from typing import Any

import pytest
from django.test import Client

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.models import Change
from tenants.records.registry import type_named
from tests.factories import Twin

CONTACTS = "/api/v1/contacts"


@pytest.fixture
def api(twins: tuple[Twin, Twin]) -> Client:
    return twins[0].with_key()


def send(client: Client, method: str, path: str, body: Any, **headers: str) -> Any:
    return getattr(client, method)(path, json.dumps(body), content_type="application/json", headers=headers)


def count(twin: Twin, name: str = "contacts") -> int:
    with context.inside(twin.place, actor=robot()):
        return int(type_named(name).model._default_manager.count())


def test_upsert_makes_then_changes(api: Client, twins: tuple[Twin, Twin]) -> None:
    path = f"{CONTACTS}/by-external-id/erp-77"

    made = send(api, "put", path, {"first_name": "Asha"})
    changed = send(api, "put", path, {"city": "Pune"})

    assert (made.status_code, changed.status_code) == (201, 200)
    assert made.json()["id"] == changed.json()["id"]
    assert (changed.json()["first_name"], changed.json()["city"]) == ("Asha", "Pune")
    assert changed.json()["external_id"] == "erp-77"
    assert send(api, "put", f"{CONTACTS}/by-external-id/new", {}).json()["errors"].keys() == {"first_name"}


def test_external_id_is_there_once(api: Client) -> None:
    send(api, "put", f"{CONTACTS}/by-external-id/erp-1", {"first_name": "One"})

    refused = send(api, "post", CONTACTS, {"first_name": "Two", "external_id": "erp-1"})

    assert refused.status_code == 422
    assert "external id" in refused.json()["detail"]


def test_batch_gives_each_line_its_own_result(api: Client, twins: tuple[Twin, Twin]) -> None:
    contact = str(twins[0].contact_id)
    before = count(twins[0])
    operations = [
        {"op": "create", "values": {"first_name": "Asha"}},
        {"op": "create", "values": {"first_name": "", "email": "no"}},
        {"op": "update", "id": contact, "values": {"city": "Pune"}},
        {"op": "update", "id": contact, "values": {"city": "Goa"}, "version": 1},
        {"op": "upsert", "external_id": "erp-1", "values": {"first_name": "Ravi"}},
        {"op": "update", "external_id": "erp-1", "values": {"city": "Delhi"}},
        {"op": "delete", "external_id": "erp-1"},
        {"op": "update", "values": {}},
    ]

    answer = send(api, "post", f"{CONTACTS}/batch", {"operations": operations}).json()

    assert [one["status"] for one in answer["results"]] == [201, 422, 200, 409, 201, 200, 204, 404]
    assert answer["results"][1]["problem"]["errors"].keys() == {"first_name", "email"}
    assert (answer["succeeded"], answer["failed"]) == (5, 3)
    assert count(twins[0]) == before + 2


def test_batch_of_more_than_a_thousand_is_refused(api: Client, twins: tuple[Twin, Twin]) -> None:
    before = count(twins[0])
    many = [{"op": "create", "values": {"first_name": "X"}}] * 1001
    assert send(api, "post", f"{CONTACTS}/batch", {"operations": many}).status_code == 422
    assert count(twins[0]) == before


def test_repeated_request_happens_once(api: Client, twins: tuple[Twin, Twin]) -> None:
    before = count(twins[0])
    key = {"idempotency-key": "order-1"}

    first = send(api, "post", CONTACTS, {"first_name": "Asha"}, **key)
    second = send(api, "post", CONTACTS, {"first_name": "Asha"}, **key)
    other = send(api, "post", CONTACTS, {"first_name": "Ravi"}, **key)

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert second["ETag"] == first["ETag"]
    assert other.json()["code"] == "idempotency_key_reused"
    assert count(twins[0]) == before + 1


def test_key_of_one_company_means_nothing_in_another(twins: tuple[Twin, Twin]) -> None:
    for twin in twins:
        answer = send(twin.with_key(), "post", CONTACTS, {"first_name": "Asha"}, **{"idempotency-key": "k"})
        assert "Idempotent-Replayed" not in answer


def test_chosen_fields_and_expanded_relations(api: Client, twins: tuple[Twin, Twin]) -> None:
    asked = {"fields": "name,account", "expand": "account", "filter": '{"field": "account", "op": "not_empty"}'}
    (item,) = api.get(CONTACTS, asked).json()["items"]

    assert set(item) == {"id", "version", "external_id", "custom", "name", "account"}
    assert item["account"]["city"] == "Pune"
    assert api.get(CONTACTS, {"fields": "shoe"}).json()["errors"].keys() == {"fields"}
    assert api.get(CONTACTS, {"expand": "city"}).json()["errors"].keys() == {"expand"}


def test_tags_are_written_found_and_told(api: Client, twins: tuple[Twin, Twin]) -> None:
    path = f"{CONTACTS}/{twins[0].contact_id}"
    send(api, "patch", path, {"tags": ["vip", "Pune"]})

    tree = json.dumps({"field": "tags", "op": "has_all", "value": ["vip", "Pune"]})
    assert [one["tags"] for one in api.get(CONTACTS, {"filter": tree}).json()["items"]] == [["vip", "Pune"]]
    with context.inside(twins[0].place, actor=robot()):
        change = Change.objects.filter(record_id=twins[0].contact_id, action="updated").get()
    assert change.changes == {"tags": [[], ["vip", "Pune"]]}
    assert (change.source, change.action) == ("api", "updated")
