"""Sharing rules: they open what their filter finds, for whom they name, and only by who sees it all."""

import json
from typing import Any

import pytest

from tenants.identity.models import AuditEntry, Role, Team, User
from tenants.identity.sharing.actions import Terms, create_rule, delete_rule, switch_rule, terms_of, update_rule
from tenants.identity.sharing.queries import counts, number_open
from tenants.identity.teams import create_team
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.models import Rule
from tenants.records.queries import may_touch
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.identity.access.conftest import Clerk
from tests.records.counting import queries_in
from tests.records.people import colleague

JSON = "application/json"
PUNE = {"field": "city", "op": "is", "value": "Pune"}


def terms(name: str = "Pune", **given: Any) -> Terms:
    return Terms(**{"name": name, "record_type": "contacts", "filter": PUNE, **given})


def fresh(user: User) -> Actor:
    return User.objects.select_related("role").get(pk=user.pk).actor


def test_a_rule_opens_and_closes_at_once(company: Twin, by: Actor) -> None:
    rep = colleague("Rohan Patil")
    here, there = make("contacts", first_name="A", city="Pune"), make("contacts", first_name="B", city="Sofia")
    assert [may_touch(rep.actor, "edit", one) for one in (here, there)] == [False, False]

    rule = create_rule(terms=terms(role=Role.objects.get(slug="sales-rep"), may_edit=True), by=by)
    assert [may_touch(fresh(rep), "edit", one) for one in (here, there)] == [True, False]
    assert counts([rule], by) == {rule.pk: 1}
    rule = switch_rule(rule=rule, is_active=False, by=by)
    assert not may_touch(fresh(rep), "edit", here)
    rule = switch_rule(rule=rule, is_active=True, by=by)
    rule = update_rule(rule=rule, terms=terms_of(rule, name="Pune, to see", may_edit=False), by=by)
    assert not may_touch(fresh(rep), "edit", here)
    delete_rule(rule=rule, by=by)

    entries = AuditEntry.objects.filter(action__startswith="sharing_rule.").order_by("number")
    assert [one.action.partition(".")[2] for one in entries] == ["created", "changed", "changed", "changed", "deleted"]
    assert entries[3].details == {
        "before": {"name": "Pune", "may_edit": True}, "after": {"name": "Pune, to see", "may_edit": False},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"record_type": "rockets"}, "record_type"),
        ({"record_type": "stages"}, "record_type"),
        ({"filter": {}}, "filter"),
        ({"filter": {"field": "thrust", "op": "is", "value": "1"}}, "thrust"),
        ({"filter": {"all": []}}, "filter.all"),
    ],
)
def test_refused(company: Twin, by: Actor, given: Any, place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_rule(terms=terms(**given), by=by)

    assert list(refusal.value.errors) == [place]
    assert Rule.objects.filter(record_type="contacts").count() == 0


def test_names_are_taken_once_and_whom_is_one(company: Twin, by: Actor) -> None:
    create_rule(terms=terms(), by=by)
    team = create_team(name="Field", by=by)

    for given, place in (({}, "name"), ({"name": "B", "team": team, "role": Role.objects.get(slug="support")}, "team")):
        with pytest.raises(Invalid) as refusal:
            create_rule(terms=terms(**given), by=by)
        assert list(refusal.value.errors) == [place]


def test_only_who_sees_all_opens_any(company: Twin, clerk: Clerk, by: Actor) -> None:
    with pytest.raises(Denied):
        create_rule(terms=terms(), by=colleague("Kabir Mehta", "manager").actor)
    with pytest.raises(Invalid) as refusal:
        create_rule(terms=terms(), by=clerk(view="team").actor)
    assert list(refusal.value.errors) == ["record_type"]
    seer = clerk(view="all", edit="own", fields={"contacts": {"city": "hidden"}})
    with pytest.raises(Invalid) as refusal:
        create_rule(terms=terms(may_edit=True, filter={"field": "first_name", "op": "is", "value": "A"}), by=seer.actor)
    assert list(refusal.value.errors) == ["may_edit"]
    with context.acting(seer.actor), pytest.raises(Invalid) as refusal:
        create_rule(terms=terms(), by=seer.actor)
    assert list(refusal.value.errors) == ["city"]
    with context.acting(seer.actor), pytest.raises(Invalid):  # nor is it found out by counting
        number_open(type_named("contacts"), PUNE, seer.actor)
    # Closing asks no more than the right to change the settings.
    rule = create_rule(terms=terms(), by=by)
    assert not switch_rule(rule=rule, is_active=False, by=clerk(view="own").actor).is_active


def test_a_rule_that_fits_no_longer_opens_nothing_and_says_so(company: Twin, by: Actor) -> None:
    rule = Rule.objects.create(name="Old", record_type="contacts", filter={"field": "custom.gone", "op": "empty"})

    assert counts([rule], by) == {rule.pk: None}


def test_the_list_costs_the_same_and_counts_each(twins: tuple[Twin, Twin], by: Actor) -> None:
    browser = twins[0].signed_in()

    def cost() -> int:
        return queries_in(lambda: browser.get("/settings/sharing/"))

    def add(name: str, city: str) -> None:
        with context.inside(twins[0].place, actor=by):
            create_rule(terms=terms(name, filter=PUNE | {"value": city}), by=by)

    add("A", "Pune")
    cost()
    one = cost()
    add("B", "Sofia")
    add("C", "Berlin")
    assert cost() == one


def test_the_page_says_what_the_api_says(twins: tuple[Twin, Twin]) -> None:
    a = twins[0]
    api, browser = a.with_key(), a.signed_in()
    with context.inside(a.place):
        team = create_team(name="Field", by=a.owner().actor)
        make("contacts", first_name="A", city="Pune")
    tree = json.dumps({"all": [PUNE]})
    sent = {"name": "Pune", "record_type": "contacts", "tree": tree, "whom": f"team:{team.pk}", "may_edit": "1"}

    assert browser.post("/settings/sharing/new/", sent)["Location"] == "/settings/sharing/"
    told = browser.post("/settings/sharing/count/", {"record_type": "contacts", "tree": tree}).content.decode()
    assert "It opens 1 contact now." in told
    body = {"record_type": "contacts", "filter": {"all": [PUNE]}, "team": str(team.pk), "may_edit": True}
    made = api.post("/api/v1/sharing-rules", json.dumps(body | {"name": "Pune 2"}), content_type=JSON)

    assert made.status_code == 201
    listed = api.get("/api/v1/sharing-rules").json()["items"]
    first, second = (one for one in listed if one["record_type"] == "contacts")
    assert {**first, "id": "", "name": ""} == {**second, "id": "", "name": ""}
    assert (first["opens"], first["team"], first["role"]) == (1, str(team.pk), None)
    path = f"/api/v1/sharing-rules/{second['id']}"
    patch = json.dumps({"team": None, "role": "support"})
    assert api.patch(path, patch, content_type=JSON).json()["role"] == "support"
    page = browser.get("/settings/sharing/").content.decode()
    assert ("Team Field" in page, "Support" in page) == (True, True)
    assert browser.post(f"/settings/sharing/{first['id']}/switch/").status_code == 302
    assert api.get(f"/api/v1/sharing-rules/{first['id']}").json()["is_active"] is False
    assert (api.delete(path).status_code, twins[1].with_key().delete(path).status_code) == (204, 404)


def test_a_refused_dialog_keeps_what_was_typed(twins: tuple[Twin, Twin]) -> None:
    tree = json.dumps({"all": [PUNE, {"field": "created_at", "op": "during", "value": "some_day"}]})
    sent = {"name": "Pune", "record_type": "contacts", "tree": tree, "whom": "role:king", "may_edit": ""}
    browser = twins[0].signed_in()

    wrong_whom = browser.post("/settings/sharing/new/", sent)
    wrong_value = browser.post("/settings/sharing/new/", sent | {"whom": "everybody"})

    assert (wrong_whom.status_code, wrong_value.status_code) == (422, 422)
    assert "Choose who it is for." in wrong_whom.content.decode()
    page = wrong_value.content.decode()
    assert ('value="Pune"' in page, "Some conditions need another look." in page) == (True, True)
    with context.inside(twins[0].place):
        assert (Rule.objects.filter(record_type="contacts").count(), Team.objects.count()) == (0, 0)
