"""The REST routes of a record type, from list to bin, and the words of every refusal."""

import json
from typing import Any

import pytest
from django.test import Client

from tenants.crm.models import Contact
from tenants.kernel import context
from tests.factories import Twin, make

JSON = "application/json"
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "field", "fix", "errors", "request_id"}


@pytest.fixture
def api(twins: tuple[Twin, Twin]) -> Client:
    return twins[0].with_key()


def post(api: Client, path: str, body: Any) -> Any:
    return api.post(path, json.dumps(body), content_type=JSON)


def patch(api: Client, path: str, body: Any, **headers: str) -> Any:
    return api.patch(path, json.dumps(body), content_type=JSON, headers=headers)


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem body, which is complete and has this status and code."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == PROBLEM_KEYS
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]
    assert body["detail"]
    assert body["request_id"]
    return body


def test_create_get_patch_delete_restore(api: Client) -> None:
    made = post(api, "/api/v1/contacts", {"first_name": "Asha", "last_name": "Rao", "phone": "098200 11842"})
    assert made.status_code == 201
    assert made["ETag"] == '"1"'
    row = made.json()
    assert (row["name"], row["phone"], row["version"], row["account"]) == ("Asha Rao", "+919820011842", 1, None)
    path = f"/api/v1/contacts/{row['id']}"
    assert api.get(path).json() == row

    changed = patch(api, path, {"city": "Pune"}, **{"if-match": made["ETag"]})
    assert (changed.status_code, changed["ETag"], changed.json()["city"]) == (200, '"2"', "Pune")
    assert changed.json()["first_name"] == "Asha"

    assert api.delete(path).status_code == 204
    refused(api.get(path), 404, "not_found")
    refused(patch(api, path, {"city": "X"}), 404, "not_found")
    restored = api.post(f"{path}/restore")
    assert (restored.status_code, restored.json()["city"]) == (200, "Pune")
    assert api.get(path).status_code == 200


def test_list_gives_rows_relations_and_the_total_when_asked(api: Client, twins: tuple[Twin, Twin]) -> None:
    body = api.get("/api/v1/contacts?with_total=true").json()

    assert (body["total"], body["next"], len(body["items"])) == (1, None, 1)
    assert body["items"][0]["account"] == {"id": str(twins[0].account_id), "name": f"{twins[0].sentinel} Traders"}
    assert api.get("/api/v1/contacts").json()["total"] is None


def test_list_pages_are_the_whole_list(api: Client, twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        for number in range(11):
            make("contacts", first_name=f"N{number:02}")
    names: list[str] = []
    cursor = ""
    for _ in range(10):
        body = api.get("/api/v1/contacts", {"limit": 5, "sort": "name", "cursor": cursor}).json()
        names += [row["name"] for row in body["items"]]
        cursor = body["next"] or ""
        if not cursor:
            break
    assert names == sorted(names)
    assert len(names) == len(set(names)) == 12


def test_list_filters_searches_and_sorts(api: Client, twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        for first, city in (("Asha", "Pune"), ("Bela", "Pune"), ("Chand", "Goa")):
            make("contacts", first_name=first, city=city)
    tree = json.dumps({"field": "city", "op": "is", "value": "Pune"})

    assert [row["name"] for row in api.get("/api/v1/contacts", {"filter": tree, "sort": "-name"}).json()["items"]] == [
        "Bela",
        "Asha",
    ]
    assert [row["name"] for row in api.get("/api/v1/contacts", {"q": "chan"}).json()["items"]] == ["Chand"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"first_name"}),
        ({"first_name": ""}, {"first_name"}),
        ({"first_name": "A", "shoe_size": 44}, {"shoe_size"}),
        ({"first_name": "A", "version": 7}, {"version"}),
        ({"first_name": "A", "id": "01890a5d-ac96-774b-bcce-b302099a8057"}, {"id"}),
        ({"first_name": "A", "email": "no"}, {"email"}),
        ({"first_name": "A", "phone": "12", "email": "no"}, {"phone", "email"}),
        ({"first_name": 5}, {"first_name"}),
        ({"first_name": "A", "account": "x"}, {"account"}),
        ([], {"body"}),
        ("x", {"body"}),
    ],
)
def test_create_refusals_name_the_fields(api: Client, twins: tuple[Twin, Twin], body: Any, fields: set[str]) -> None:
    problem = refused(post(api, "/api/v1/contacts", body), 422, "invalid")

    assert set(problem["errors"]) == fields
    with context.inside(twins[0].place):
        assert Contact.objects.count() == 1


@pytest.mark.parametrize("raw", ["{", "\x00", "{'a': 1}"])
def test_body_that_is_no_json_is_a_problem(api: Client, raw: str) -> None:
    refused(api.post("/api/v1/contacts", raw, content_type=JSON), 400, "error")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"filter": "{"}, "filter"),
        ({"filter": "[]"}, "filter"),
        ({"filter": '{"field": "name", "op": "regex", "value": "x"}'}, "filter.op"),
        ({"filter": '{"field": "shoe_size"}'}, "shoe_size"),
        ({"cursor": "!!!"}, "cursor"),
        ({"cursor": "bnVsbA"}, "cursor"),
        ({"sort": "shoe_size"}, "sort"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"q": "x" * 201}, "q"),
    ],
)
def test_list_refusals_name_the_parameter(api: Client, query: dict[str, str], field: str) -> None:
    problem = refused(api.get("/api/v1/contacts", query), 422, "invalid")

    assert list(problem["errors"]) == [field]


@pytest.mark.parametrize("tag", ["1", '"1"', 'W/"1"', "*"])
def test_if_match_of_the_version_is_taken(api: Client, twins: tuple[Twin, Twin], tag: str) -> None:
    assert (
        patch(api, f"/api/v1/contacts/{twins[0].contact_id}", {"city": "Pune"}, **{"if-match": tag}).status_code == 200
    )


def test_if_match_of_an_older_version_fails_the_precondition(api: Client, twins: tuple[Twin, Twin]) -> None:
    path = f"/api/v1/contacts/{twins[0].contact_id}"
    patch(api, path, {"city": "Pune"})

    problem = refused(patch(api, path, {"city": "Goa"}, **{"if-match": '"1"'}), 412, "stale")
    assert problem["field"] == "If-Match"
    assert problem["fix"]
    assert api.get(path).json()["city"] == "Pune"


@pytest.mark.parametrize("tag", ["x", '"abc"', '"-1"', '"1", "2"', '"9999999999"', "²"])
def test_if_match_that_is_not_ours_is_refused(api: Client, twins: tuple[Twin, Twin], tag: str) -> None:
    problem = refused(
        patch(api, f"/api/v1/contacts/{twins[0].contact_id}", {"city": "Pune"}, **{"if-match": tag}), 422, "invalid"
    )

    assert list(problem["errors"]) == ["If-Match"]


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/contacts/01890a5d-ac96-774b-bcce-b302099a8057", "/api/v1/", "/api/v2/contacts"]
)
def test_unknown_addresses_are_problems(api: Client, path: str) -> None:
    refused(api.get(path), 404, "not_found")


def test_id_that_is_none_is_not_found(api: Client) -> None:
    refused(api.get("/api/v1/contacts/1"), 404, "not_found")


def test_notes_of_a_record(api: Client, twins: tuple[Twin, Twin]) -> None:
    about = {"record_type": "contacts", "record_id": str(twins[0].contact_id)}
    assert post(api, "/api/v1/notes", {**about, "body": "Call after five"}).status_code == 201
    refused(post(api, "/api/v1/notes", {**about, "body": " "}), 422, "invalid")
    refused(post(api, "/api/v1/notes", {**about, "record_type": "nothing", "body": "x"}), 404, "not_found")

    assert [note["text"] for note in api.get("/api/v1/notes", about).json()["items"]] == ["Call after five"]


def test_session_may_read_and_needs_a_token_to_write(twins: tuple[Twin, Twin]) -> None:
    browser = twins[0].signed_in()
    assert browser.get("/api/v1/contacts").status_code == 200

    strict = Client(enforce_csrf_checks=True, headers={"host": twins[0].host})
    strict.cookies = browser.cookies
    assert post(strict, "/api/v1/contacts", {"first_name": "Forged"}).status_code == 403
    with context.inside(twins[0].place):
        assert Contact.objects.filter(first_name="Forged").count() == 0


def test_a_wrong_key_is_nobody_even_with_a_good_cookie(twins: tuple[Twin, Twin]) -> None:
    browser = twins[0].signed_in()

    refused(browser.get("/api/v1/contacts", headers={"authorization": "Bearer nonsense.key"}), 401, "unauthenticated")
