"""The door: who gets in, where, and how often one may try."""

from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tenants.identity.models import AuditEntry, Session
from tenants.identity.throttle import SIGN_IN_ADDRESS, SIGN_IN_MACHINE
from tenants.kernel import context
from tests.factories import PASSWORD, Twin
from tests.identity.conftest import a_user, browser

OWNER = "owner@alpha.example"


def sign_in(client: Client, email: str = OWNER, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def test_right_password_opens_a_session_of_this_door(client: Client, twins: tuple[Twin, Twin]) -> None:
    response = sign_in(client)

    assert (response.status_code, response["Location"]) == (302, "/")
    with context.inside(twins[0].place):
        session = Session.objects.get(session_key=response.cookies[settings.SESSION_COOKIE_NAME].value)
        assert session.scope == str(twins[0].company.pk)
        assert session.user.email == OWNER
        assert AuditEntry.objects.filter(action="sign_in.done", subject=OWNER).count() == 1


def test_session_cookie_is_for_this_host_alone(client: Client) -> None:
    cookie = sign_in(client).cookies[settings.SESSION_COOKIE_NAME]

    assert (cookie["domain"], cookie["httponly"], cookie["samesite"], cookie["path"]) == ("", True, "Lax", "/")


def test_session_key_changes_on_sign_in(client: Client) -> None:
    sign_in(client)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value

    sign_in(client)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (OWNER, "wrong"),
        ("nobody@alpha.example", PASSWORD),
        ("boss@alpha.example", PASSWORD),
        ("owner@bravo.example", PASSWORD),
    ],
)
def test_wrong_unknown_and_foreign_answer_alike(client: Client, email: str, password: str) -> None:
    response = sign_in(client, email, password)

    assert response.status_code == 422
    assert "The e-mail address or the password is not right." in response.content.decode()
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_deactivated_user_is_refused(client: Client, twins: tuple[Twin, Twin]) -> None:
    user = a_user(twins[0], "manager")
    with context.inside(twins[0].place):
        user.is_active = False
        user.save()

    assert sign_in(client, user.email).status_code == 422


def test_tries_at_one_address_are_braked_even_with_the_right_password(client: Client) -> None:
    for _try in range(SIGN_IN_ADDRESS.free):
        assert sign_in(client, password="wrong").status_code == 422

    response = sign_in(client)

    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()
    assert sign_in(client, email="owner2@alpha.example").status_code == 422


def test_tries_from_one_machine_are_braked(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    object.__setattr__(SIGN_IN_MACHINE, "free", 3)
    try:
        codes = [sign_in(client, email=f"guess{n}@alpha.example").status_code for n in range(4)]
    finally:
        object.__setattr__(SIGN_IN_MACHINE, "free", 50)

    assert codes == [422, 422, 422, 429]


def test_right_password_forgives_earlier_tries(client: Client) -> None:
    for _try in range(SIGN_IN_ADDRESS.free - 1):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302

    assert sign_in(browser("works.alpha.localhost"), password="wrong").status_code == 422


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/contacts/?q=a", "/contacts/?q=a"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("http://works.bravo.localhost/", "/"),
        ("javascript:alert(1)", "/"),
        ("contacts", "/"),
    ],
)
def test_next_leads_only_to_pages_of_this_host(client: Client, wanted: str, where: str) -> None:
    assert sign_in(client, next=wanted)["Location"] == where


def test_anonymous_reader_is_led_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/settings/people/")

    assert response["Location"] == "/sign-in/?next=/settings/people/"


def test_expired_session_in_a_dialog_sends_the_whole_page_to_sign_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://works.alpha.localhost/settings/people/"}

    response = client.get("/settings/people/invite/", headers=headers)

    assert (response.status_code, response.content) == (204, b"")
    assert response["HX-Redirect"] == "/sign-in/?next=/settings/people/"


def test_sign_out_ends_the_session_and_needs_post(owner: Client) -> None:
    assert owner.get("/sign-out/").status_code == 405
    assert owner.get("/settings/profile/").status_code == 200

    assert owner.post("/sign-out/")["Location"] == "/sign-in/"
    assert owner.get("/settings/profile/").status_code == 302


def moved(client: Client, host: str) -> Client:
    """The same cookies carried to another host, as a thief would."""
    there = browser(host)
    there.cookies = deepcopy(client.cookies)
    return there


def test_session_of_a_company_opens_nothing_elsewhere(owner: Client, twins: tuple[Twin, Twin]) -> None:
    for host in (twins[1].host, twins[0].agency_host, twins[1].agency_host):
        assert moved(owner, host).get("/settings/profile/").status_code == 302, host
    assert owner.get("/settings/profile/").status_code == 200


def test_session_of_an_agency_opens_no_other_agency(twins: tuple[Twin, Twin]) -> None:
    boss = browser(twins[0].agency_host)
    response = sign_in(boss, "boss@alpha.example")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert boss.get("/settings/profile/").status_code == 200

    for host in (twins[1].agency_host, twins[0].host, settings.PLATFORM_DOMAIN):
        assert moved(boss, host).get("/settings/profile/").status_code == 302, host


def test_stranger_at_an_agency_is_refused_like_a_wrong_password(twins: tuple[Twin, Twin]) -> None:
    response = sign_in(browser(twins[1].agency_host), "boss@alpha.example")

    assert response.status_code == 422
    assert "The e-mail address or the password is not right." in response.content.decode()


def test_wrong_password_is_not_echoed(client: Client) -> None:
    assert "s3cret-typed" not in sign_in(client, password="s3cret-typed").content.decode()


@pytest.mark.parametrize("path", ["/sign-in/", "/forgot-password/"])
def test_pages_need_no_more_than_one_query(client: Client, django_assert_max_num_queries: Any, path: str) -> None:
    client.get(path)

    with django_assert_max_num_queries(1):
        assert client.get(path).status_code == 200
