"""REST: users and me."""

from typing import Any

import pytest
from django.test import Client

from tenants.identity.enums import DEFAULT_ROLES, OWNER
from tenants.identity.models import User
from tenants.kernel import context
from tests.factories import Twin, client_for
from tests.identity.conftest import Committed, a_user

JSON = "application/json"


@pytest.mark.parametrize("role", [role for role in DEFAULT_ROLES if role != OWNER])
def test_users_are_for_administrators(twins: tuple[Twin, Twin], role: str) -> None:
    user = a_user(twins[0], role)
    with context.inside(twins[0].place):
        client = client_for(user, twins[0].host)

    expected = 200 if role == "admin" else 403
    assert client.get("/api/v1/users").status_code == expected
    assert client.get(f"/api/v1/users/{user.pk}").status_code == expected
    assert client.get("/api/v1/me").json()["role"] == role


def test_list_users_gives_this_company_only(twins: tuple[Twin, Twin]) -> None:
    items = twins[0].with_key().get("/api/v1/users").json()["items"]

    assert [(item["email"], item["role"]) for item in items] == [("owner@alpha.example", "owner")]


def test_invite_then_deactivate_then_let_in_again(
    twins: tuple[Twin, Twin], committed: Committed, outbox: list[Any]
) -> None:
    api = twins[0].with_key()
    with committed():
        made = api.post("/api/v1/users", {"email": "ravi@a.example", "role": "support"}, content_type=JSON)
    assert (made.status_code, made.json()["state"], made.json()["name"]) == (201, "invited", "Ravi")
    assert outbox[0].to == ["ravi@a.example"]

    url = f"/api/v1/users/{made.json()['id']}"
    assert api.post(f"{url}/deactivation").status_code == 204
    assert api.get(url).json()["state"] == "deactivated"
    assert api.delete(f"{url}/deactivation").status_code == 204
    assert api.patch(url, {"role": "manager"}, content_type=JSON).json()["role"] == "manager"


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"email": "owner@alpha.example"}, 409, "email_taken", "email"),
        ({"email": "nonsense"}, 422, "invalid", "email"),
        ({"email": "a@a.example", "role": "king"}, 422, "invalid", "role"),
        ({"email": "a@a.example", "is_active": False}, 422, "invalid", "is_active"),
    ],
)
def test_refused_invitations_say_why(
    twins: tuple[Twin, Twin], body: dict[str, Any], status: int, code: str, field: str
) -> None:
    response = twins[0].with_key().post("/api/v1/users", body, content_type=JSON)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert field in response.json()["field"]
    with context.inside(twins[0].place):
        assert User.objects.count() == 1


def test_user_of_the_twin_is_not_found(twins: tuple[Twin, Twin]) -> None:
    foreign = twins[1].owner().pk

    assert twins[0].with_key().get(f"/api/v1/users/{foreign}").status_code == 404
    assert twins[0].with_key().post(f"/api/v1/users/{foreign}/deactivation").status_code == 404


def test_last_owner_stays_through_the_api_too(twins: tuple[Twin, Twin]) -> None:
    me = twins[0].owner().pk

    assert twins[0].with_key().post(f"/api/v1/users/{me}/deactivation").status_code == 409


def test_me_reads_and_writes(twins: tuple[Twin, Twin]) -> None:
    api = twins[0].with_key()

    assert api.patch("/api/v1/me", {"time_zone": "Asia/Tokyo"}, content_type=JSON).json()["time_zone"] == "Asia/Tokyo"
    assert api.patch("/api/v1/me", {"time_zone": "Moon"}, content_type=JSON).status_code == 422
    assert api.get("/api/v1/me").json()["email"] == "owner@alpha.example"


def test_anonymous_gets_a_problem(client: Client) -> None:
    response = client.get("/api/v1/users")

    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
