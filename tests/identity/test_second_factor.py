"""The second factor: codes of an app, recovery codes, enforced set-up; and links in mails."""

import time
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from tenants.identity import tokens
from tenants.identity.mfa.codes import make_recovery_codes, new_secret, set_up_app, take_code
from tenants.identity.models import Authenticator, SignIn
from tenants.identity.signin.policy import update_policy
from tenants.identity.throttle import CODE_USER
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Invalid
from tests.factories import PASSWORD, Twin
from tests.identity.conftest import Committed, a_user, browser

OWNER = "owner@alpha.example"


def code_at(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)


@pytest.fixture
def secret(twins: tuple[Twin, Twin]) -> str:
    """The owner of company A has an app, which has shown the code before the one of now."""
    secret = new_secret()
    with context.inside(twins[0].place, actor=robot()):
        set_up_app(user=twins[0].owner(), secret=secret, code=code_at(secret, -1), by=robot())
    return secret


def sign_in(client: Client, email: str = OWNER, **more: str) -> Any:
    return client.post("/sign-in/", {"email": email, "password": PASSWORD, **more})


def is_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


def test_password_alone_does_not_open(client: Client, secret: str) -> None:
    response = sign_in(client, next="/contacts/")

    assert (response.status_code, response["Location"]) == (302, "/sign-in/second/")
    assert not is_in(client)
    assert client.get("/api/v1/contacts").status_code == 401
    assert client.post("/sign-in/second/", {"code": code_at(secret)})["Location"] == "/contacts/"
    assert is_in(client)


def test_a_code_opens_once(client: Client, secret: str) -> None:
    code = code_at(secret)
    sign_in(client)
    client.post("/sign-in/second/", {"code": code})
    other = browser("works.alpha.localhost")
    sign_in(other)

    assert other.post("/sign-in/second/", {"code": code}).status_code == 422
    assert not is_in(other)


@pytest.mark.parametrize("code", ["000000", " ", "abc", "12345678901234567890", "\x00", "０００００１"])
def test_wrong_codes_are_refused(client: Client, secret: str, code: str) -> None:
    sign_in(client)

    assert client.post("/sign-in/second/", {"code": code}).status_code == 422
    assert not is_in(client)


def test_codes_of_long_ago_and_of_later_are_refused(client: Client, secret: str) -> None:
    sign_in(client)
    for steps in (-2, 2):
        assert client.post("/sign-in/second/", {"code": code_at(secret, steps)}).status_code == 422


def test_guessing_codes_is_braked_and_on_record(client: Client, secret: str, twins: tuple[Twin, Twin]) -> None:
    sign_in(client)
    codes = [client.post("/sign-in/second/", {"code": "000000"}).status_code for _n in range(CODE_USER.free + 1)]

    assert codes[-1] == 429
    assert client.post("/sign-in/second/", {"code": code_at(secret)}).status_code == 429
    with context.inside(twins[0].place):
        assert SignIn.objects.filter(method="second", reason="code", user__email=OWNER).count() == CODE_USER.free


def test_a_recovery_code_opens_once(client: Client, secret: str, twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, actor=robot()):
        codes = make_recovery_codes(user=twins[0].owner(), by=robot())
    sign_in(client)
    assert client.post("/sign-in/second/", {"code": f" {codes[0].upper()} "})["Location"] == "/"
    other = browser("works.alpha.localhost")
    sign_in(other)

    assert other.post("/sign-in/second/", {"code": codes[0]}).status_code == 422
    with context.inside(twins[0].place):
        row = Authenticator.objects.get(kind="recovery")
        assert len(row.data["codes"]) == 9
        assert not any(code.replace("-", "") in str(row.data) for code in codes)


def test_whoever_waits_too_long_begins_again(client: Client, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(client)
    now = time.time()
    monkeypatch.setattr("tenants.identity.signin.steps.time.time", lambda: now + 601)

    assert client.post("/sign-in/second/", {"code": code_at(secret)})["Location"] == "/sign-in/"
    assert not is_in(client)


def test_second_step_without_the_first_leads_to_the_first(client: Client) -> None:
    for path in ("/sign-in/second/", "/sign-in/set-up/"):
        assert client.get(path)["Location"] == "/sign-in/"


def test_secret_is_encrypted_in_its_row(secret: str, twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        row = Authenticator.objects.get(kind="totp")
        assert (str(row.secret), row.secret.reveal(), secret in row.secret.token) == ("••••", secret, False)


def test_enforced_set_up_has_no_way_around(client: Client, twins: tuple[Twin, Twin]) -> None:
    rep = a_user(twins[0], "sales-rep")
    with context.inside(twins[0].place, actor=robot()):
        update_policy(values={"second_factor": "roles", "second_factor_roles": ["sales-rep"]}, by=robot())

    assert sign_in(client, rep.email)["Location"] == "/sign-in/set-up/"
    assert not is_in(client)
    page = client.get("/sign-in/set-up/").content.decode()
    secret = page.split('id="app-secret">')[1].split("<")[0].replace(" ", "")
    assert "<svg" in page
    assert client.post("/sign-in/set-up/", {"code": "000000"}).status_code == 422
    done = client.post("/sign-in/set-up/", {"code": code_at(secret)}).content.decode()
    assert done.count("\n") > 10
    assert "Your recovery codes" in done
    assert is_in(client)
    other = browser(twins[0].host)
    assert sign_in(other, rep.email)["Location"] == "/sign-in/second/"
    assert sign_in(browser(twins[0].host))["Location"] == "/"


def test_asking_for_a_second_factor_ends_sessions_without_and_locks_nobody_out(
    owner: Client, twins: tuple[Twin, Twin], secret: str
) -> None:
    admin = a_user(twins[0], "admin")
    other = twins[0].signed_in(admin.email)
    with context.inside(twins[0].place), pytest.raises(Invalid, match="lock you out"):
        update_policy(values={"second_factor": "everybody"}, by=admin.actor)

    with context.inside(twins[0].place):
        update_policy(values={"second_factor": "everybody"}, by=twins[0].owner().actor)

    assert is_in(owner)
    assert not is_in(other)


def test_person_sets_an_app_up_and_takes_it_away(client: Client, twins: tuple[Twin, Twin]) -> None:
    sign_in(client)
    page = client.get("/settings/profile/factors/app/").content.decode()
    secret = page.split('id="app-secret">')[1].split("<")[0].replace(" ", "")

    shown = client.post("/settings/profile/factors/app/", {"code": code_at(secret)}).content.decode()

    assert "Your recovery codes" in shown
    with context.inside(twins[0].place):
        row = Authenticator.objects.get(kind="totp")
    assert client.post(f"/settings/profile/factors/{row.pk}/removal/")["Location"] == "/settings/profile/factors/"
    with context.inside(twins[0].place):
        assert not Authenticator.objects.filter(kind__in=("totp", "recovery")).exists()


def test_change_of_factors_needs_a_fresh_proof(
    owner: Client, twins: tuple[Twin, Twin], secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with context.inside(twins[0].place):
        row = Authenticator.objects.get(kind="totp")
    monkeypatch.setattr("tenants.identity.mfa.proof.time.time", lambda: time.time_ns() / 1e9 + 16 * 60)
    where = "/settings/profile/proof/?back=/settings/profile/factors/"

    assert owner.post(f"/settings/profile/factors/{row.pk}/removal/")["Location"] == where
    assert owner.post("/settings/profile/proof/", {"proof": "wrong"}).status_code == 422
    assert owner.post("/settings/profile/proof/", {"proof": PASSWORD, "back": "//evil.example/"})["Location"] == (
        "/settings/profile/factors/"
    )
    assert owner.post(f"/settings/profile/factors/{row.pk}/removal/")["Location"] == "/settings/profile/factors/"


def test_foreign_factor_is_not_found(owner: Client, twins: tuple[Twin, Twin]) -> None:
    rep = a_user(twins[0], "sales-rep")
    secret = new_secret()
    with context.inside(twins[0].place, actor=robot()):
        set_up_app(user=rep, secret=secret, code=code_at(secret), by=robot())
        row = Authenticator.objects.get(kind="totp")

    assert owner.post(f"/settings/profile/factors/{row.pk}/removal/").status_code == 404


def test_administrator_helps_when_a_phone_is_lost(owner: Client, twins: tuple[Twin, Twin], secret: str) -> None:
    admin = twins[0].signed_in(a_user(twins[0], "admin").email)
    boss = twins[0].owner()

    assert admin.post(f"/settings/people/{boss.pk}/second-factor/removal/").status_code == 403
    assert owner.post(f"/settings/people/{boss.pk}/second-factor/removal/").status_code == 302
    with context.inside(twins[0].place):
        assert not take_code(user=boss, code=code_at(secret))


def test_agency_people_have_second_factors_too_and_no_door_leads_around(twins: tuple[Twin, Twin]) -> None:
    boss = browser(twins[0].agency_host)
    sign_in(boss, "boss@alpha.example")
    page = boss.get("/settings/profile/factors/app/").content.decode()
    secret = page.split('id="app-secret">')[1].split("<")[0].replace(" ", "")
    boss.post("/settings/profile/factors/app/", {"code": code_at(secret, -1)})

    again, platform = browser(twins[0].agency_host), browser(settings.PLATFORM_DOMAIN)
    assert sign_in(again, "boss@alpha.example")["Location"] == "/sign-in/second/"
    assert again.post("/sign-in/second/", {"code": code_at(secret)})["Location"] == "/"
    assert sign_in(platform, "boss@alpha.example")["Location"] == "/sign-in/second/"
    assert "ticket=" not in platform.get("/sign-in/second/").content.decode()
    handed = platform.post("/sign-in/second/", {"code": code_at(secret, 1)})
    assert (handed.status_code, "/enter/?ticket=" in handed.content.decode()) == (200, True)


# Links in mails


def ask(client: Client, committed: Committed, email: str = OWNER, **headers: str) -> Any:
    with committed():
        return client.post("/sign-in/link/", {"email": email}, headers=headers)


def link_in(message: Any) -> str:
    line = next(line for line in message.body.splitlines() if "/sign-in/link/" in line)
    return "/" + line.split("/", 3)[3]


def test_mailed_link_opens_once(client: Client, committed: Committed, outbox: list[Any]) -> None:
    ask(client, committed)
    path = link_in(outbox[0])
    assert "One more click" in client.get(path).content.decode()
    assert not is_in(client)

    assert client.post(path)["Location"] == "/"

    assert is_in(client)
    other = browser("works.alpha.localhost")
    assert (other.get(path).status_code, other.post(path).status_code) == (410, 410)


def test_mailed_link_asks_for_the_second_factor_and_is_used_up_by_then(
    client: Client, committed: Committed, outbox: list[Any], secret: str
) -> None:
    ask(client, committed)
    path = link_in(outbox[0])

    assert client.post(path)["Location"] == "/sign-in/second/"

    assert not is_in(client)
    assert browser("works.alpha.localhost").post(path).status_code == 410


def test_mailed_link_lives_a_quarter_of_an_hour(
    client: Client, committed: Committed, outbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, committed)
    monkeypatch.setattr(tokens._PlaceToken, "_now", lambda self: datetime.now() + timedelta(minutes=15, seconds=5))

    assert client.get(link_in(outbox[0])).status_code == 410


def test_mailed_link_is_dead_elsewhere_and_for_other_purposes(
    client: Client, committed: Committed, outbox: list[Any], twins: tuple[Twin, Twin]
) -> None:
    ask(client, committed)
    path = link_in(outbox[0])

    for host in (twins[1].host, twins[0].agency_host, settings.PLATFORM_DOMAIN):
        assert browser(host).post(path).status_code == 410, host
    assert client.get(path.replace("/sign-in/link/", "/reset/")).status_code == 410


def test_unknown_address_gets_the_same_answer_and_no_mail(
    client: Client, committed: Committed, outbox: list[Any]
) -> None:
    known, unknown = ask(client, committed), ask(client, committed, "nobody@alpha.example")

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert "nobody@alpha.example" in unknown.content.decode()
    assert len(outbox) == 1


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Server", "X-Original-Host", "Forwarded"])
def test_no_header_bends_the_mailed_link(client: Client, committed: Committed, outbox: list[Any], header: str) -> None:
    ask(client, committed, **{header: "evil.example", "host": "works.alpha.localhost"})

    assert "evil.example" not in outbox[0].message().as_string()
    assert f"http://works.alpha.localhost:{settings.PORT}/sign-in/link/" in outbox[0].body


def test_company_without_mailed_links_has_none(client: Client, twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, actor=robot()):
        update_policy(values={"allows_links": False, "allows_passkeys": False}, by=robot())

    assert client.post("/sign-in/link/", {"email": OWNER}).status_code == 404
    assert client.post("/sign-in/passkey/begin/").status_code == 404
    page = client.get("/sign-in/").content.decode()
    assert "Mail me a link" not in page
    assert "passkey-use" not in page


def test_passkey_that_nobody_asked_for_is_refused(client: Client) -> None:
    begun = client.post("/sign-in/passkey/begin/").json()
    assert begun["publicKey"]["rpId"] == "works.alpha.localhost"
    for body in (b"", b"[]", b"{}", b'{"answer": 1}', b'{"answer": {"id": "x", "rawId": "x", "type": "public-key"}}'):
        answer = client.post("/sign-in/passkey/", body, content_type="application/json")
        assert answer.status_code == 422, body
    assert not is_in(client)
    assert client.post("/sign-in/passkey/new/begin/").status_code == 403
