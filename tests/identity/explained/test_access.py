"""Who can see this, and why: the same answer as the enforcer's, for everybody, and only to those who may ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.identity.explained.queries import PAGE
from tenants.identity.models import Delegation, Role, Team, TeamMember, User
from tenants.identity.permits import forget_permits, permit_of, permits_of
from tenants.kernel import context
from tenants.records.models import Rule, Share
from tenants.records.queries import may_touch
from tenants.records.registry import type_named
from tests.factories import Twin, client_for, make
from tests.records.counting import queries_in
from tests.records.people import colleague
from tests.records.sight.scenes import LIMITS, TYPES, limit, may, scene

HTMX = {"HX-Request": "true"}
VERBS = ("view", "edit", "delete")


def answers(api: Client, kind: str, record: Any) -> dict[str, dict[str, bool]]:
    """Everybody, page after page."""
    found, page = {}, 1
    while page:
        told = api.get(f"/api/v1/{kind}/{record.pk}/access?page={page}").json()
        found |= {
            one["user"]["id"]: {verb["verb"]: verb["is_allowed"] for verb in one["verbs"]} for one in told["items"]
        }
        page = told["next"]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_api_says_what_the_enforcer_does(company: Twin, seed: int) -> None:
    made, api = scene(seed), company.with_key()

    for kind in TYPES:
        for record in made.records[kind]:
            told = answers(api, kind, record)
            for user in made.users:
                wanted = {verb: may(made, user, kind, record, verb) for verb in VERBS}
                assert told[str(user.pk)] == wanted, (seed, user, record)
                assert {verb: may_touch(made.actor(user), verb, record) for verb in VERBS} == wanted


@pytest.mark.parametrize("seed", range(4))
def test_fields_are_as_the_enforcer_has_them(company: Twin, seed: int) -> None:
    made, api = scene(seed), company.with_key()

    for user in made.users:
        for kind in TYPES:
            record = made.records[kind][0]
            one = api.get(f"/api/v1/{kind}/{record.pk}/access?user={user.pk}").json()["items"][0]
            told = {field["name"]: field["access"] for field in one["fields"]}
            edits = may(made, user, kind, record, "edit")
            with context.acting(made.actor(user)):
                seen, writable = type_named(kind).fields, type_named(kind).writable
            for name in LIMITS[kind]:
                rule = limit(made, user, kind, name)
                wanted = "hidden" if rule == "hidden" else "editable" if edits and not rule else "read_only"
                assert told[name] == wanted, (seed, user, name)
                assert (name in seen, name in writable and edits) == (wanted != "hidden", wanted == "editable")


@pytest.mark.parametrize("seed", range(6))
def test_permits_of_many_are_those_of_each(company: Twin, seed: int) -> None:
    made = scene(seed)
    users = list(User.objects.select_related("role"))

    together = permits_of(users)
    for user in users:
        forget_permits()
        assert permit_of(user) == together[user.pk], user
    assert {user.pk for user in made.users} <= set(together)


@pytest.fixture
def ravi(company: Twin) -> Any:
    """Sees and edits his own contacts only, without phone numbers, sources to read."""
    role = Role.objects.create(
        name="Own rep", slug="own-rep", grants={"*": ["view", "create", "edit"], "settings": []},
        reaches={"contacts": {"view": "own", "edit": "own"}},
        field_rules={"contacts": {"phone": "hidden", "source": "read_only"}},
    )  # fmt: skip
    return colleague("Ravi Rao", role.slug)


def ask(company: Twin, record: Any, user: Any, kind: str = "contacts") -> dict[str, Any]:
    found: dict[str, Any] = (
        company.with_key().get(f"/api/v1/{kind}/{record.pk}/access?user={user.pk}").json()["items"][0]
    )
    return found


def verb(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in told["verbs"] if one["verb"] == name)


def test_chain_names_what_holds_and_what_would_open_it(company: Twin, ravi: Any) -> None:
    asha, team = colleague("Asha Rao"), Team.objects.create(name="Roofs")
    TeamMember.objects.create(team=team, user=ravi)
    contact = make("contacts", first_name="Priya", last_name="Nair", owner=asha.pk, city="Pune")
    Rule.objects.create(
        name="Goa for all", record_type="contacts", filter={"field": "city", "op": "is", "value": "Goa"}
    )

    told = verb(ask(company, contact, ravi), "view")

    assert told["is_allowed"] is False
    assert [(one["kind"], one["words"], one["holds"]) for one in told["steps"]] == [
        ("own", "Own rep, their own records", False), ("rule", "Goa for all", False),
    ]  # fmt: skip
    assert told["needed"] == [
        "Being its owner", "The rule “Goa for all”, if the record met it", "A share of this record",
        "A role that reaches further than Own rep",
    ]  # fmt: skip

    Share.objects.create(record_type="contacts", record_id=contact.pk, team=team)
    told = ask(company, contact, ravi)
    assert [one["kind"] for one in verb(told, "view")["steps"] if one["holds"]] == ["share"]
    assert verb(told, "view")["needed"] == []
    assert verb(told, "edit")["is_allowed"] is False
    assert "A share of this record that lets them edit" in verb(told, "edit")["needed"]
    assert verb(told, "delete")["refusal"] == "Own rep may not delete contacts at all"
    assert verb(told, "delete")["needed"] == ["A role that may delete contacts"]


def test_what_is_lent_is_named(company: Twin, ravi: Any) -> None:
    asha = colleague("Asha Rao")
    contact = make("contacts", first_name="Priya", last_name="Nair", owner=asha.pk)
    Delegation.objects.create(lender=asha, borrower=ravi, until=timezone.now() + timedelta(days=3))

    told = ask(company, contact, ravi)

    lent = [one["lent_by"] for one in verb(told, "view")["steps"] if one["holds"]]
    assert len(lent) == 1
    assert lent[0].startswith("Asha Rao, until ")
    phone = next(one for one in told["fields"] if one["name"] == "phone")
    assert phone["access"] == "editable"
    assert [step.split(",")[0] for step in phone["chain"]] == [
        "Hidden from Own rep by a field rule", "Asha Rao", "No rule limits it",
    ]  # fmt: skip


def test_fields_of_one_record(company: Twin, ravi: Any) -> None:
    mine = make("contacts", first_name="Mine", last_name="Own", owner=ravi.pk)
    other = make("contacts", first_name="Not", last_name="Mine")

    def access(record: Any) -> dict[str, str]:
        return {one["name"]: one["access"] for one in ask(company, record, ravi)["fields"]}

    names = ("first_name", "phone", "source", "created_at")
    assert [access(mine)[name] for name in names] == ["editable", "hidden", "read_only", "read_only"]
    assert [access(other)[name] for name in names] == ["read_only", "hidden", "read_only", "read_only"]


def test_who_may_not_ask_about_others_asks_about_themselves(company: Twin, ravi: Any) -> None:
    contact = make("contacts", first_name="Mine", last_name="Own", owner=ravi.pk)
    Rule.objects.create(
        name="Secret plan", record_type="contacts", filter={"field": "city", "op": "is", "value": "Goa"}
    )
    browser = client_for(ravi, company.host)
    path = f"/api/v1/contacts/{contact.pk}/access"

    assert browser.get(path).status_code == 403
    assert browser.get(f"{path}?user={company.owner().pk}").status_code == 403
    assert browser.get(f"/contacts/{contact.pk}/access/{company.owner().pk}/").status_code == 403
    told = browser.get(f"{path}?user=me").json()["items"][0]
    assert told["user"]["name"] == "Ravi Rao"
    assert "phone" not in {one["name"] for one in told["fields"]}
    page = browser.get(f"/contacts/{contact.pk}/access/", headers=HTMX).content.decode()
    assert "Why you see this" in page
    for text in (str(told), page):
        assert "Secret plan" not in text
        assert "Phone" not in text


def test_what_one_does_not_see_is_not_there(company: Twin, ravi: Any) -> None:
    contact = make("contacts", first_name="Not", last_name="His")
    browser = client_for(ravi, company.host)

    for path in (f"/api/v1/contacts/{contact.pk}/access?user=me", f"/contacts/{contact.pk}/access/"):
        assert browser.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [("user=x", 422), ("page=0", 422), ("page=x", 422), ("q=%00", 200),
     ("user=0197a6c0-0000-7000-8000-000000000000", 404)],
)  # fmt: skip
def test_bad_questions(company: Twin, query: str, status: int) -> None:
    assert company.with_key().get(f"/api/v1/contacts/{company.contact_id}/access?{query}").status_code == status


def test_another_company_finds_nothing(twins: tuple[Twin, Twin]) -> None:
    assert twins[1].with_key().get(f"/api/v1/contacts/{twins[0].contact_id}/access").status_code == 404


def test_members_are_paged_and_found_by_name(company: Twin) -> None:
    for number in range(PAGE + 2):
        colleague(f"Zed {number:02}", "read-only")
    owner = company.signed_in()
    path = f"/contacts/{company.contact_id}/access/"

    first = owner.get(path, headers=HTMX).content.decode()
    assert ("Zed 00" in first, f"Zed {PAGE + 1:02}" in first, "?page=2" in first) == (True, False, True)
    assert f"Zed {PAGE + 1:02}" in owner.get(f"{path}?page=2", headers=HTMX).content.decode()
    rows = owner.get(f"{path}?q=zed+07", headers=HTMX | {"HX-Target": "access-rows"}).content.decode()
    assert ("Zed 07" in rows, "Zed 08" in rows, "<dialog" in rows) == (True, False, False)
    told = company.with_key().get(f"/api/v1/contacts/{company.contact_id}/access?q=zed").json()
    assert (told["total"], len(told["items"]), told["next"]) == (PAGE + 2, PAGE, 2)


def test_costs_the_same_for_1_and_3_members(company: Twin, ravi: Any) -> None:
    team = Team.objects.create(name="Roofs")
    TeamMember.objects.create(team=team, user=ravi, is_leader=True)
    Rule.objects.create(name="Goa", record_type="contacts", filter={"field": "city", "op": "is", "value": "Goa"})
    Share.objects.create(record_type="contacts", record_id=company.contact_id, user=ravi)
    owner = company.signed_in()
    path = f"/contacts/{company.contact_id}/access/"
    owner.get(path)

    def cost() -> int:
        forget_permits()
        return queries_in(lambda: owner.get(path, headers=HTMX))

    one = cost()
    for name in ("Kabir Mehta", "Meera Shah"):
        user = colleague(name, "own-rep")
        TeamMember.objects.create(team=team, user=user)
        Share.objects.create(record_type="contacts", record_id=company.contact_id, user=user)

    assert cost() == one
