"""Who gets in where: each kind of visitor at each page and route, in one table."""

import json
from typing import Any

import pytest
from django.test import Client

from tenants.identity.actions import add_user, create_api_key
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import PASSWORD, Twin, client_for

IN, AWAY, NO, GONE, KEYLESS = 200, 302, 403, 404, 401
PAGES = ("/contacts/", "/deals/board/", "/contacts/{contact}/", "/deals/{deal}/")
FORMS = ("/contacts/new/", "/contacts/{contact}/edit/")
READS = ("/api/v1/contacts", "/api/v1/contacts/{contact}", "/api/v1/deals", "/api/v1/stages")
WRITES = (
    ("post", "/api/v1/contacts", {"first_name": "Asha"}, 201),
    ("patch", "/api/v1/contacts/{contact}", {"city": "Pune"}, 200),
    ("delete", "/api/v1/contacts/{contact}", None, 204),
)


def fill(path: str, twin: Twin) -> str:
    return path.format(contact=twin.contact_id, deal=twin.deal_id)


def reader(twin: Twin) -> tuple[Client, Client]:
    """A read-only person of the company: browser and key."""
    with context.inside(twin.place, actor=robot()):
        user = add_user(email="reader@works.example", name="Reader", role="read-only", password=PASSWORD)
        key = create_api_key(user=user, name="Reader", by=robot())[1]
        return client_for(user, twin.host), with_key(twin, key)


def with_key(twin: Twin, key: str) -> Client:
    return Client(headers={"host": twin.host, "authorization": f"Bearer {key}"})


def browsers(twins: tuple[Twin, Twin]) -> dict[str, Client]:
    """Browsers at company A: nobody, B's owner with B's cookie, A's reader, A's owner."""
    foreign = Client(headers={"host": twins[0].host})
    foreign.cookies = twins[1].signed_in().cookies
    return {
        "anonymous": Client(headers={"host": twins[0].host}),
        "twin": foreign,
        "reader": reader(twins[0])[0],
        "owner": twins[0].signed_in(),
    }


def keys(twins: tuple[Twin, Twin]) -> dict[str, Client]:
    return {
        "anonymous": Client(headers={"host": twins[0].host}),
        "stranger": with_key(twins[0], "abcdef123456.nothing-at-all"),
        "twin": with_key(twins[0], twins[1].api_key),
        "agency": with_key(twins[0], twins[0].agency_api_key),
        "reader": reader(twins[0])[1],
        "owner": twins[0].with_key(),
    }


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("who", "status"), [("anonymous", AWAY), ("twin", AWAY), ("reader", IN), ("owner", IN)])
def test_pages(twins: tuple[Twin, Twin], path: str, who: str, status: int) -> None:
    answer = browsers(twins)[who].get(fill(path, twins[0]))

    assert answer.status_code == status
    assert (twins[0].sentinel.encode() in answer.content) is (status == IN)
    if status == AWAY:
        assert answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(("who", "status"), [("anonymous", AWAY), ("twin", AWAY), ("reader", NO), ("owner", IN)])
def test_forms(twins: tuple[Twin, Twin], path: str, who: str, status: int) -> None:
    assert browsers(twins)[who].get(fill(path, twins[0])).status_code == status


@pytest.mark.parametrize(
    "path", ["/contacts/{contact}/", "/contacts/{contact}/edit/", "/contacts/{contact}/timeline/", "/deals/{deal}/"]
)
def test_records_of_the_twin_are_not_there(twins: tuple[Twin, Twin], path: str) -> None:
    answer = twins[0].signed_in().get(fill(path, twins[1]))

    assert answer.status_code == GONE
    assert twins[1].sentinel.encode() not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/contacts/{contact}/delete/",
        "/contacts/{contact}/restore/",
        "/contacts/{contact}/notes/",
        "/deals/{deal}/move/",
    ],
)
@pytest.mark.parametrize(("who", "status"), [("anonymous", AWAY), ("twin", AWAY), ("reader", NO)])
def test_posts_are_refused(twins: tuple[Twin, Twin], path: str, who: str, status: int) -> None:
    data = {"body": "x"}
    if "move" in path:
        with context.inside(twins[0].place):
            from tenants.crm.models import Stage  # in the company only

            data = {"column": str(Stage.objects.get(name="Closed Won").pk)}
    assert browsers(twins)[who].post(fill(path, twins[0]), data).status_code == status


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", KEYLESS),
        ("stranger", KEYLESS),
        ("twin", KEYLESS),
        ("agency", KEYLESS),
        ("reader", IN),
        ("owner", IN),
    ],
)
def test_api_reads(twins: tuple[Twin, Twin], path: str, who: str, status: int) -> None:
    answer = keys(twins)[who].get(fill(path, twins[0]))

    assert answer.status_code == status, answer.content
    assert status == IN or twins[0].sentinel.encode() not in answer.content


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write[0])
@pytest.mark.parametrize("who", ["anonymous", "stranger", "twin", "agency", "reader", "owner"])
def test_api_writes(twins: tuple[Twin, Twin], write: tuple[str, str, Any, int], who: str) -> None:
    method, path, body, good = write
    expected = {"reader": NO, "owner": good}.get(who, KEYLESS)

    answer = getattr(keys(twins)[who], method)(
        fill(path, twins[0]), json.dumps(body) if body else "", content_type="application/json"
    )

    assert answer.status_code == expected, answer.content


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_api_records_of_the_twin_are_not_there(twins: tuple[Twin, Twin], method: str) -> None:
    answer = getattr(twins[0].with_key(), method)(
        f"/api/v1/contacts/{twins[1].contact_id}", "{}" if method == "patch" else None, content_type="application/json"
    )

    assert answer.status_code == GONE


def test_records_of_the_twin_cannot_be_pointed_at(twins: tuple[Twin, Twin]) -> None:
    body = {"first_name": "Asha", "account": str(twins[1].account_id)}
    answer = twins[0].with_key().post("/api/v1/contacts", json.dumps(body), content_type="application/json")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["account"])


def test_a_revoked_key_and_a_retired_person_are_nobody(twins: tuple[Twin, Twin]) -> None:
    from tenants.identity.actions import revoke_api_key
    from tenants.identity.models import ApiKey, User

    twin = twins[0]
    with context.inside(twin.place, actor=robot()):
        owner = User.objects.get(role__slug="owner")
        key, secret = create_api_key(user=owner, name="Short", by=robot())
    assert with_key(twin, secret).get("/api/v1/contacts").status_code == 200
    with context.inside(twin.place, actor=robot()):
        revoke_api_key(key=key, by=robot())
    assert with_key(twin, secret).get("/api/v1/contacts").status_code == KEYLESS
    browser = twin.signed_in()
    with context.inside(twin.place):
        User.objects.update(is_active=False)
        assert ApiKey.objects.count() > 0
    assert twin.with_key().get("/api/v1/contacts").status_code == KEYLESS
    assert browser.get("/contacts/").status_code == AWAY
