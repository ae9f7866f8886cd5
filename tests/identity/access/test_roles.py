"""Roles: kept as said, never beyond what their maker holds, with a line in the audit for each."""

import json
from typing import Any

import pytest

from tenants.identity.actions import add_user
from tenants.identity.enums import DEFAULT_ROLES, OWNER
from tenants.identity.models import AuditEntry, Role, User
from tenants.identity.people import change_role, invite_user
from tenants.identity.roles.actions import copy_role, create_role, delete_role, update_role
from tenants.identity.roles.matrix import Access, access_of, presets
from tenants.identity.sharing.queries import shareable
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records.models import Rule
from tenants.records.queries import may_touch
from tenants.records.registry import type_named
from tests.factories import Twin, client_for, make
from tests.identity.access.conftest import Clerk
from tests.records.counting import queries_in
from tests.records.people import colleague

JSON = "application/json"
OWN = {"view": "own", "create": "all", "edit": "own", "delete": "none", "export": "none", "reveal": "none"}


def last(action: str) -> Any:
    return AuditEntry.objects.filter(action=action).order_by("-number").first()


def test_a_table_is_kept_and_read_back(company: Twin, by: Actor) -> None:
    records = {"*": OWN, "deals": {"view": "team", "edit": "own"}, "stages": {"view": "all"}}
    fields = {"deals": {"amount": "hidden", "probability": "read_only"}}

    role = create_role(name=" Field  partner ", access=Access(records=records, fields=fields), by=by)

    assert (role.name, role.slug) == ("Field partner", "field-partner")
    assert role.grants == {
        "*": ["view", "create", "edit"], "deals": ["view", "edit"], "stages": ["view"], "settings": [], "views": [],
    }  # fmt: skip
    assert role.reaches == {"*": {"view": "own", "edit": "own"}, "deals": {"view": "team", "edit": "own"}, "stages": {}}
    deals = {"view": "team", "create": "none", "edit": "own", "delete": "none", "export": "none", "reveal": "none"}
    assert access_of(role).records == {
        "*": OWN, "deals": deals, "stages": dict.fromkeys(deals, "none") | {"view": "all"},
    }  # fmt: skip
    assert access_of(role).fields == fields
    assert last("role.created").details["after"]["deals.view"] == "team"


@pytest.mark.parametrize("slug", [slug for slug in DEFAULT_ROLES if slug != OWNER])
def test_saving_a_built_in_role_as_it_is_changes_nothing(company: Twin, by: Actor, slug: str) -> None:
    before = access_of(Role.objects.get(slug=slug))

    after = access_of(update_role(role=Role.objects.get(slug=slug), access=before, by=by))

    assert after == before
    assert AuditEntry.objects.filter(action="role.changed").count() == 0


def test_a_sales_rep_sees_all_and_changes_what_the_team_owns(company: Twin) -> None:
    rep, other = colleague("Rohan Patil"), colleague("Farah Shaikh")
    mine, theirs = make("contacts", first_name="A", owner=rep.pk), make("contacts", first_name="B", owner=other.pk)

    may = [may_touch(rep.actor, verb, one) for verb in ("view", "edit", "delete") for one in (mine, theirs)]

    assert may == [True, True, True, False, False, False]


def test_a_change_counts_at_once_and_is_told_before_and_after(company: Twin, by: Actor) -> None:
    rep = colleague("Rohan Patil")
    theirs = make("contacts", first_name="B")
    role = Role.objects.get(slug="sales-rep")
    access = access_of(role)
    wider = Access(records={"*": access.records["*"] | {"edit": "all"}})

    update_role(role=role, access=wider, by=by)

    assert may_touch(User.objects.select_related("role").get(pk=rep.pk).actor, "edit", theirs)
    details = last("role.changed").details
    assert details == {"before": {"*.edit": "team"}, "after": {"*.edit": "all"}}


@pytest.mark.parametrize(
    ("records", "place"),
    [
        ({"*": {"view": "some"}}, "records.*.view"),
        ({"*": {"paint": "all"}}, "records.*.paint"),
        ({"rockets": {"view": "all"}}, "records.rockets"),
        ({"*": {"view": "all", "create": "own"}}, "records.*.create"),
        ({"stages": {"view": "own"}}, "records.stages.view"),
        ({"notes": {"view": "team"}}, "records.notes.view"),
        ({"deals": {"edit": "all"}}, "records.deals.view"),
    ],
)
def test_nonsense_names_its_cell(company: Twin, by: Actor, records: Any, place: str) -> None:
    before = Role.objects.count()

    with pytest.raises(Invalid) as refusal:
        create_role(name="Odd", access=Access(records=records), by=by)

    assert list(refusal.value.errors) == [place]
    assert Role.objects.count() == before


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "Manager"])
def test_names_are_checked(company: Twin, by: Actor, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_role(name=name, access=Access(records={"*": OWN}), by=by)

    assert list(refusal.value.errors) == ["name"]


@pytest.mark.parametrize(
    ("type_name", "field"),
    [
        ("contacts", "name"), ("contacts", "owner"), ("contacts", "tags"), ("contacts", "external_id"),
        ("deals", "stage"), ("leads", "status"), ("stages", "pipeline"), ("stages", "name"),
    ],
)  # fmt: skip
def test_some_fields_cannot_be_hidden(company: Twin, by: Actor, type_name: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_role(name="Blind", access=Access(records={"*": OWN}, fields={type_name: {field: "hidden"}}), by=by)
    assert list(refusal.value.errors) == [f"fields.{type_name}.{field}"]

    # Whatever wrote it into the row: the enforcer does not hide it.
    rep = colleague("Rohan Patil")
    Role.objects.filter(slug="sales-rep").update(field_rules={type_name: {field: "hidden"}})
    with context.acting(User.objects.select_related("role").get(pk=rep.pk).actor):
        assert field in type_named(type_name).fields


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ({"rockets": {"name": "hidden"}}, "fields.rockets"),
        ({"deals": {"thrust": "hidden"}}, "fields.deals.thrust"),
        ({"deals": {"amount": "blurred"}}, "fields.deals.amount"),
        ({"deals": {"name": "read_only"}}, "fields.deals.name"),
    ],
)
def test_field_rules_are_checked(company: Twin, by: Actor, rules: Any, place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_role(name="Odd", access=Access(records={"*": OWN}, fields=rules), by=by)

    assert list(refusal.value.errors) == [place]


def test_nobody_gives_more_than_they_hold(company: Twin, clerk: Clerk) -> None:
    by = clerk(view="all", create="all", edit="team").actor
    wide = {"*": {"view": "all", "edit": "all", "delete": "own"}}

    with pytest.raises(Invalid) as refusal:
        create_role(name="Wide", access=Access(records=wide), by=by)
    assert list(refusal.value.errors) == ["records.*.edit", "records.*.delete"]
    with pytest.raises(Invalid) as refusal:
        create_role(name="Sharer", access=Access(records={"*": {"view": "all"}}, shares_views=True), by=by)
    assert list(refusal.value.errors) == ["shares_views"]
    with pytest.raises(Invalid):
        copy_role(role=Role.objects.get(slug="manager"), name="Second manager", by=by)
    assert create_role(name="Narrow", access=Access(records={"*": {"view": "all", "edit": "own"}}), by=by).pk

    # What a role has already may stay, and what is taken away needs nobody's leave.
    manager = Role.objects.get(slug="manager")
    fewer = Access(records={"*": access_of(manager).records["*"] | {"export": "none"}})
    assert access_of(update_role(role=manager, access=fewer, by=by)).records["*"]["delete"] == "all"


def test_nobody_opens_a_field_that_is_closed_to_them(company: Twin, clerk: Clerk) -> None:
    by = clerk(view="all", fields={"deals": {"amount": "hidden"}}).actor
    records = {"*": {"view": "all"}}

    for rules in ({}, {"deals": {"amount": "read_only"}}):
        with pytest.raises(Invalid) as refusal:
            create_role(name="Seer", access=Access(records=records, fields=rules), by=by)
        assert list(refusal.value.errors) == ["fields.deals.amount"]
    assert create_role(name="Seer", access=Access(records=records, fields={"deals": {"amount": "hidden"}}), by=by).pk


def test_nobody_is_given_a_role_beyond_ones_own(company: Twin, clerk: Clerk) -> None:
    by, rep = clerk(view="all", create="all", edit="team").actor, colleague("Rohan Patil", "read-only")

    for role in ("manager", "admin", OWNER):
        with pytest.raises(Denied):
            change_role(user=rep, role=role, by=by)
        with pytest.raises(Denied):
            invite_user(email="new@works.example", name="New", role=role, by=by)
    assert change_role(user=rep, role="sales-rep", by=by).role.slug == "sales-rep"  # type: ignore[union-attr]


def test_the_owners_role_stays_and_nobody_locks_themselves_out(company: Twin, by: Actor, clerk: Clerk) -> None:
    with pytest.raises(Denied):
        update_role(role=Role.objects.get(slug=OWNER), access=Access(records={"*": OWN}), by=by)
    me = clerk(view="all")
    with pytest.raises(Invalid) as refusal:
        update_role(role=me.role, access=Access(records={"*": {"view": "all"}}), by=me.actor)  # type: ignore[arg-type]
    assert list(refusal.value.errors) == ["settings"]
    with pytest.raises(Denied):
        create_role(name="Mine", access=Access(records={}), by=colleague("Kabir Mehta", "manager").actor)


def test_a_role_in_use_goes_only_with_its_people_placed(company: Twin, by: Actor) -> None:
    role = create_role(name="Partner", access=Access(records={"*": OWN}), by=by)
    user = add_user(email="p@works.example", name="P", role="partner")
    Rule.objects.create(name="For partners", record_type="contacts", filter={"field": "city", "op": "empty"}, role=role)

    with pytest.raises(Invalid) as refusal:
        delete_role(role=role, by=by)
    assert list(refusal.value.errors) == ["to"]
    for other in (role, Role.objects.get(slug=OWNER)):
        with pytest.raises(Invalid):
            delete_role(role=role, to=other, by=by)
    with pytest.raises(Conflict):
        delete_role(role=Role.objects.get(slug="support"), to=Role.objects.get(slug="manager"), by=by)

    delete_role(role=role, to=Role.objects.get(slug="read-only"), by=by)

    user.refresh_from_db()
    assert user.role
    assert user.role.slug == "read-only"
    assert not Rule.objects.filter(name="For partners").exists()
    details = last("role.deleted").details
    assert (details["people"], details["after"]) == (["p@works.example"], "read-only")


def test_the_page_says_what_the_api_says(twins: tuple[Twin, Twin]) -> None:
    a = twins[0]
    api, browser = a.with_key(), a.signed_in()
    sent = {
        "name": "Field partner", "named": ["deals"], "records.*.view": "own", "records.*.create": "all",
        "records.*.edit": "own", "records.deals.view": "team", "fields.deals.amount": "hidden",
        "fields.deals.source": "",
    }  # fmt: skip

    assert browser.post("/settings/roles/new/", sent)["Location"] == "/settings/roles/"
    by_page = next(one for one in api.get("/api/v1/roles").json()["items"] if one["name"] == "Field partner")
    body = {
        "name": "Field partner 2",
        "records": {"*": {"view": "own", "create": "all", "edit": "own"}, "deals": {"view": "team"}},
        "fields": {"deals": {"amount": "hidden"}},
    }
    by_api = api.post("/api/v1/roles", json.dumps(body), content_type=JSON)

    assert by_api.status_code == 201
    same = ("records", "fields", "settings", "shares_views", "is_built_in", "people")
    assert {name: by_page[name] for name in same} == {name: by_api.json()[name] for name in same}
    path = f"/api/v1/roles/{by_page['id']}"
    assert api.patch(path, json.dumps({"settings": True}), content_type=JSON).json()["settings"] is True
    page = browser.get(f"/settings/roles/{by_page['id']}/").content.decode()
    assert 'name="settings" checked' in page
    assert (
        api.post(f"{path}/copy", json.dumps({"name": "Third"}), content_type=JSON).json()["records"]
        == by_page["records"]
    )
    assert api.delete(path).status_code == 204
    assert (api.get(path).status_code, twins[1].with_key().get(path).status_code) == (404, 404)


def test_a_refused_page_loses_nothing_and_marks_the_cell(twins: tuple[Twin, Twin]) -> None:
    sent = {"name": "Manager", "records.*.view": "none", "records.*.edit": "all", "fields.deals.stage": "hidden"}

    answer = twins[0].signed_in().post("/settings/roles/new/", sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Manager"' in page
    assert "Whoever may change records has to see them" in page
    assert '<option value="all" selected>all</option>' in page


def test_presets_fill_the_table(twins: tuple[Twin, Twin]) -> None:
    browser = twins[0].signed_in()

    with context.inside(twins[0].place):
        names = list(presets())
    pages = {name: browser.get(f"/settings/roles/matrix/?preset={name}") for name in names}

    assert names == ["admin", "manager", "sales-rep", "support", "read-only", "own"]
    assert {page.status_code for page in pages.values()} == {200}
    assert pages["own"].content.decode().count('<option value="own" selected>') == 2 * (1 + len(shareable()))
    assert browser.get("/settings/roles/matrix/?preset=king").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/settings/roles/",
        "/settings/roles/new/",
        "/settings/sharing/",
        "/settings/sharing/new/",
        "/settings/stand-ins/",
    ],
)
def test_doors(twins: tuple[Twin, Twin], path: str) -> None:
    found = {}
    for role in DEFAULT_ROLES:
        with context.inside(twins[0].place):
            user = twins[0].owner() if role == OWNER else colleague(f"Person {role}", role)
            browser = client_for(user, twins[0].host)
        found[role] = browser.get(path).status_code

    assert found == dict.fromkeys(DEFAULT_ROLES, 403) | {OWNER: 200, "admin": 200}


def test_the_list_costs_the_same(twins: tuple[Twin, Twin], by: Actor) -> None:
    browser = twins[0].signed_in()

    def cost() -> int:
        return queries_in(lambda: browser.get("/settings/roles/"))

    cost()
    one = cost()
    with context.inside(twins[0].place):
        for name in ("A", "B", "C"):
            create_role(name=name, access=Access(records={"*": OWN}), by=by)
    assert cost() == one
