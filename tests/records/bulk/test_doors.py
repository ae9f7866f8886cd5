"""Bulk actions and jobs by page and by API."""

import json
from typing import Any

import pytest

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.records.bulk import actions as bulk_actions
from tenants.records.models import Job
from tests.factories import Twin, make
from tests.records.counting import queries_in
from tests.records.staff import person

HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def people(twins: tuple[Twin, Twin]) -> list[Any]:
    with context.inside(twins[0].place):
        return [make("contacts", first_name=f"Person {n}", city="Pune") for n in range(3)]


def cities(twin: Twin) -> list[str]:
    with context.inside(twin.place):
        rows = Contact.objects.filter(first_name__startswith="Person").order_by("id")
        return list(rows.values_list("city", flat=True))


def test_the_dialog_says_the_exact_number_and_asks_with_the_field_s_input(owner: Any, people: list[Any]) -> None:
    answer = owner.get('/contacts/bulk/edit/?all=1&filter={"field":"city","op":"is","value":"Pune"}', headers=HTMX)

    assert (answer.status_code, b"<html" in answer.content) == (200, False)
    assert b"Edit 3 contacts" in answer.content
    assert b'<option value="first_name">' in answer.content


def test_another_field_keeps_what_was_typed(owner: Any, people: list[Any]) -> None:
    url = f"/contacts/bulk/edit/?ids={people[0].pk}"

    answer = owner.post(url, {"field": ["city"], "city": "Nashik", "add": "source"}, headers=HTMX)

    assert answer.status_code == 200
    assert b'value="Nashik"' in answer.content
    assert b'name="source"' in answer.content


def test_a_field_is_taken_back_and_the_others_keep_what_was_typed(owner: Any, people: list[Any]) -> None:
    url = f"/contacts/bulk/edit/?ids={people[0].pk}"

    answer = owner.post(
        url, {"field": ["city", "source"], "city": "Nashik", "source": "website", "drop": "source"}, headers=HTMX
    )

    assert answer.status_code == 200
    assert b'value="Nashik"' in answer.content
    assert b'name="source"' not in answer.content
    assert b'<option value="source">' in answer.content


def test_a_small_edit_is_done_at_once_with_undo(owner: Any, twins: Any, people: list[Any]) -> None:
    url = f"/contacts/bulk/edit/?ids={people[0].pk}&ids={people[2].pk}"

    answer = owner.post(url, {"field": ["city"], "city": "Nashik"}, headers=HTMX)

    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert cities(twins[0]) == ["Nashik", "Pune", "Nashik"]
    with context.inside(twins[0].place):
        job = Job.objects.get()
    assert owner.post(f"/jobs/{job.pk}/undo/", headers=HTMX)["HX-Refresh"] == "true"
    assert cities(twins[0]) == ["Pune"] * 3


def test_a_wrong_value_comes_back_in_the_dialog_and_changes_nothing(owner: Any, twins: Any, people: list[Any]) -> None:
    answer = owner.post(f"/contacts/bulk/edit/?ids={people[0].pk}", {"field": ["email"], "email": "x"}, headers=HTMX)

    assert answer.status_code == 422
    assert b"Write an e-mail address" in answer.content
    assert b'value="x"' in answer.content
    with context.inside(twins[0].place):
        assert not Job.objects.exists()


def test_a_long_one_goes_to_the_background(owner: Any, twins: Any, people: list[Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 2)

    answer = owner.post("/contacts/bulk/tag/?all=1&q=Person", {"tags": ["VIP"]}, headers=HTMX)

    with context.inside(twins[0].place):
        job = Job.objects.get()
    told = json.loads(answer["HX-Trigger"])
    assert (answer.status_code, job.state, job.total) == (204, "queued", 3)
    assert (told["job:started"], told["dialog:close"]) == ({"id": str(job.pk)}, True)
    assert owner.get(f"/jobs/{job.pk}/pulse/").status_code == 200


@pytest.mark.parametrize("query", ["", "ids=nonsense", "ids=", "all=1&filter={", "all=1&filter=[]"])
def test_a_bad_selection_is_refused(owner: Any, query: str) -> None:
    assert owner.get(f"/contacts/bulk/edit/?{query}", headers=HTMX).status_code == 422


def test_unknown_actions_are_not_there(owner: Any, people: list[Any]) -> None:
    assert owner.get(f"/contacts/bulk/explode/?ids={people[0].pk}").status_code == 404


def post(twin: Twin, body: dict[str, Any], kind: str = "contacts") -> Any:
    return twin.with_key().post(f"/api/v1/{kind}/bulk", body, content_type="application/json")


def test_the_api_answers_200_with_results_or_202_with_a_job(twins: Any, people: list[Any], monkeypatch: Any) -> None:
    body = {"action": "edit", "filter": {"field": "city", "op": "is", "value": "Pune"}, "values": {"city": "Nashik"}}
    done = post(twins[0], body)
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 2)
    later = post(twins[0], body | {"filter": {}, "q": "Person", "values": {"city": "Surat"}})

    assert (done.status_code, done.json()["job"]["counts"], done.json()["results"]) == (200, {"updated": 3}, [])
    assert (later.status_code, later.json()["job"]["state"], later.json()["job"]["total"]) == (202, "queued", 3)
    assert cities(twins[0]) == ["Nashik"] * 3


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"action": "edit", "values": {"city": "X"}}, 422, "filter"),
        ({"action": "edit", "ids": [], "values": {"city": "X"}}, 422, "ids"),
        ({"action": "edit", "filter": {"field": "shoe"}, "values": {"city": "X"}}, 422, "shoe"),
        ({"action": "edit", "filter": {}, "values": {"email": "x"}}, 422, "email"),
        ({"action": "explode", "filter": {}}, 404, "action"),
        ({"action": "edit", "filter": {}, "value": {}}, 422, "value"),
    ],
)
def test_the_api_refuses_with_the_field_at_fault(
    twins: Any, people: list[Any], body: dict[str, Any], status: int, field: str
) -> None:
    answer = post(twins[0], body)

    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert cities(twins[0]) == ["Pune"] * 3


def test_jobs_are_seen_by_their_user_and_by_administrators_only(twins: Any, people: list[Any]) -> None:
    twin = twins[0]
    with context.inside(twin.place):
        asha, ravi = person("asha@x.example"), person("ravi@x.example")
    mine = twin.signed_in(asha.email)
    mine.post(f"/contacts/bulk/edit/?ids={people[0].pk}", {"field": ["city"], "city": "Nashik"}, headers=HTMX)
    with context.inside(twin.place):
        job = Job.objects.get()

    answers = {
        "mine": mine, "stranger": twin.signed_in(ravi.email), "administrator": twin.signed_in(),
        "other company": twins[1].signed_in(),
    }  # fmt: skip
    seen = {who: client.get(f"/jobs/{job.pk}/").status_code for who, client in answers.items()}

    assert seen == {"mine": 200, "stranger": 404, "administrator": 200, "other company": 404}
    assert answers["stranger"].post(f"/jobs/{job.pk}/undo/").status_code == 404
    assert b"Edit 1 contact" not in answers["stranger"].get("/jobs/").content
    assert b"Edit 1 contact" in answers["administrator"].get("/jobs/?all=1").content


def test_an_anonymous_visitor_is_sent_to_sign_in(client: Any, people: list[Any]) -> None:
    for path in ("/jobs/", f"/contacts/bulk/edit/?ids={people[0].pk}"):
        assert client.get(path).status_code == 302
    assert client.get("/api/v1/jobs").status_code == 401


def test_jobs_over_the_api(twins: Any, people: list[Any]) -> None:
    key = twins[0].with_key()
    for city in ("Nashik", "Surat"):
        post(twins[0], {"action": "edit", "ids": [str(people[0].pk)], "values": {"city": city}})

    first = key.get("/api/v1/jobs?limit=1").json()
    second = key.get(f"/api/v1/jobs?limit=1&cursor={first['next']}").json()
    job = key.get(f"/api/v1/jobs/{second['items'][0]['id']}").json()
    undo = key.post(f"/api/v1/jobs/{job['id']}/undo")

    assert (job["label"], job["state"], job["done"], second["next"]) == ("Edit 1 contact", "done", 1, None)
    assert key.get(f"/api/v1/jobs/{job['id']}/lines").json() == {"items": [], "next": None, "total": None}
    assert (undo.status_code, undo.json()["undo_of"]) == (202, job["id"])
    assert key.post(f"/api/v1/jobs/{job['id']}/undo").status_code == 409
    assert key.post(f"/api/v1/jobs/{undo.json()['id']}/stop").json()["state"] == "stopped"


def test_pages_of_jobs_cost_the_same_for_many(owner: Any, twins: Any, people: list[Any]) -> None:
    def act() -> None:
        post(
            twins[0], {"action": "edit", "ids": [str(people[0].pk), str(twins[1].contact_id)], "values": {"city": "A"}}
        )

    act()
    with context.inside(twins[0].place):
        job = Job.objects.get()
    paths = ["/jobs/?all=1", f"/jobs/{job.pk}/"]
    for path in paths:
        assert owner.get(path).status_code == 200
    one = [queries_in(lambda path=path: owner.get(path)) for path in paths]
    for _ in range(3):
        act()

    assert [queries_in(lambda path=path: owner.get(path)) for path in paths] == one
