"""The agency's API: companies, by key, at the agency's own host."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from public_site.agency.models import AgencyMember
from tenants.directory.models import Company
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tests.factories import Twin

Keyed = Callable[..., Client]
BODY = {"name": "Acme Solar", "slug": "acme", "country": "IN", "owner_email": "asha@acme.example"}


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(path, body, content_type="application/json")


def test_create_answers_201_with_a_company_that_works(twins: tuple[Twin, Twin], with_key: Keyed) -> None:
    answer = post(with_key(twins[0]), "/api/v1/companies", BODY)

    found = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/companies/{found['id']}"
    assert found | {"id": "", "created_at": ""} == BODY | {
        "id": "", "created_at": "", "status": "active", "url": "http://acme.alpha.localhost:8000",
        "time_zone": "Asia/Kolkata", "currency": "INR", "language": "en", "erase_after": None,
    }  # fmt: skip
    assert Client(headers={"host": "acme.alpha.localhost"}).get("/sign-in/").status_code == 200
    with context.public():
        entry = AuditEntry.objects.get(subject=f"company:{found['id']}")
    assert (entry.action, entry.actor_name) == ("company.created", "Boss")


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"slug": "works"}, 409, "slug_taken", "slug"),
        ({"slug": "www"}, 409, "slug_taken", "slug"),
        ({"slug": "A b"}, 422, "invalid", "slug"),
        ({"slug": "t\x00t"}, 422, "invalid", "slug"),
        ({"slug": None}, 422, "invalid", "slug"),
        ({"name": "  "}, 422, "invalid", "name"),
        ({"name": "x" * 121}, 422, "invalid", "name"),
        ({"country": "Mars"}, 422, "invalid", "country"),
        ({"owner_email": "nobody"}, 422, "invalid", "owner_email"),
        ({"currency": "RUPEE"}, 422, "invalid", "currency"),
        ({"time_zone": "Asia/Nowhere"}, 422, "invalid", "time_zone"),
        ({"language": "xx"}, 422, "invalid", "language"),
        ({"schema_name": "public"}, 422, "invalid", "schema_name"),
    ],
)
def test_create_refuses_and_names_the_field(
    twins: tuple[Twin, Twin], with_key: Keyed, change: dict[str, Any], status: int, code: str, field: str
) -> None:
    answer = post(with_key(twins[0]), "/api/v1/companies", BODY | change)

    found = answer.json()
    assert (answer.status_code, found["code"], found["field"]) == (status, code, field)
    assert answer["Content-Type"] == "application/problem+json"
    with context.public():
        assert Company.objects.filter(agency=twins[0].agency).count() == 1


def test_list_is_the_agencys_own_with_pages_and_filters(twins: tuple[Twin, Twin], with_key: Keyed) -> None:
    client = with_key(twins[0])
    post(client, "/api/v1/companies", BODY)

    first = client.get("/api/v1/companies?limit=1&with_total=true").json()
    second = client.get(f"/api/v1/companies?limit=1&cursor={first['next']}").json()
    assert [item["slug"] for item in (*first["items"], *second["items"])] == ["acme", "works"]
    assert (first["total"], second["next"], second["total"]) == (2, None, None)
    assert [item["slug"] for item in client.get("/api/v1/companies?slug=acme").json()["items"]] == ["acme"]
    assert client.get("/api/v1/companies?status=suspended").json()["items"] == []
    assert client.get("/api/v1/companies?status=gone").status_code == 422
    assert client.get("/api/v1/companies?cursor=here").status_code == 422
    assert str(twins[1].company.pk) not in client.get("/api/v1/companies").content.decode()


def test_list_costs_the_same_for_one_and_three(
    twins: tuple[Twin, Twin], with_key: Keyed, django_assert_num_queries: Any
) -> None:
    client = with_key(twins[0])
    client.get("/api/v1/companies")
    with django_assert_num_queries(3):
        client.get("/api/v1/companies")
    post(client, "/api/v1/companies", BODY)
    post(client, "/api/v1/companies", BODY | {"slug": "acme2"})
    client.get("/api/v1/companies")  # who was made meanwhile has emptied the memory of keys
    with django_assert_num_queries(3):
        assert len(client.get("/api/v1/companies").json()["items"]) == 3


def test_suspension_is_a_small_resource(twins: tuple[Twin, Twin], with_key: Keyed) -> None:
    client, path = with_key(twins[0]), f"/api/v1/companies/{twins[0].company.pk}"

    assert post(client, f"{path}/suspension", {"reason": "Unpaid"}).json()["status"] == "suspended"
    assert post(client, f"{path}/suspension", {}).json()["status"] == "suspended"
    assert client.delete(f"{path}/suspension").json()["status"] == "active"
    assert client.delete(f"{path}/suspension").json()["status"] == "active"
    with context.public():
        actions = AuditEntry.objects.filter(subject=f"company:{twins[0].company.pk}").order_by("created_at")
        assert list(actions.values_list("action", flat=True)) == ["company.suspended", "company.resumed"]


def test_foreign_companies_are_not_there(twins: tuple[Twin, Twin], with_key: Keyed) -> None:
    client, path = with_key(twins[0]), f"/api/v1/companies/{twins[1].company.pk}"

    answers = [client.get(path), post(client, f"{path}/suspension", {}), client.delete(f"{path}/suspension")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_keys_open_no_other_door(twins: tuple[Twin, Twin], with_key: Keyed, stranger: Client) -> None:
    a, b = twins

    assert with_key(a, host=b.agency_host).get("/api/v1/companies").status_code == 401
    assert with_key(a, host=a.host).get("/api/v1/contacts").status_code == 401
    assert stranger.get("/api/v1/companies").status_code == 401
    company_key = Client(headers={"host": a.agency_host, "authorization": f"Bearer {a.api_key}"})
    assert company_key.get("/api/v1/companies").status_code == 401


def test_key_of_a_former_member_is_refused(twins: tuple[Twin, Twin], with_key: Keyed) -> None:
    with context.public():
        AgencyMember.objects.filter(agency=twins[0].agency).delete()

    answer = with_key(twins[0]).get("/api/v1/companies")
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")


def test_session_needs_the_csrf_token(boss: Client) -> None:
    boss.handler.enforce_csrf_checks = True

    assert boss.get("/api/v1/companies").status_code == 200
    assert post(boss, "/api/v1/companies", BODY).status_code == 403
