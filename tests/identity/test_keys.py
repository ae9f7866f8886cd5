"""API keys: shown once, narrowed by scopes, never more than their maker, ended, revoked, traced."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.identity.actions import create_api_key, note_key_use
from tenants.identity.models import ApiKey, AuditEntry, User
from tenants.identity.people import change_role
from tenants.kernel.actors import Actor, narrowed, robot
from tenants.kernel.errors import Invalid
from tests.factories import Twin, client_for
from tests.identity.conftest import a_user

API = "/api/v1/api-keys"
ALL: dict[str, frozenset[str]] = {"*": frozenset({"*"})}
REP: dict[str, frozenset[str]] = {"*": frozenset({"view", "edit"}), "settings": frozenset()}


def program(twin: Twin, user: User, **more: Any) -> Client:
    _key, text = create_api_key(user=user, name="Program", by=user.actor, **more)
    return Client(headers={"host": twin.host, "authorization": f"Bearer {text}"})


@pytest.mark.parametrize(
    ("grants", "scopes", "allowed", "refused"),
    [
        (ALL, {"contacts": ["view"]}, [("view", "contacts")], [("edit", "contacts"), ("view", "deals"), ("view", "*")]),
        (ALL, {"*": ["view"]}, [("view", "deals"), ("view", "settings")], [("edit", "deals")]),
        (REP, {"*": ["view", "delete"]}, [("view", "deals")], [("delete", "deals"), ("view", "settings")]),
        (REP, {"settings": ["edit"]}, [], [("edit", "settings"), ("view", "deals")]),
        (REP, {"contacts": ["*"]}, [("edit", "contacts")], [("delete", "contacts"), ("edit", "deals")]),
        (REP, {"*": ["view"], "deals": []}, [("view", "contacts")], [("view", "deals")]),
        ({}, {"*": ["*"]}, [], [("view", "contacts")]),
    ],
)  # fmt: skip
def test_narrowed_allows_what_both_do(grants: Any, scopes: Any, allowed: Any, refused: Any) -> None:
    actor = Actor(kind="user", grants=narrowed(grants, scopes))

    assert [pair for pair in allowed if not actor.may(*pair)] == []
    assert [pair for pair in refused if actor.may(*pair)] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/contacts", 200),
        ("get", "/api/v1/deals", 403),
        ("post", "/api/v1/contacts", 403),
        ("get", "/api/v1/users", 403),
        ("get", "/api/v1/audit", 403),
        ("get", API, 403),
        ("post", API, 403),
    ],
)
def test_key_of_a_scope_reaches_so_far(company: Twin, method: str, path: str, status: int) -> None:
    client = program(company, company.owner(), scopes={"contacts": ["view"]})

    body = json.dumps({"name": "x"} if path == API else {"first_name": "Asha"})
    answer = client.get(path) if method == "get" else client.post(path, body, content_type="application/json")

    assert answer.status_code == status, answer.content


def test_key_shrinks_with_its_user(company: Twin) -> None:
    user = a_user(company, "manager")
    client = program(company, user, scopes={"deals": ["view", "edit"]})
    path = f"/api/v1/deals/{company.deal_id}"
    assert client.patch(path, "{}", content_type="application/json").status_code == 200

    change_role(user=user, role="read-only", by=robot())

    assert client.patch(path, "{}", content_type="application/json").status_code == 403
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "scopes",
    [
        {"contacts": ["fly"]},
        {"rockets": ["view"]},
        {},
        {"contacts": []},
        {"settings": ["edit"]},
        {"contacts": ["delete"]},
    ],
)
def test_scopes_beyond_the_maker_or_the_house_are_refused(company: Twin, scopes: Any) -> None:
    rep = a_user(company, "sales-rep")

    with pytest.raises(Invalid) as refused:
        create_api_key(user=rep, name="x", by=rep.actor, scopes=scopes)

    assert list(refused.value.errors) == ["scopes"]
    assert not ApiKey.objects.filter(user=rep).exists()


def test_key_ends(company: Twin) -> None:
    client = program(company, company.owner(), days=30)
    assert client.get("/api/v1/contacts").status_code == 200

    from tenants.identity.remembered import forget_keys

    ApiKey.objects.filter(expires_at__isnull=False).update(expires_at=timezone.now() - timedelta(seconds=1))
    forget_keys()

    assert client.get("/api/v1/contacts").status_code == 401


def test_first_use_of_a_day_and_address_is_in_the_audit(company: Twin) -> None:
    client = program(company, company.owner())

    for address in ("203.0.113.1", "203.0.113.1", "203.0.113.2", "203.0.113.1"):
        client.get("/api/v1/contacts", REMOTE_ADDR=address)

    rows = AuditEntry.objects.filter(action="api_key.used", details__name="Program").order_by("number")
    assert [row.machine for row in rows] == ["203.0.113.1", "203.0.113.2"]
    key = ApiKey.objects.get(name="Program")
    assert (key.last_machine, key.last_used_at is not None) == ("203.0.113.1", True)


def test_key_is_made_on_the_page_shown_once_and_listed(company: Twin, owner: Client) -> None:
    sent = {"name": "Forms", "days": "30", "reach": "some", "scopes": ["contacts:view", "contacts:create"]}

    made = owner.post("/settings/keys/new/", sent).content.decode()

    key = ApiKey.objects.get(name="Forms")
    assert key.scopes == {"contacts": ["create", "view"]}
    assert f"{key.prefix}." in made
    listing = owner.get("/settings/keys/").content.decode()
    assert "contacts: create, view" in listing
    assert f"{key.prefix}." not in listing
    assert key.digest not in made + listing


def test_ticks_narrow_the_key_even_under_everything(company: Twin, owner: Client) -> None:
    owner.post("/settings/keys/new/", {"name": "Forms", "days": "30", "reach": "all", "scopes": ["contacts:view"]})

    assert ApiKey.objects.get(name="Forms").scopes == {"contacts": ["view"]}


def test_page_names_what_is_wrong_and_keeps_what_was_ticked(company: Twin, owner: Client) -> None:
    nothing = owner.post("/settings/keys/new/", {"name": "Forms", "days": "", "reach": "some"})
    wrong = owner.post("/settings/keys/new/", {"name": "Forms", "days": "7", "reach": "some", "scopes": ["deals:view"]})

    assert (nothing.status_code, wrong.status_code) == (422, 422)
    assert "Allow the key at least one thing." in nothing.content.decode()
    assert 'value="deals:view" checked' in wrong.content.decode()


def test_keys_over_the_api(company: Twin, owner: Client) -> None:
    body = {"name": "Robot", "scopes": {"deals": ["view"]}, "days": 10}

    made = owner.post(API, json.dumps(body), content_type="application/json")

    assert (made.status_code, made.json()["scopes"]) == (201, {"deals": ["view"]})
    secret, key_id = made.json()["secret"], made.json()["id"]
    listed = owner.get(API)
    assert secret.partition(".")[2] not in listed.content.decode()
    assert "digest" not in listed.content.decode()
    client = Client(headers={"host": company.host, "authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/deals").status_code == 200
    assert owner.post(f"{API}/{key_id}/revocation").status_code == 204
    assert client.get("/api/v1/deals").status_code == 401
    assert company.with_key().post(API, json.dumps(body), content_type="application/json").status_code == 403


def test_reps_make_no_keys(company: Twin) -> None:
    rep = client_for(a_user(company, "sales-rep"), company.host)

    assert rep.get("/settings/keys/").status_code == 403
    assert rep.post("/settings/keys/new/", {"name": "x", "reach": "all"}).status_code == 403
    assert rep.post(API, json.dumps({"name": "x"}), content_type="application/json").status_code == 403


def test_noting_use_asks_nothing_for_minutes(company: Twin, django_assert_num_queries: Any) -> None:
    key = create_api_key(user=company.owner(), name="x", by=robot())[0]
    note_key_use(key)

    with django_assert_num_queries(0):
        note_key_use(key)
