"""Nobody, and no key, gives more rights than it holds."""

import json
from typing import Any

import pytest
from django.test import Client

from tenants.identity.actions import create_api_key
from tenants.identity.errors import MoreThanHeld
from tenants.identity.models import Role, User
from tenants.identity.roles.bounds import refuse_role
from tenants.kernel.actors import Actor
from tenants.kernel.ids import uuid7
from tenants.kernel.permits import FieldLimit, Permit, Reach
from tests.factories import Twin
from tests.identity.conftest import a_user

JSON = "application/json"
SETTINGS = {"settings": ["view", "create", "edit", "delete"], "contacts": ["view"]}


def program(twin: Twin, scopes: Any) -> Client:
    owner = twin.owner()
    text = create_api_key(user=owner, name="Program", by=owner.actor, scopes=scopes)[1]
    return Client(headers={"host": twin.host, "authorization": f"Bearer {text}"})


@pytest.mark.parametrize(
    ("scopes", "role", "status"),
    [
        (SETTINGS, "owner", 403),
        (SETTINGS, "admin", 403),
        (SETTINGS, "manager", 403),
        (SETTINGS, "read-only", 403),
        ({"*": ["view"], "settings": ["edit"]}, "read-only", 201),
        ({"*": ["view"], "settings": ["edit"]}, "support", 403),
        ({"*": ["view", "create", "edit"], "settings": ["edit"]}, "sales-rep", 201),
        (None, "admin", 201),
        (None, "owner", 201),
    ],
)
def test_key_invites_with_no_more_than_it_holds(company: Twin, scopes: Any, role: str, status: int) -> None:
    body = json.dumps({"email": "new@people.example", "role": role})

    answer = program(company, scopes).post("/api/v1/users", body, content_type=JSON)

    assert answer.status_code == status, answer.content
    assert User.objects.filter(email="new@people.example").exists() == (status == 201)


def test_key_raises_nobody_above_itself(company: Twin) -> None:
    user = a_user(company, "read-only")
    key = program(company, SETTINGS)

    answer = key.patch(f"/api/v1/users/{user.pk}", json.dumps({"role": "admin"}), content_type=JSON)

    assert (answer.status_code, answer.json()["code"]) == (403, "more_than_held")
    user.refresh_from_db()
    assert Role.objects.get(users=user).slug == "read-only"


def test_key_of_an_owner_is_no_owner(company: Twin) -> None:
    key = program(company, SETTINGS)
    other = a_user(company, "owner", "second@people.example")

    assert key.post(f"/api/v1/users/{other.pk}/deactivation").json()["code"] == "owners_only"
    other.refresh_from_db()
    assert other.is_active


def test_key_with_scopes_makes_no_keys_by_any_page(company: Twin) -> None:
    key = program(company, SETTINGS)

    for path in ("/settings/keys/new/", "/settings/profile/access/tokens/new/", "/settings/apps/new/"):
        assert key.post(path, {"name": "x", "reach": "all"}).status_code == 403


def test_role_with_wider_reach_or_more_fields_is_not_given(company: Twin) -> None:
    grants = {"contacts": frozenset({"view"}), "settings": frozenset({"edit"})}
    role = Role(name="Reader", slug="reader", grants={"contacts": ["view"]})
    mine = {"user_id": uuid7(), "grants": grants}
    narrow = Permit(**mine, reaches={"contacts": {"view": Reach.TEAM}})
    blind = Permit(**mine, fields={"contacts": {"phone": FieldLimit.HIDDEN}})

    refuse_role(role, Actor(kind="user", grants=grants))
    for permit in (narrow, blind):
        with pytest.raises(MoreThanHeld):
            refuse_role(role, Actor(kind="user", grants=grants, permit=permit))
    role.reaches, role.field_rules = {"contacts": {"view": "own"}}, {"contacts": {"phone": "hidden"}}
    for permit in (narrow, blind):
        refuse_role(role, Actor(kind="user", grants=grants, permit=permit))
