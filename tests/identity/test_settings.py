"""The company's settings: who may open them, and what they do."""

from typing import Any

import pytest
from django.test import Client

from tenants.directory.hosts import company_now
from tenants.identity.enums import DEFAULT_ROLES, OWNER
from tenants.identity.models import ApiKey, AuditEntry, User
from tenants.identity.people import change_role, deactivate_user, invite_user
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import PASSWORD, Twin, client_for
from tests.identity.conftest import Committed, a_user, browser, path_in

DOORS = [
    "/settings/people/",
    "/settings/people/invite/",
    "/settings/keys/",
    "/settings/keys/new/",
    "/settings/company/",
]
HTMX = {"HX-Request": "true"}


def browser_of(user: User, twin: Twin) -> Client:
    with context.inside(twin.place):
        return client_for(user, twin.host)


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("who", ["anonymous", "stranger", *DEFAULT_ROLES])
def test_doors(twins: tuple[Twin, Twin], who: str, path: str) -> None:
    a, b = twins
    if who == "anonymous":
        client = browser(a.host)
    elif who == "stranger":
        client = browser(a.host)
        client.cookies = b.signed_in().cookies
    else:
        client = a.signed_in() if who == OWNER else browser_of(a_user(a, who), a)

    status = client.get(path).status_code

    assert status == (302 if who in ("anonymous", "stranger") else 200 if who in (OWNER, "admin") else 403)


@pytest.mark.parametrize("role", ["manager", "sales-rep", "support", "read-only"])
def test_other_roles_reach_their_profile_and_see_no_settings(twins: tuple[Twin, Twin], role: str) -> None:
    client = browser_of(a_user(twins[0], role), twins[0])

    assert client.get("/settings/")["Location"] == "/settings/profile/"
    page = client.get("/settings/profile/").content.decode()
    assert 'href="/settings/people/"' not in page
    assert 'href="/settings/"' not in page


def test_people_shows_everybody_in_one_query_for_any_number(
    owner: Client, twins: tuple[Twin, Twin], django_assert_num_queries: Any
) -> None:
    owner.get("/settings/people/")
    a_user(twins[0], "manager")
    a_user(twins[0], "support")

    with django_assert_num_queries(3):
        page = owner.get("/settings/people/").content.decode()

    assert "manager@people.example" in page
    assert twins[1].sentinel not in page
    assert "owner@bravo.example" not in page


def test_invitation_by_dialog_mails_and_goes_back(owner: Client, committed: Committed, outbox: list[Any]) -> None:
    dialog = owner.get("/settings/people/invite/", headers=HTMX).content.decode()
    assert "<html" not in dialog

    with committed():
        values = {"email": "Ravi.Rao@Alpha.example", "name": "", "role": "support"}
        response = owner.post("/settings/people/invite/", values, headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, "/settings/people/")
    assert outbox[0].to == ["ravi.rao@alpha.example"]
    assert "Ravi Rao" in outbox[0].body


@pytest.mark.parametrize("email", ["owner@alpha.example", "OWNER@alpha.example", "not an address", ""])
def test_refused_invitation_shows_the_form_again(
    owner: Client, committed: Committed, outbox: list[Any], email: str, twins: tuple[Twin, Twin]
) -> None:
    with committed():
        response = owner.post("/settings/people/invite/", {"email": email, "role": "support"}, headers=HTMX)

    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert outbox == []
    with context.inside(twins[0].place):
        assert User.objects.count() == 1


def test_invitation_is_sent_again_until_it_is_accepted(
    owner: Client, invited: tuple[User, str], committed: Committed, outbox: list[Any]
) -> None:
    with committed():
        assert owner.post(f"/settings/people/{invited[0].pk}/invitation/")["Location"] == "/settings/people/"
    assert len(outbox) == 2

    browser("works.alpha.localhost").post(path_in(outbox[1]), {"name": "Ravi", "password": "a wholly new sentence 4"})

    assert owner.post(f"/settings/people/{invited[0].pk}/invitation/").status_code == 409
    assert len(outbox) == 2


def test_deactivated_person_is_out_at_once_and_back_on_request(owner: Client, twins: tuple[Twin, Twin]) -> None:
    user = a_user(twins[0], "manager")
    client = browser_of(user, twins[0])
    assert client.get("/settings/profile/").status_code == 200

    owner.post(f"/settings/people/{user.pk}/deactivation/")

    assert client.get("/settings/profile/").status_code == 302
    assert client.post("/sign-in/", {"email": user.email, "password": PASSWORD}).status_code == 422
    owner.post(f"/settings/people/{user.pk}/activation/")
    assert client.post("/sign-in/", {"email": user.email, "password": PASSWORD}).status_code == 302


def test_nobody_touches_oneself(owner: Client, twins: tuple[Twin, Twin]) -> None:
    me = twins[0].owner()

    assert owner.post(f"/settings/people/{me.pk}/deactivation/").status_code == 409
    assert owner.post(f"/settings/people/{me.pk}/role/", {"role": "support"}, headers=HTMX).status_code == 422
    assert twins[0].owner().is_active


def test_last_owner_stays(company: Twin) -> None:
    from tenants.identity.errors import LastOwner

    owner = company.owner()
    invite_user(email="late@alpha.example", name="Late", role=OWNER, by=robot())  # invited is not enough

    with pytest.raises(LastOwner):
        deactivate_user(user=owner, by=robot())
    with pytest.raises(LastOwner):
        change_role(user=owner, role="admin", by=robot())

    owner.refresh_from_db()
    assert (owner.is_active, owner.role.slug if owner.role else "") == (True, OWNER)


def test_one_of_two_owners_may_go(company: Twin) -> None:
    second = a_user(company, OWNER, "second@alpha.example")

    deactivate_user(user=User.objects.get(email="owner@alpha.example"), by=second.actor)

    assert not User.objects.get(email="owner@alpha.example").is_active


def test_administrators_make_and_unmake_no_owner(twins: tuple[Twin, Twin]) -> None:
    a = twins[0]
    admin = browser_of(a_user(a, "admin"), a)
    rep = a_user(a, "sales-rep")

    refused = [
        admin.post("/settings/people/invite/", {"email": "eve@a.example", "role": OWNER}),
        admin.post(f"/settings/people/{rep.pk}/role/", {"role": OWNER}),
        admin.post(f"/settings/people/{a.owner().pk}/role/", {"role": "support"}),
        admin.post(f"/settings/people/{a.owner().pk}/deactivation/"),
    ]

    assert [response.status_code for response in refused] == [403] * 4
    assert admin.post(f"/settings/people/{rep.pk}/role/", {"role": "manager"}).status_code == 302
    with context.inside(a.place):
        rep.refresh_from_db()
        assert rep.role
        assert rep.role.slug == "manager"
        assert AuditEntry.objects.filter(action="user.role_changed").count() == 1


def test_people_of_the_twin_are_not_found(owner: Client, twins: tuple[Twin, Twin]) -> None:
    foreign = twins[1].owner()

    assert owner.post(f"/settings/people/{foreign.pk}/deactivation/").status_code == 404
    assert twins[1].owner().is_active


def test_key_is_shown_once_works_here_and_stops_when_revoked(owner: Client, twins: tuple[Twin, Twin]) -> None:
    a, b = twins
    page = owner.post(
        "/settings/keys/new/", {"name": "Website forms", "days": "", "reach": "all"}, headers=HTMX
    ).content.decode()
    secret = page.split('id="new-key">')[1].split("<")[0]

    def asked(host: str) -> int:
        return Client(headers={"host": host, "authorization": f"Bearer {secret}"}).get("/api/v1/me").status_code

    assert secret not in owner.get("/settings/keys/").content.decode()
    assert (asked(a.host), asked(b.host), asked(a.agency_host)) == (200, 401, 404)
    with context.inside(a.place):
        key = ApiKey.objects.get(name="Website forms")
        assert secret.partition(".")[2] not in str(key.__dict__)

    owner.post(f"/settings/keys/{key.pk}/revocation/")

    assert asked(a.host) == 401
    assert "Revoked" in owner.get("/settings/keys/").content.decode()


def test_key_without_a_name_is_not_made(owner: Client, twins: tuple[Twin, Twin]) -> None:
    assert owner.post("/settings/keys/new/", {"name": "  "}, headers=HTMX).status_code == 422

    with context.inside(twins[0].place):
        assert ApiKey.objects.count() == 1


def test_company_profile_is_written_and_read(owner: Client, twins: tuple[Twin, Twin]) -> None:
    values = {"name": "Alpha & Sons", "time_zone": "Europe/Sofia", "language": "en", "currency": "EUR"}

    assert owner.post("/settings/company/", values)["Location"] == "/settings/company/"

    from tenants.directory import hosts

    hosts._forget()  # the commit that would say so never comes in a test
    with context.inside(twins[0].place):
        now = company_now()
        assert (now.name, now.time_zone, now.currency) == ("Alpha & Sons", "Europe/Sofia", "EUR")
        assert AuditEntry.objects.filter(action="company.updated").count() == 1
    with context.inside(twins[1].place):
        assert company_now().name == "Bravo Works"


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("time_zone", "Moon/Base"), ("language", "xx"), ("currency", "XXXX")]
)
def test_company_profile_refuses_nonsense(owner: Client, field: str, value: str, twins: tuple[Twin, Twin]) -> None:
    values = {"name": "A", "time_zone": "UTC", "language": "en", "currency": "EUR"} | {field: value}

    assert owner.post("/settings/company/", values).status_code == 422

    with context.public():
        twins[0].company.refresh_from_db()
    assert twins[0].company.name == "Alpha Works"


def test_profile_sets_name_and_zone(owner: Client, twins: tuple[Twin, Twin]) -> None:
    response = owner.post("/settings/profile/", {"name": "Anna", "time_zone": "Asia/Tokyo", "language": "bg"})

    assert response["Location"] == "/settings/profile/"
    me = twins[0].owner()
    assert (me.name, me.time_zone, me.language) == ("Anna", "Asia/Tokyo", "bg")
    assert owner.get("/settings/profile/")["Content-Language"] == "bg"


def test_own_password_needs_the_current_one_and_keeps_this_browser(owner: Client, twins: tuple[Twin, Twin]) -> None:
    other, path = twins[0].signed_in(), "/settings/profile/password/"
    assert owner.post(path, {"current": "wrong", "password": "a wholly new sentence 4"}).status_code == 422

    assert owner.post(path, {"current": PASSWORD, "password": "a wholly new sentence 4"}).status_code == 302

    assert owner.get("/settings/profile/").status_code == 200
    assert other.get("/settings/profile/").status_code == 302


def test_other_sessions_end(owner: Client, twins: tuple[Twin, Twin]) -> None:
    other = twins[0].signed_in()

    owner.post("/settings/profile/other-sessions/")

    assert owner.get("/settings/profile/").status_code == 200
    assert other.get("/settings/profile/").status_code == 302


@pytest.mark.parametrize("path", ["/settings/people/", "/settings/keys/", "/settings/company/", "/settings/profile/"])
def test_pages_never_name_the_platform(owner: Client, path: str) -> None:
    assert "omniflow" not in owner.get(path).content.decode().lower()
