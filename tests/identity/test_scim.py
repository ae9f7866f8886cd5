"""SCIM by a scripted directory: create, patch, deactivate, groups, filters, pages, errors in its form."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tenants.identity.errors import OwnersOnly
from tenants.identity.models import AuditEntry, ScimClient, Team, User
from tenants.identity.scim.clients import create_client, revoke_client
from tenants.identity.scim.errors import ScimError
from tenants.identity.scim.filters import condition
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin
from tests.identity.conftest import a_user

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
NOBODY = "01890000-0000-7000-8000-000000000000"


class Directory:
    """Speaks as Entra ID, Okta and their like do."""

    def __init__(self, twin: Twin, token: str) -> None:
        self.client = Client(headers={"host": twin.host, "authorization": f"Bearer {token}"}, enforce_csrf_checks=True)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = json.dumps(body) if body is not None else ""
        answer = self.client.generic(method, f"/scim/v2/{path}", data, content_type="application/scim+json")
        assert answer["Content-Type"] == "application/scim+json"
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def get(self, path: str) -> Any:
        status, body = self.ask("GET", path)
        assert status == 200, body
        return body

    def found(self, kind: str, wanted: str) -> list[str]:
        body = self.client.get(f"/scim/v2/{kind}", {"filter": wanted}).json()
        assert "Resources" in body, body
        return [one.get("userName") or one["displayName"] for one in body["Resources"]]

    def make(self, called: str, **more: Any) -> Any:
        body = {"schemas": [USER], "userName": called, "emails": [{"value": called, "primary": True}], "active": True}
        status, made = self.ask("POST", "Users", body | more)
        assert status == 201, made
        return made

    def group(self, name: str, *members: str) -> Any:
        told = {"schemas": [GROUP], "displayName": name, "externalId": f"g-{name}"}
        status, made = self.ask("POST", "Groups", told | {"members": [{"value": one} for one in members]})
        assert status == 201, made
        return made

    def patch(self, path: str, *operations: dict[str, Any]) -> tuple[int, Any]:
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


@pytest.fixture
def made(twins: tuple[Twin, Twin]) -> tuple[ScimClient, str]:
    with context.inside(twins[0].place, actor=robot()):
        return create_client(
            name="Entra ID", default_role="sales-rep", role_groups=[["CRM admins", "admin"], ["CRM leads", "manager"]],
            by=robot(),
        )  # fmt: skip


@pytest.fixture
def directory(twins: tuple[Twin, Twin], made: tuple[ScimClient, str]) -> Directory:
    return Directory(twins[0], made[1])


def role_of(twin: Twin, email: str) -> str:
    with context.inside(twin.place):
        role = User.objects.get(email=email).role
        return role.slug if role else ""


def test_directory_makes_a_person(directory: Directory, twins: tuple[Twin, Twin]) -> None:
    made = directory.make(
        "meera@works.example", externalId="e-1", name={"givenName": "Meera", "familyName": "Iyer"},
    )  # fmt: skip

    assert made["meta"]["location"] == f"http://works.alpha.localhost:{settings.PORT}/scim/v2/Users/{made['id']}"
    assert (made["name"]["formatted"], made["externalId"], made["active"]) == ("Meera Iyer", "e-1", True)
    assert directory.get(f"Users/{made['id']}") == made
    with context.inside(twins[0].place):
        user = User.objects.get(email="meera@works.example")
        assert (user.role.slug, user.state, user.has_usable_password()) == ("sales-rep", "active", False)
        assert AuditEntry.objects.filter(action="user.provisioned", actor_name="Entra ID").count() == 1


def test_same_person_twice_is_a_conflict(directory: Directory) -> None:
    directory.make("meera@works.example")

    status, body = directory.ask("POST", "Users", {"schemas": [USER], "userName": "MEERA@works.example"})

    assert (status, body["scimType"], body["status"], body["schemas"]) == (409, "uniqueness", "409", [ERROR])


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "active", "value": False},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": False}},
    ],
)
def test_directory_shuts_a_person_out_in_every_dialect(
    directory: Directory, twins: tuple[Twin, Twin], operation: dict[str, Any]
) -> None:
    made = directory.make("meera@works.example")
    browser = twins[0].signed_in("meera@works.example")
    assert browser.get("/settings/profile/").status_code == 200

    status, body = directory.patch(f"Users/{made['id']}", operation)

    assert (status, body["active"]) == (200, False)
    assert browser.get("/settings/profile/").status_code == 302
    assert directory.patch(f"Users/{made['id']}", {"op": "replace", "path": "active", "value": True})[1]["active"]


def test_directory_changes_a_person(directory: Directory) -> None:
    made = directory.make("meera@works.example", name={"givenName": "Meera", "familyName": "Iyer"})

    status, body = directory.patch(
        f"Users/{made['id']}",
        {"op": "add", "path": "name.familyName", "value": "Rao"},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "meera.rao@works.example"},
        {"op": "replace", "path": "externalId", "value": "e-9"},
        {"op": "replace", "path": "nickName", "value": "M"},
    )

    assert (status, body["displayName"], body["emails"][0]["value"], body["externalId"]) == (
        200, "Meera Rao", "meera.rao@works.example", "e-9",
    )  # fmt: skip
    whole = {"schemas": [USER], "userName": "mr", "displayName": "M. Rao", "emails": [{"value": "mr@works.example"}]}
    status, body = directory.ask("PUT", f"Users/{made['id']}", whole)
    assert (status, body["userName"], body["displayName"], body["emails"][0]["value"]) == (
        200, "mr", "M. Rao", "mr@works.example",
    )  # fmt: skip


def test_taken_or_bad_address_is_refused_and_nothing_changes(directory: Directory) -> None:
    first, _second = directory.make("meera@works.example"), directory.make("ravi@works.example")

    for value, status in (("ravi@works.example", 409), ("no address", 400)):
        told = directory.patch(
            f"Users/{first['id']}", {"op": "replace", "path": "emails[primary eq true].value", "value": value}
        )
        assert told[0] == status, told
    assert directory.get(f"Users/{first['id']}")["emails"][0]["value"] == "meera@works.example"


def test_deleted_person_is_gone_there_shut_out_here_and_may_return(
    directory: Directory, twins: tuple[Twin, Twin]
) -> None:
    made = directory.make("meera@works.example")

    assert directory.ask("DELETE", f"Users/{made['id']}") == (204, None)

    assert directory.ask("GET", f"Users/{made['id']}")[0] == 404
    assert directory.found("Users", 'userName eq "meera@works.example"') == []
    with context.inside(twins[0].place):
        assert User.objects.get(email="meera@works.example").is_active is False
    again = directory.make("meera@works.example")
    assert (again["id"], again["active"]) == (made["id"], True)


def test_owners_are_read_and_never_changed(directory: Directory, twins: tuple[Twin, Twin]) -> None:
    owner = twins[0].owner()
    path = f"Users/{owner.pk}"

    assert directory.get(path)["active"] is True
    assert directory.patch(path, {"op": "replace", "path": "active", "value": False})[0] == 403
    assert directory.ask("PUT", path, {"schemas": [USER], "userName": "x@y.example"})[0] == 403
    assert directory.ask("DELETE", path)[0] == 403
    group = directory.group("CRM leads", str(owner.pk))
    assert role_of(twins[0], owner.email) == "owner"
    directory.ask("DELETE", f"Groups/{group['id']}")
    assert role_of(twins[0], owner.email) == "owner"


def test_groups_are_teams_and_some_give_roles(directory: Directory, twins: tuple[Twin, Twin]) -> None:
    meera, ravi = directory.make("meera@works.example"), directory.make("ravi@works.example")
    leads = directory.group("CRM leads", meera["id"])
    directory.group("West", ravi["id"])
    assert role_of(twins[0], "meera@works.example") == "manager"
    assert role_of(twins[0], "ravi@works.example") == "sales-rep"
    with context.inside(twins[0].place):
        assert set(Team.objects.values_list("name", flat=True)) == {"CRM leads", "West"}

    status, body = directory.patch(
        f"Groups/{leads['id']}",
        {"op": "Add", "path": "members", "value": [{"value": ravi["id"]}]},
        {"op": "Remove", "path": f'members[value eq "{meera["id"]}"]'},
    )

    assert (status, [one["value"] for one in body["members"]]) == (200, [ravi["id"]])
    assert role_of(twins[0], "meera@works.example") == "sales-rep"
    assert role_of(twins[0], "ravi@works.example") == "manager"
    assert {one["display"] for one in directory.get(f"Users/{ravi['id']}")["groups"]} == {"CRM leads", "West"}
    admins = directory.group("CRM admins", ravi["id"])
    assert role_of(twins[0], "ravi@works.example") == "admin"
    directory.ask("DELETE", f"Groups/{admins['id']}")
    assert role_of(twins[0], "ravi@works.example") == "manager"
    directory.patch(f"Groups/{leads['id']}", {"op": "remove", "path": "members"})
    assert role_of(twins[0], "ravi@works.example") == "sales-rep"


def test_group_is_renamed_replaced_and_keeps_its_leaders(directory: Directory, twins: tuple[Twin, Twin]) -> None:
    meera, ravi = directory.make("meera@works.example"), directory.make("ravi@works.example")
    west = directory.group("West", meera["id"])
    with context.inside(twins[0].place):
        Team.objects.get(name="West").memberships.update(is_leader=True)

    assert directory.patch(f"Groups/{west['id']}", {"op": "replace", "value": {"displayName": "Pune"}})[0] == 200
    told = {"schemas": [GROUP], "displayName": "Pune", "members": [{"value": meera["id"]}, {"value": ravi["id"]}]}
    assert directory.ask("PUT", f"Groups/{west['id']}", told)[0] == 200

    with context.inside(twins[0].place):
        rows = Team.objects.get(name="Pune").memberships.values_list("user__email", "is_leader")
        assert set(rows) == {("meera@works.example", True), ("ravi@works.example", False)}
    assert directory.found("Groups", 'externalId eq "g-West"') == ["Pune"]
    assert directory.found("Groups", f'members.value eq "{ravi["id"]}"') == ["Pune"]
    assert directory.ask("POST", "Groups", {"schemas": [GROUP], "displayName": "Pune"})[0] == 409
    assert directory.ask("POST", "Groups", told | {"displayName": "X", "members": [{"value": NOBODY}]})[0] == 400
    assert "members" not in directory.get("Groups?excludedAttributes=members")["Resources"][0]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ('userName eq "MEERA@works.example"', ["meera@works.example"]),
        ('emails.value sw "ravi"', ["ravi@works.example"]),
        ('displayName co "eer" and active eq true', ["meera@works.example"]),
        ('(userName ew "nowhere" or externalId eq "e-2") and not (active eq false)', ["ravi@works.example"]),
        ('externalId pr and userName ne "ravi@works.example"', ["meera@works.example"]),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ravi@works.example"', ["ravi@works.example"]),
        ('userName eq "a\\"b"', []),
        ('id eq "no id"', []),
    ],
)  # fmt: skip
def test_filters_find(directory: Directory, wanted: str, names: list[str]) -> None:
    directory.make("meera@works.example", displayName="Meera", externalId="e-1")
    directory.make("ravi@works.example", displayName="Ravi", externalId="e-2")

    assert directory.found("Users", wanted) == names


@pytest.mark.parametrize(
    "wanted",
    [
        "userName", "userName eq", 'userName eq "a', "userName eq a", 'password eq "x"', 'userName like "a"', "(",
        'userName eq "a" userName eq "b"', 'active gt "x"', "not " * 40 + 'userName eq "a"', '"' * 3000,
        "(" * 40 + 'userName eq "a"' + ")" * 40, 'role__grants eq "x"', 'userName eq "\x00"',
    ],
)  # fmt: skip
def test_filters_that_make_no_sense_are_refused(directory: Directory, wanted: str) -> None:
    answer = directory.client.get("/scim/v2/Users", {"filter": wanted})

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


def test_filter_reads_and_before_or() -> None:
    columns = {"a": "a", "b": "b", "c": "c"}

    assert str(condition('a eq "1" or b eq "2" and c eq "3"', columns)) == (
        "(OR: ('a__iexact', '1'), (AND: ('b__iexact', '2'), ('c__iexact', '3')))"
    )
    with pytest.raises(ScimError):
        condition("", columns)


def test_pages_count_from_one(directory: Directory) -> None:
    names = [f"p{n}@works.example" for n in range(5)]
    for name in names:
        directory.make(name)
    total = directory.get("Users")["totalResults"]

    pages = [directory.get(f"Users?startIndex={start}&count=2") for start in (1, 3, 5)]

    shown = [one["userName"] for page in pages for one in page["Resources"]]
    assert (len(shown), len(set(shown)), total) == (6, 6, 6)
    assert {page["totalResults"] for page in pages} == {6}
    assert directory.get("Users?count=0")["Resources"] == []
    assert directory.get("Users?startIndex=-3&count=1")["startIndex"] == 1
    assert directory.ask("GET", "Users?count=many")[0] == 400


def test_lists_cost_the_same_for_any_number_of_people(directory: Directory, django_assert_num_queries: Any) -> None:
    directory.group("West", directory.make("p0@works.example")["id"])
    for _warm in range(2):
        directory.get("Users")
    with django_assert_num_queries(5):
        directory.get("Users")
    for n in range(1, 4):
        directory.group(f"Team {n}", directory.make(f"p{n}@works.example")["id"])

    with django_assert_num_queries(5):
        directory.get("Users")


@pytest.mark.parametrize("path", ["ServiceProviderConfig", "ResourceTypes", "Schemas"])
def test_directory_asks_what_we_can_do(directory: Directory, path: str) -> None:
    assert directory.get(path)["schemas"]


def test_nonsense_is_answered_in_the_form_of_scim(directory: Directory) -> None:
    made = directory.make("meera@works.example")
    path = f"Users/{made['id']}"
    asked = [
        ("GET", f"Users/{NOBODY}", None, 404), ("GET", "Nothing", None, 404), ("GET", "Users/no-id", None, 404),
        ("POST", "Users", [], 400), ("POST", "Users", {}, 400), ("PATCH", path, {}, 400),
        ("DELETE", "Users", None, 405),
        ("PATCH", path, {"schemas": [PATCH], "Operations": [{"op": "jump"}]}, 400),
        ("PATCH", path, {"schemas": [PATCH], "Operations": [{"op": "remove"}]}, 400),
        ("PATCH", path, {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": "x"}]}, 400),
        ("PATCH", path, {"schemas": [PATCH], "Operations": ["x"]}, 400),
        ("POST", "Users", {"userName": "\x00"}, 400),
        ("POST", "Users", {"userName": "x", "emails": "y"}, 400),
        ("POST", "Users", {"userName": "x@y.example", "displayName": "x" * 500}, 400),
    ]  # fmt: skip
    for method, where, body, expected in asked:
        status, told = directory.ask(method, where, body)
        assert (status, told["schemas"], told["status"]) == (expected, [ERROR], str(expected)), (where, body, told)


def test_token_is_for_one_company_and_for_scim_alone(
    directory: Directory, made: tuple[ScimClient, str], twins: tuple[Twin, Twin]
) -> None:
    bearer = {"authorization": f"Bearer {made[1]}"}
    assert Client(headers={"host": twins[1].host} | bearer).get("/scim/v2/Users").status_code == 401
    assert Client(headers={"host": twins[0].agency_host} | bearer).get("/scim/v2/Users").status_code == 404
    assert Client(headers={"host": twins[0].host} | bearer).get("/api/v1/contacts").status_code == 401
    for header in ("", "Bearer", "Bearer x", f"Basic {made[1]}", f"Bearer {made[1]}x", f"Bearer {twins[0].api_key}"):
        told = Client(headers={"host": twins[0].host, "authorization": header}).get("/scim/v2/Users")
        assert (told.status_code, told.json()["schemas"]) == (401, [ERROR]), header
    assert twins[0].signed_in().get("/scim/v2/Users").status_code == 401


def test_revoked_token_is_nobody(directory: Directory, made: tuple[ScimClient, str], twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, actor=robot()):
        revoke_client(client=made[0], by=robot())

    assert directory.ask("GET", "Users")[0] == 401


def test_only_owners_connect_directories(owner: Client, twins: tuple[Twin, Twin]) -> None:
    admin = a_user(twins[0], "admin")
    with context.inside(twins[0].place), pytest.raises(OwnersOnly):
        create_client(name="X", default_role="sales-rep", role_groups=[], by=admin.actor)

    values = {"name": "Okta", "default_role": "support", "role_groups": "Leads = manager"}
    assert (
        owner.post("/settings/sign-in/directories/new/", values | {"role_groups": "Leads = owner"}).status_code == 422
    )
    page = owner.post("/settings/sign-in/directories/new/", values).content.decode()
    token = page.split('id="scim-token">')[1].split("<")[0]
    assert Directory(twins[0], token).get("Users")["totalResults"] == 2
    assert token not in owner.get("/settings/sign-in/directories/").content.decode()
