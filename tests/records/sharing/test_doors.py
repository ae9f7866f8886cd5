"""The dialog and the REST routes of shares, for every kind of record and of caller."""

from typing import Any

import pytest
from django.test import Client

from tenants.identity.models import Team
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.models import Change, Share
from tenants.records.registry import record_types
from tests.factories import Twin, client_for
from tests.records.counting import queries_in
from tests.records.people import colleague
from tests.records.sharing.test_actions import a_contact, narrow

HTMX = {"HX-Request": "true"}


@pytest.fixture
def people(company: Twin) -> dict[str, Any]:
    return {"asha": narrow("Asha Rao"), "kabir": narrow("Kabir Mehta")}


def browser(company: Twin, user: Any) -> Client:
    return client_for(user, company.host)


def test_every_type_has_the_routes(company: Twin) -> None:
    api = company.with_key()
    nobody = "0197a6c0-0000-7000-8000-000000000000"

    for one in record_types():
        assert api.get(f"/api/v1/{one.name}/{nobody}/shares").status_code == 404, one.name
        assert api.get(f"/api/v1/{one.name}/{nobody}/access").status_code == 404, one.name


def test_api_shares_lists_and_takes_away(company: Twin, people: dict[str, Any]) -> None:
    contact, api = a_contact(people["asha"]), company.with_key()
    path = f"/api/v1/contacts/{contact.pk}/shares"
    sent = {"user_id": str(people["kabir"].pk)}

    made = api.post(path, sent, content_type="application/json")
    again = api.post(path, sent | {"may_edit": True}, content_type="application/json")

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["user"] == {"id": str(people["kabir"].pk), "name": "Kabir Mehta"}
    assert [(one["may_edit"], one["team"], one["note"]) for one in api.get(path).json()["items"]] == [(True, None, "")]
    assert api.delete(f"{path}/{made.json()['id']}").status_code == 204
    assert api.get(path).json() == {"items": []}
    assert api.delete(f"{path}/{made.json()['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "with"), ({"user_id": "x"}, "user_id"), ({"who": "x"}, "who"), ({"may_edit": True}, "with")],
)
def test_api_names_what_is_wrong(company: Twin, body: dict[str, Any], field: str) -> None:
    path = f"/api/v1/contacts/{company.contact_id}/shares"

    answer = company.with_key().post(path, body, content_type="application/json")

    assert answer.status_code == 422
    assert any(field in name for name in answer.json()["errors"])
    assert not Share.objects.exists()


def test_who_may_not_see_finds_nothing_and_who_may_not_edit_is_refused(company: Twin, people: dict[str, Any]) -> None:
    contact = a_contact(people["asha"])
    stranger = browser(company, people["kabir"])
    reader = browser(company, colleague("Rita Reader", "read-only"))

    for path in (f"/api/v1/contacts/{contact.pk}/shares", f"/contacts/{contact.pk}/shares/"):
        assert [one.get(path).status_code for one in (stranger, reader)] == [404, 403], path
        assert Client(headers={"host": company.host}).get(path).status_code in (302, 401)
    sent = {"user_id": str(people["kabir"].pk), "may_edit": True}
    assert (
        reader.post(f"/api/v1/contacts/{contact.pk}/shares", sent, content_type="application/json").status_code == 403
    )
    assert not Share.objects.exists()


def test_a_share_of_another_record_is_not_here(company: Twin, people: dict[str, Any]) -> None:
    first, second = a_contact(people["asha"]), a_contact(people["asha"])
    api = company.with_key()
    path = "/api/v1/contacts/{}/shares"
    made = api.post(path.format(first.pk), {"user_id": str(people["kabir"].pk)}, content_type="application/json")

    assert api.delete(f"{path.format(second.pk)}/{made.json()['id']}").status_code == 404
    assert Share.objects.count() == 1


def test_another_company_finds_nothing(twins: tuple[Twin, Twin]) -> None:
    path = f"/api/v1/contacts/{twins[0].contact_id}/shares"

    assert twins[1].with_key().get(path).status_code == 404


def test_dialog_shares_with_a_person_and_a_team(company: Twin, people: dict[str, Any]) -> None:
    contact, owner = a_contact(people["asha"]), browser(company, people["asha"])
    team = Team.objects.create(name="Roofs")
    path = f"/contacts/{contact.pk}/shares/"

    assert "Shared with nobody yet" in owner.get(path, headers=HTMX).content.decode()
    assert "Roofs" in owner.get(f"{path}options/?q=roo").content.decode()
    owner.post(path, {"with": f"user:{people['kabir'].pk}", "how": "edit"}, headers=HTMX)
    page = owner.post(path, {"with": f"team:{team.pk}", "how": ""}, headers=HTMX)

    assert page.status_code == 200
    assert [(str(one.user or one.team), one.may_edit) for one in Share.objects.order_by("id")] == [
        ("Kabir Mehta", True), ("Roofs", False),
    ]  # fmt: skip
    text = page.content.decode()
    assert text.index("Roofs") < text.index("Kabir Mehta")


def test_dialog_takes_away(company: Twin, people: dict[str, Any]) -> None:
    contact, owner = a_contact(people["asha"]), browser(company, people["asha"])
    path = f"/contacts/{contact.pk}/shares/"
    owner.post(path, {"with": f"user:{people['kabir'].pk}"}, headers=HTMX)
    share = Share.objects.get()

    answer = owner.post(f"{path}{share.pk}/removal/", headers=HTMX)

    assert (answer.status_code, Share.objects.count()) == (200, 0)
    assert "No longer shared with Kabir Mehta." in answer["HX-Trigger"]


@pytest.mark.parametrize("sent", ["", "x", "user:x", "boss:1", "user:\x00"])
def test_dialog_says_what_is_wrong(company: Twin, people: dict[str, Any], sent: str) -> None:
    contact, owner = a_contact(people["asha"]), browser(company, people["asha"])

    answer = owner.post(f"/contacts/{contact.pk}/shares/", {"with": sent}, headers=HTMX)

    assert answer.status_code == 422
    assert "Choose a person or a team from the list." in answer.content.decode()


def test_record_page_offers_it_to_who_may(company: Twin, people: dict[str, Any]) -> None:
    contact = a_contact(people["asha"])
    path = f"/contacts/{contact.pk}/"
    reader = browser(company, colleague("Rita Reader", "read-only")).get(path).content.decode()
    owner = browser(company, people["asha"]).get(path).content.decode()

    assert (f"{path}shares/" in owner, f"{path}shares/" in reader) == (True, False)
    assert (f"{path}access/" in owner, f"{path}access/" in reader) == (True, True)


def test_history_tells_of_it(company: Twin, people: dict[str, Any]) -> None:
    contact, owner = a_contact(people["asha"]), browser(company, people["asha"])
    owner.post(f"/contacts/{contact.pk}/shares/", {"with": f"user:{people['kabir'].pk}"}, headers=HTMX)

    page = owner.get(f"/contacts/{contact.pk}/?tab=history").content.decode()

    assert "Shared with" in page
    assert "Kabir Mehta (may look)" in page
    assert Change.objects.get(action="shared").user_id == people["asha"].pk


def test_list_costs_the_same_for_1_and_3(company: Twin, people: dict[str, Any]) -> None:
    contact, owner = a_contact(people["asha"]), browser(company, people["asha"])
    paths = (f"/contacts/{contact.pk}/shares/", f"/api/v1/contacts/{contact.pk}/shares")
    Share.objects.create(record_type="contacts", record_id=contact.pk, user=people["kabir"])
    for path in paths:
        owner.get(path)
    one = [queries_in(lambda path=path: owner.get(path)) for path in paths]
    for name in ("Meera Shah", "Ravi Rao"):
        Share.objects.create(record_type="contacts", record_id=contact.pk, user=narrow(name))
    for path in paths:
        owner.get(path)

    assert [queries_in(lambda path=path: owner.get(path)) for path in paths] == one


def test_the_house_may_share(twins: tuple[Twin, Twin]) -> None:
    from tenants.crm.models import Contact
    from tenants.records.sharing.queries import may_share

    with context.inside(twins[0].place, actor=robot()):
        assert may_share(robot(), Contact.objects.get(pk=twins[0].contact_id))
