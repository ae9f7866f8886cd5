"""T07, T08, T10: the host decides, nothing else that a client may send."""

import json
import random
import string

import pytest
from django.test import Client

from tests.factories import Twin

FOREIGN = (
    "X-Tenant",
    "X-Tenant-Id",
    "X-Company",
    "X-Company-Id",
    "Organization-Id",
    "X-Schema",
    "X-Forwarded-Host",
    "X-Original-Host",
    "X-Host",
    "Forwarded",
)


def names_anybody(body: bytes, twins: tuple[Twin, Twin]) -> bool:
    return any(twin.sentinel.encode() in body or twin.company.name.encode() in body for twin in twins)


@pytest.mark.parametrize(
    "change",
    [str.upper, str.title, lambda host: f"{host}.", lambda host: f"{host}:80", lambda host: f"{host}.:8000"],
)
def test_t07_other_spellings_of_a_host_lead_to_the_same_company(twins: tuple[Twin, Twin], change: object) -> None:
    host = change(twins[0].host)  # type: ignore[operator]
    answer = Client(headers={"host": host, "authorization": f"Bearer {twins[0].api_key}"}).get("/api/v1/contacts")

    assert answer.status_code == 200
    assert answer.json()["items"][0]["first_name"] == twins[0].sentinel


def fuzzed(twins: tuple[Twin, Twin]) -> list[str]:
    one, two = twins
    dice = random.Random(7)
    letters = string.ascii_letters + string.digits + ".-:@/\\ %_\t\"'<>[]"
    made = ["".join(dice.choice(letters) for _ in range(dice.randint(1, 40))) for _ in range(600)]
    return [
        "", " ", ".", "..", "127.0.0.1", "[::1]", "[::1]:8000", "10.0.0.1:80", "example.com", "public",
        "nowhere", one.place.schema,
        f"{one.host}@{two.host}", f"{one.host}/{two.host}", f"{one.host},{two.host}", f"{one.host} {two.host}",
        f"{one.host}:x", f"x.{one.host}",
        f"{one.host}.evil.example", f"{one.host}%00", f"{one.host}\\", "xn--80ak6aa92e.localhost",
        "é.localhost", "a" * 300, f"{'a.' * 140}localhost",
        f"-{one.host}", f"works.{one.host}", "works.localhost", "alpha..localhost", ".alpha.localhost", *made,
    ]  # fmt: skip


def test_t07_unknown_hosts_get_404_and_nothing_of_anybody(twins: tuple[Twin, Twin]) -> None:
    client = Client(headers={"authorization": f"Bearer {twins[0].api_key}"})
    for host in fuzzed(twins):
        for path in ("/contacts/", "/api/v1/contacts"):
            answer = client.get(path, headers={"host": host})
            assert answer.status_code == 404, host
            assert not names_anybody(answer.content, twins), host


def test_t07_no_host_at_all_gets_404(twins: tuple[Twin, Twin]) -> None:
    assert Client(HTTP_HOST="").get("/contacts/").status_code == 404


@pytest.mark.parametrize("header", FOREIGN)
def test_t08_headers_of_another_host_change_nothing(twins: tuple[Twin, Twin], header: str) -> None:
    value = f"host={twins[1].host}" if header == "Forwarded" else twins[1].host
    plain, forged = (
        Client(headers={"host": twins[0].host}),
        Client(headers={"host": twins[0].host, header.lower(): value}),
    )

    assert forged.get("/api/v1/openapi.json").json() == plain.get("/api/v1/openapi.json").json()
    page = forged.get("/sign-in/").content.decode()
    assert "BravoSuite" not in page
    assert twins[1].host not in page


@pytest.mark.parametrize("value", ["host", "schema", "id"])
def test_t10_the_client_cannot_pick_a_tenant(twins: tuple[Twin, Twin], value: str) -> None:
    one, two = twins
    chosen = {"host": two.host, "schema": two.place.schema, "id": str(two.company.pk)}[value]
    headers = {name.lower(): chosen for name in FOREIGN}
    api = Client(headers={"host": one.host, "authorization": f"Bearer {one.api_key}", **headers})
    query = {name: chosen for name in ("tenant", "tenant_id", "company", "company_id", "schema", "host")}
    paths = api.get("/api/v1/openapi.json").json()["paths"]

    for path, methods in paths.items():
        if "get" in methods and "{" not in path:
            answer = api.get(path, query)
            read = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert two.sentinel.encode() not in read, path
            assert answer.status_code < 500, path
    body = {"first_name": "Asha", "company_id": chosen, "tenant_id": chosen}
    refused = api.post("/api/v1/contacts", json.dumps(body), content_type="application/json")
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"company_id", "tenant_id"}


def test_t10_an_agency_sees_its_own_companies_only(twins: tuple[Twin, Twin]) -> None:
    one, two = twins
    api = Client(headers={"host": one.agency_host, "authorization": f"Bearer {one.agency_api_key}"})

    assert [row["id"] for row in api.get("/api/v1/companies").json()["items"]] == [str(one.company.pk)]
    assert api.get(f"/api/v1/companies/{two.company.pk}").status_code == 404
    assert (
        api.post(f"/api/v1/companies/{two.company.pk}/suspension", "{}", content_type="application/json").status_code
        == 404
    )


def test_answers_of_a_host_are_kept_for_no_other(twins: tuple[Twin, Twin]) -> None:
    """T25's part of ours: private, and told apart by host and cookie."""
    browser = twins[0].signed_in()
    for path in ("/contacts/", "/brand.css", "/manifest.webmanifest", "/api/v1/contacts", "/nothing/"):
        answer = browser.get(path)
        assert "private" in answer["Cache-Control"], path
        assert {"Host", "Cookie"} <= {part.strip() for part in answer["Vary"].split(",")}, path
