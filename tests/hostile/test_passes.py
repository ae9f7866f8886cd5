"""T11, T12, T13: what opens one door opens no other, even when every number is the same."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tenants.identity.errors import LinkInvalid
from tenants.identity.models import ApiKey, Session, User
from tenants.identity.tokens import make_token, user_for_token
from tenants.kernel import context
from tests.factories import Twin, client_for

AGENCY = "agency"


def copy_user(twins: tuple[Twin, Twin]) -> User:
    """B gets a user with the key, password hash and times of A's owner: the worst of all twins."""
    with context.inside(twins[0].place):
        user = twins[0].owner()
    with context.inside(twins[1].place):
        role = User.objects.get(role__slug="owner").role
        fields = {
            name: getattr(user, name)
            for name in ("id", "email", "name", "password", "last_login", "verified_at", "invited_at")
        }
        User.objects.create(**fields, role=role)
    return user


@pytest.mark.parametrize("purpose", ["invite", "reset", "verify"])
def test_t11_links_of_a_are_dead_at_b(twins: tuple[Twin, Twin], purpose: str) -> None:
    user = copy_user(twins)
    with context.inside(twins[0].place):
        token = make_token(user, purpose=purpose)
        assert user_for_token(user.pk, token, purpose=purpose).pk == user.pk
    for place in (
        twins[1].place,
        context.Place(schema="public"),
        context.Place(schema="public", agency_id=twins[0].agency.pk),
    ):
        with context.inside(place), pytest.raises(LinkInvalid):
            user_for_token(user.pk, token, purpose=purpose)


def test_t11_a_link_of_one_purpose_serves_no_other(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        user = twins[0].owner()
        token = make_token(user, purpose="invite")
        with pytest.raises(LinkInvalid):
            user_for_token(user.pk, token, purpose="reset")


def test_t12_a_key_opens_its_own_place_only(twins: tuple[Twin, Twin]) -> None:
    one, two = twins
    hosts = {one.host: 200, two.host: 401, one.agency_host: 401, two.agency_host: 401}
    for host, status in hosts.items():
        path = "/api/v1/companies" if host in (one.agency_host, two.agency_host) else "/api/v1/contacts"
        answer = Client(headers={"host": host, "authorization": f"Bearer {one.api_key}"}).get(path)
        assert answer.status_code == status, host


def test_t12_a_key_copied_row_by_row_is_no_key_elsewhere(twins: tuple[Twin, Twin]) -> None:
    user = copy_user(twins)
    with context.inside(twins[0].place):
        key = ApiKey.objects.get(user=user)
    with context.inside(twins[1].place):
        ApiKey.objects.create(name=key.name, prefix=key.prefix, digest=key.digest, user_id=user.pk)
    answer = Client(headers={"host": twins[1].host, "authorization": f"Bearer {twins[0].api_key}"}).get(
        "/api/v1/contacts"
    )

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key.upper(),
        lambda key: key.replace(".", ""),
        lambda key: key.replace(".", ".."),
        lambda key: key.partition(".")[0] + ".",
        lambda key: "." + key.partition(".")[2],
        lambda key: key.swapcase(),
        lambda key: "",
        lambda key: "\x00",
        lambda key: "%' OR 1=1 --.x",
    ],
)
def test_t12_a_key_tampered_with_is_nobody(twins: tuple[Twin, Twin], change: Any) -> None:
    key = change(twins[0].api_key)
    answer = Client(headers={"host": twins[0].host, "authorization": f"Bearer {key}"}).get("/api/v1/contacts")

    assert answer.status_code == 401


@pytest.mark.parametrize("kind", ["Basic", "Token", "bearer bearer", "ApiKey"])
def test_t12_other_schemes_are_nobody(twins: tuple[Twin, Twin], kind: str) -> None:
    headers = {"host": twins[0].host, "authorization": f"{kind} {twins[0].api_key}"}
    assert Client(headers=headers).get("/api/v1/contacts").status_code == 401


def test_t13_a_session_opens_its_own_door_only(twins: tuple[Twin, Twin]) -> None:
    cookies = twins[0].signed_in().cookies
    for host in (twins[1].host, twins[1].agency_host, twins[0].agency_host, settings.PLATFORM_DOMAIN):
        browser = Client(headers={"host": host})
        browser.cookies = cookies
        answer = browser.get("/contacts/" if host == twins[1].host else "/settings/profile/")
        assert answer.status_code in (302, 404), host
        assert twins[0].sentinel.encode() not in answer.content


def test_t13_a_session_copied_row_by_row_is_none(twins: tuple[Twin, Twin]) -> None:
    user = copy_user(twins)
    with context.inside(twins[0].place):
        browser = client_for(user, twins[0].host)
        row = Session.objects.get(session_key=browser.cookies[settings.SESSION_COOKIE_NAME].value)
    with context.inside(twins[1].place):
        Session.objects.create(
            session_key=row.session_key,
            session_data=row.session_data,
            expire_date=row.expire_date,
            scope=row.scope,
            user_id=user.pk,
        )
    foreign = Client(headers={"host": twins[1].host})
    foreign.cookies = browser.cookies

    assert foreign.get("/contacts/").status_code == 302


def test_t13_a_session_of_one_agency_is_none_at_another(twins: tuple[Twin, Twin]) -> None:
    """Both agencies share the public tables; the door is in the session."""
    with context.inside(context.Place(schema="public", agency_id=twins[0].agency.pk)):
        staff = User.objects.get(email=f"boss@{twins[0].agency.slug}.example")
        browser = client_for(staff, twins[0].agency_host)
    assert browser.get("/companies/").status_code == 200

    for host in (twins[1].agency_host, settings.PLATFORM_DOMAIN):
        foreign = Client(headers={"host": host})
        foreign.cookies = browser.cookies
        path = "/companies/" if host == twins[1].agency_host else "/control/"
        assert foreign.get(path).status_code in (302, 404), host


def test_t13_cookies_stay_on_their_host(twins: tuple[Twin, Twin]) -> None:
    browser = Client(headers={"host": twins[0].host})
    browser.get("/sign-in/")

    assert [name for name, morsel in browser.cookies.items() if morsel["domain"]] == []
    assert settings.SESSION_COOKIE_DOMAIN is None
    assert settings.CSRF_COOKIE_DOMAIN is None
