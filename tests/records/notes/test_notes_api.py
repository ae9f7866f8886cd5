"""The resource `notes`, and the note's pieces on the page."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.factories import Twin

PROBLEM = "application/problem+json"


def send(client: Client, verb: str, path: str, body: Any = None) -> Any:
    return getattr(client, verb)(path, json.dumps(body), content_type="application/json")


@pytest.fixture
def api(twins: tuple[Twin, Twin]) -> Client:
    return twins[0].with_key()


def test_a_note_lives(api: Client, twins: tuple[Twin, Twin]) -> None:
    about = {"record_type": "contacts", "record_id": str(twins[0].contact_id)}
    made = send(api, "post", "/api/v1/notes", {**about, "body": "<b>Call</b>", "visibility": "team"})
    assert made.status_code == 201
    path = f"/api/v1/notes/{made.json()['id']}"
    assert (made.json()["body"], made.json()["text"], made.json()["visibility"]) == ("<b>Call</b>", "Call", "team")

    assert send(api, "patch", path, {"body": "Mail", "is_pinned": True}).json()["is_pinned"] is True
    assert send(api, "post", f"{path}/replies", {"body": "Done"}).status_code == 201
    assert [one["text"] for one in api.get(f"{path}/replies").json()["items"]] == ["Done"]
    listed = api.get("/api/v1/notes", {**about, "with_total": "true"}).json()
    assert ([one["text"] for one in listed["items"]], listed["next"], listed["total"]) == (["Mail"], None, 1)
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert send(api, "post", f"{path}/restore").json()["text"] == "Mail"


def test_pages_by_cursor(api: Client, twins: tuple[Twin, Twin]) -> None:
    about = {"record_type": "contacts", "record_id": str(twins[0].contact_id)}
    for number in range(3):
        send(api, "post", "/api/v1/notes", {**about, "body": f"Note {number}"})

    first = api.get("/api/v1/notes", {**about, "limit": 2}).json()
    second = api.get("/api/v1/notes", {**about, "limit": 2, "cursor": first["next"]}).json()

    assert [one["text"] for one in first["items"] + second["items"]] == ["Note 2", "Note 1", "Note 0"]
    assert second["next"] is None
    bad = api.get("/api/v1/notes", {**about, "cursor": "nonsense"})
    assert (bad.status_code, bad["Content-Type"], bad.json()["field"]) == (422, PROBLEM, "cursor")


@pytest.mark.parametrize(
    ("body", "status"),
    [({"body": " "}, 422), ({"body": "x", "visibility": "world"}, 422), ({"body": "x", "extra": 1}, 422)],
)
def test_bad_notes_are_refused(api: Client, twins: tuple[Twin, Twin], body: dict[str, Any], status: int) -> None:
    about = {"record_type": "contacts", "record_id": str(twins[0].contact_id)}

    assert send(api, "post", "/api/v1/notes", about | body).status_code == status


def test_another_company_has_no_such_note(api: Client, twins: tuple[Twin, Twin]) -> None:
    about = {"record_type": "contacts", "record_id": str(twins[0].contact_id)}
    made = send(api, "post", "/api/v1/notes", {**about, "body": "Secret"}).json()["id"]

    assert twins[1].with_key().get(f"/api/v1/notes/{made}").status_code == 404


def test_the_composer_keeps_what_was_refused(twins: tuple[Twin, Twin]) -> None:
    twin, htmx = twins[0], {"HX-Request": "true"}
    browser, path = twin.signed_in(), f"/contacts/{twin.contact_id}/notes/"

    refused = browser.post(path, {"body": "<p>Hi</p>", "visibility": "world"}, headers=htmx)
    taken = browser.post(path, {"body": "<p>Hi</p>", "visibility": "private"}, headers=htmx)

    assert refused.status_code == 422
    assert "&lt;p&gt;Hi&lt;/p&gt;" in refused.content.decode()
    assert (taken.status_code, taken["HX-Trigger"]) == (200, "timeline:refresh")
    assert "<html" not in taken.content.decode()
