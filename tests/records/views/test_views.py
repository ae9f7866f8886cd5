"""Saved views: who sees and changes them, what a broken one still shows, and preferences."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import set_urlconf

from tenants.identity.actions import create_api_key
from tenants.identity.models import Role, User
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Denied, Invalid, NotFound
from tenants.records.layouts.listing import Listing
from tenants.records.models import Preference, SavedView
from tenants.records.preferences import like_list, preferences_of, set_preferences
from tenants.records.registry import type_named
from tenants.records.views.actions import create_view, delete_view, order_views, restore_view, update_view
from tenants.records.views.opening import opened
from tenants.records.views.queries import view_for, views_for
from tests.factories import Twin, make


@pytest.fixture(autouse=True)
def _at_the_company() -> Iterator[None]:
    """Addresses are those of the company's face, as in a request."""
    set_urlconf("saas.urls.company")
    yield
    set_urlconf(None)


def person(slug: str, email: str) -> Actor:
    return User.objects.create(email=email, name=email, role=Role.objects.get(slug=slug)).actor


@pytest.fixture
def boss(company: Twin) -> Actor:
    return User.objects.get(role__slug="owner").actor


@pytest.fixture
def rep(company: Twin) -> Actor:
    return person("sales-rep", "rep@alpha.example")


def contacts() -> Any:
    return type_named("contacts")


def view(by: Actor, **values: Any) -> SavedView:
    return create_view(record_type=contacts(), values={"name": "Mine", **values}, by=by)


def test_a_private_view_is_its_owners_alone(boss: Actor, rep: Actor) -> None:
    made = view(rep, filter={"field": "city", "op": "is", "value": "Pune"})

    assert list(views_for(rep, contacts())) == [made]
    assert list(views_for(boss, contacts())) == []
    with pytest.raises(NotFound):
        view_for(boss, made.pk)


def test_a_public_view_is_everybodys_to_see_and_its_owners_to_change(boss: Actor, rep: Actor) -> None:
    made = view(boss, name="Hot", audience="public")

    assert [one.name for one in views_for(rep, contacts())] == ["Hot"]
    with pytest.raises(Denied):
        update_view(view=made, values={"name": "Stolen"}, by=rep)
    with pytest.raises(Denied):
        delete_view(view=made, by=rep)
    with pytest.raises(Denied):
        view(rep, audience="public")


def test_a_team_view_is_seen_by_the_team(boss: Actor, rep: Actor) -> None:
    teams: Any = SavedView._meta.get_field("team").related_model
    team = teams._default_manager.create(name="North")
    team.members.add(rep.user_id)
    other = person("sales-rep", "other@alpha.example")

    made = view(rep, name="Ours", audience="team", team=str(team.pk))

    assert list(views_for(rep, contacts())) == [made]
    assert list(views_for(other, contacts())) == []
    with pytest.raises(Invalid) as refusal:
        view(other, audience="team", team=str(team.pk))
    assert list(refusal.value.errors) == ["team"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"layout": "pyramid"}, "layout"),
        ({"columns": ["name", "shoe_size"]}, "columns"),
        ({"sort": "shoe_size"}, "sort"),
        ({"group": "shoe_size"}, "group"),
        ({"audience": "martians"}, "audience"),
        ({"is_default": True}, "is_default"),
        ({"filter": {"field": "amount", "op": "is", "value": 1}}, "amount"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_refused_by_field(boss: Actor, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        view(boss, **values)

    assert list(refusal.value.errors) == [field]
    assert not SavedView.objects.filter(record_type="contacts").exists()


def test_one_default_for_everybody(boss: Actor) -> None:
    first = view(boss, name="One", audience="public", is_default=True)
    second = view(boss, name="Two", audience="public", is_default=True)

    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    found = opened(contacts(), boss, QueryDict(), "list")
    assert found.lead_url == f"/contacts/?view={second.pk}"
    assert opened(contacts(), boss, QueryDict("view=all"), "list").lead_url == ""


def test_deleting_is_undone(boss: Actor) -> None:
    made = view(boss, name="Keep", columns=["name", "city"], settings={"widths": {"city": 200}})
    view_id = made.pk
    delete_view(view=made, by=boss)
    assert not views_for(boss, contacts()).exists()

    back = restore_view(view_id=view_id, by=boss)

    assert (back.pk, back.name, back.columns) == (view_id, "Keep", ["name", "city"])
    assert back.settings == {"widths": {"city": 200}}
    with pytest.raises(NotFound):
        restore_view(view_id=view_id, by=boss)


def test_order(boss: Actor) -> None:
    one, two, three = (view(boss, name=name) for name in ("One", "Two", "Three"))

    order_views(record_type=contacts(), ids=[three.pk, one.pk, two.pk], by=boss)

    assert [found.name for found in views_for(boss, contacts())] == ["Three", "One", "Two"]


def test_a_broken_view_opens_and_says_what_it_left_out(boss: Actor, company: Twin) -> None:
    with_city = {"field": "city", "op": "is", "value": "Pune"}
    make("contacts", first_name="Asha", city="Pune")
    make("contacts", first_name="Ravi", city="Goa")
    made = view(boss, filter=with_city, columns=["name", "city"])
    gone = {"field": "custom.gone", "op": "is", "value": "x"}
    SavedView.objects.filter(pk=made.pk).update(
        filter={"all": [with_city, {"any": [gone]}, gone]}, columns=["name", "custom.gone", "city"],
        sort="-custom.gone", group="custom.gone", layout="nowhere", settings=["not", "a", "mapping"],
    )  # fmt: skip

    listing = opened(contacts(), boss, QueryDict(f"view={made.pk}"), "list").listing

    assert [row.first_name for row in listing.page.items] == ["Asha"]
    assert listing.columns == ["name", "city"]
    assert (listing.sort, listing.group) == ("-created_at", "")
    assert len(listing.left_out) == 5
    assert listing.tree == {"all": [with_city]}
    assert company.signed_in().get(f"/contacts/?view={made.pk}").status_code == 200


def test_a_view_that_is_gone_leaves_the_list(boss: Actor, company: Twin) -> None:
    answer = company.signed_in().get("/contacts/?view=01890a5d-ac96-774b-bcce-b302099a8057")

    assert answer.status_code == 200
    assert "gone or not shared with you" in answer.content.decode()


def test_what_the_address_says_wins_over_the_view(boss: Actor) -> None:
    made = view(boss, filter={"field": "city", "op": "is", "value": "Pune"}, sort="name", columns=["name", "city"])

    plain = Listing(contacts(), boss, QueryDict(f"view={made.pk}"), view=made)
    other = Listing(
        contacts(), boss, QueryDict(f"view={made.pk}&filter=%7B%7D&sort=-name&columns=name,phone"), view=made
    )

    assert (plain.sort, plain.columns, plain.is_changed) == ("name", ["name", "city"], False)
    assert (other.tree, other.sort, other.columns, other.is_changed) == ({}, "-name", ["name", "phone"], True)
    assert plain.url() == f"?view={made.pk}"
    assert other.url() == f"?view={made.pk}&filter=%7B%7D&sort=-name&columns=name%2Cphone"
    assert other.url(filter=json.dumps(made.filter), sort="name", columns=["name", "city"]) == f"?view={made.pk}"


def test_pages_save_change_and_reset(boss: Actor, company: Twin) -> None:
    browser = company.signed_in()
    made = browser.post(
        "/contacts/views/new/?layout=list&sort=name", {"name": "By name", "audience": "private", "is_pinned": "on"}
    )
    found = SavedView.objects.get(name="By name")

    assert json.loads(made["HX-Location"])["path"] == f"/contacts/?view={found.pk}"
    assert (found.sort, found.layout, found.is_pinned, found.owner_id) == ("name", "list", True, boss.user_id)
    shown = browser.get(f"/contacts/?view={found.pk}&sort=-name").content.decode()
    assert "Save as" in shown
    assert "Reset" in shown
    browser.post(f"/contacts/views/{found.pk}/save/?view={found.pk}&layout=list&sort=-name")
    found.refresh_from_db()
    assert found.sort == "-name"
    refused = browser.post("/contacts/views/new/?layout=list", {"name": "", "audience": "private"})
    assert (refused.status_code, "Give it a name" in refused.content.decode()) == (422, True)


def test_layouts_keep_filter_order_and_view(boss: Actor, company: Twin) -> None:
    made = view(boss, filter={"field": "city", "op": "is", "value": "Pune"})
    found = opened(contacts(), boss, QueryDict(f"view={made.pk}&sort=name"), "list")

    assert [one["name"] for one in found.layouts] == ["list", "board", "calendar", "map"]
    assert {one["url"].partition("?")[2] for one in found.layouts} == {f"view={made.pk}&sort=name"}


def test_a_liked_layout_and_view_are_where_the_bare_address_leads(boss: Actor, company: Twin) -> None:
    browser = company.signed_in()
    browser.post("/contacts/shape/layout/", {"layout": "calendar"})
    assert browser.get("/contacts/")["Location"] == "/contacts/calendar/?view=all"
    assert browser.get("/contacts/?view=all").status_code == 200

    made = view(boss)
    browser.post(f"/contacts/views/{made.pk}/begin/")
    assert browser.get("/contacts/")["Location"] == f"/contacts/?view={made.pk}"
    made.delete()
    assert browser.get("/contacts/")["Location"] == "/contacts/calendar/?view=all"


def test_columns_widths_and_density_are_a_persons_own(boss: Actor, company: Twin) -> None:
    browser = company.signed_in()
    browser.post("/contacts/shape/?layout=list", {"columns": "name,phone,city", "density": "compact"})
    browser.post("/contacts/shape/widths/?layout=list", {"name": "phone", "width": "222"})

    listing = opened(contacts(), boss, QueryDict("view=all"), "list").listing
    assert (listing.columns, listing.density, listing.widths) == (["name", "phone", "city"], "compact", {"phone": 222})
    assert browser.post("/contacts/shape/widths/?layout=list", {"name": "phone", "width": "wide"}).status_code == 422
    browser.post("/contacts/shape/?layout=list", {"reset": "1"})
    assert opened(contacts(), boss, QueryDict("view=all"), "list").listing.columns == list(contacts().columns)


def test_with_a_view_open_columns_go_into_the_address(boss: Actor, company: Twin) -> None:
    made = view(boss)

    answer = company.signed_in().post(f"/contacts/shape/?layout=list&view={made.pk}", {"columns": "name,phone"})

    assert json.loads(answer["HX-Location"])["path"] == f"/contacts/?view={made.pk}&columns=name%2Cphone"
    assert not Preference.objects.filter(key="list.contacts").exists()


# Preferences


def test_preferences_are_kept_by_key_and_forgotten_by_none(boss: Actor, rep: Actor) -> None:
    set_preferences(values={"side": "shut", "list.deals": {"density": "compact"}}, by=boss)

    assert preferences_of(boss) == {"side": "shut", "list.deals": {"density": "compact"}}
    assert preferences_of(rep) == {}
    assert set_preferences(values={"side": None}, by=boss) == {"list.deals": {"density": "compact"}}
    like_list(type_name="deals", by=boss, density=None)
    assert preferences_of(boss) == {}


@pytest.mark.parametrize("values", [{"Bad key": 1}, {"x" * 81: 1}, {"big": "x" * 10_001}, {"zero": "a\x00"}])
def test_preferences_refused(boss: Actor, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        set_preferences(values=values, by=boss)
    assert preferences_of(boss) == {}


def test_preferences_belong_to_a_person(company: Twin) -> None:
    with pytest.raises(Denied):
        set_preferences(values={"side": "shut"}, by=robot())


# The API


def api(browser: Client, method: str, path: str, body: Any = None) -> Any:
    sent = json.dumps(body) if body is not None else None
    return getattr(browser, method)(f"/api/v1{path}", sent, content_type="application/json")


def test_api_of_views(company: Twin) -> None:
    key = company.with_key()
    made = api(key, "post", "/views", {"record_type": "contacts", "name": "Api", "columns": ["name"], "sort": "-name"})
    assert (made.status_code, made.json()["sort"]) == (201, "-name")
    path = f"/views/{made.json()['id']}"

    assert [one["name"] for one in key.get("/api/v1/views?record_type=contacts").json()["items"]] == ["Api"]
    assert api(key, "patch", path, {"name": "New"}).json()["name"] == "New"
    assert api(key, "patch", path, {"sort": "shoe_size"}).status_code == 422
    assert api(key, "patch", path, {"name": None}).status_code == 422
    assert api(key, "patch", path, {"shoe": 1}).status_code == 422
    assert key.delete(f"/api/v1{path}").status_code == 204
    assert key.get(f"/api/v1{path}").status_code == 404


def test_api_of_views_is_closed_to_others(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, actor=robot()):
        owner = User.objects.get(role__slug="owner")
        made = create_view(record_type=contacts(), values={"name": "Secret"}, by=owner.actor)
        reader = User.objects.create(email="r@alpha.example", name="R", role=Role.objects.get(slug="read-only"))
        secret = create_api_key(user=reader, name="R", by=robot())[1]
    other = Client(headers={"host": twins[0].host, "authorization": f"Bearer {secret}"})

    assert Client(headers={"host": twins[0].host}).get("/api/v1/views").status_code == 401
    assert twins[1].with_key().get(f"/api/v1/views/{made.pk}").status_code == 404
    assert other.get(f"/api/v1/views/{made.pk}").status_code == 404
    assert (
        api(other, "post", "/views", {"record_type": "contacts", "name": "P", "audience": "public"}).status_code == 403
    )


def test_api_of_preferences(company: Twin) -> None:
    key = company.with_key()

    assert key.get("/api/v1/me/preferences").json() == {}
    assert api(key, "patch", "/me/preferences", {"side": "shut"}).json() == {"side": "shut"}
    assert api(key, "patch", "/me/preferences", {"BAD": 1}).status_code == 422
    assert api(key, "patch", "/me/preferences", {"side": None}).json() == {}
