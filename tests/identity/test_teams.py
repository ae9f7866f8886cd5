"""Teams: people, leaders, larger teams without circles."""

import json
from typing import Any

import pytest

from tenants.identity.models import Team, User
from tenants.identity.teams import create_team, delete_team, set_team_people, team_by_id, teams, update_team
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tests.factories import Twin
from tests.records.counting import queries_in
from tests.records.people import colleague


def people_of(team: Team) -> list[tuple[str, bool]]:
    found: Any = team_by_id(team.pk)
    return [(one.user.name, one.is_leader) for one in found.people]


def test_who_leads_is_a_member(company: Twin, by: Actor) -> None:
    asha, kabir = colleague("Asha Rao"), colleague("Kabir Mehta")

    team = create_team(name=" Field  sales ", members=[kabir.pk], leaders=[asha.pk], by=by)
    assert (team.name, people_of(team)) == ("Field sales", [("Asha Rao", True), ("Kabir Mehta", False)])
    set_team_people(team=team, members=[asha.pk], leaders=[kabir.pk], by=by)
    assert people_of(team) == [("Kabir Mehta", True), ("Asha Rao", False)]
    set_team_people(team=team, members=[], leaders=[], by=by)
    assert people_of(team) == []


def test_no_circles(company: Twin, by: Actor) -> None:
    top = create_team(name="Top", by=by)
    mid = create_team(name="Mid", parent=top, by=by)
    low = create_team(name="Low", parent=mid, by=by)

    for parent in (top, low):
        with pytest.raises(Invalid) as refusal:
            update_team(team=top, name="Top", parent=parent, by=by)
        assert list(refusal.value.errors) == ["parent"]
    delete_team(team=Team.objects.get(pk=mid.pk), by=by)
    assert Team.objects.get(pk=low.pk).parent_id == top.pk


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "Sales"])
def test_names_are_checked(company: Twin, by: Actor, name: str) -> None:
    create_team(name="Sales", by=by)

    with pytest.raises(Invalid) as refusal:
        create_team(name=name, by=by)
    assert list(refusal.value.errors) == ["name"]


def test_only_managers_of_the_settings(company: Twin) -> None:
    with pytest.raises(Denied):
        create_team(name="Mine", by=colleague("Kabir Mehta", "manager").actor)


def test_the_list_costs_the_same(company: Twin, by: Actor) -> None:
    user = User.objects.get(role__slug="owner")

    def cost() -> int:
        return queries_in(lambda: [(one.parent, list(one.people)) for one in teams()])  # type: ignore[attr-defined]

    create_team(name="A", leaders=[user.pk], by=by)
    one = cost()
    for name in ("B", "C"):
        create_team(name=name, members=[user.pk], parent=Team.objects.get(name="A"), by=by)
    assert cost() == one == 2


def test_the_api_and_the_page(twins: tuple[Twin, Twin]) -> None:
    api, kind, owner = twins[0].with_key(), "application/json", str(twins[0].owner().pk)
    made = api.post("/api/v1/teams", json.dumps({"name": "Sales", "leaders": [owner]}), content_type=kind)
    assert made.status_code == 201
    path = f"/api/v1/teams/{made.json()['id']}"

    assert [one["is_leader"] for one in made.json()["people"]] == [True]
    assert api.patch(path, json.dumps({"leaders": [], "members": [owner]}), content_type=kind).json()["people"] == [
        {"id": owner, "name": made.json()["people"][0]["name"], "is_leader": False}
    ]
    assert "Sales" in twins[0].signed_in().get("/settings/teams/").content.decode()
    assert twins[1].with_key().get(path).status_code == 404
    assert api.delete(path).status_code == 204
