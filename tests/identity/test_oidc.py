"""Single sign-on against oidc-provider, a certified OpenID provider, run as a process."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tenants.identity.errors import OwnersOnly
from tenants.identity.models import LinkedIdentity, MailDomain, SignIn, SsoConnection, User
from tenants.identity.signin.policy import update_policy
from tenants.identity.sso import oidc, outward
from tenants.identity.sso.people import Told, person_for, role_told
from tenants.identity.sso.settings import add_domain, delete_connection, save_connection, verify_domain
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict, Denied, Invalid, ProviderFailed
from tests.factories import PASSWORD, Twin
from tests.identity.conftest import Committed, a_user, browser
from tests.identity.peers.processes import running, walked

BACK = f"http://works.alpha.localhost:{settings.PORT}/sign-in/with/acme/back/"
SECRET = "a client secret of the test"
PEOPLE = {
    "asha": {
        "email": "asha@alpha-works.example", "email_verified": True, "name": "Asha Nair", "groups": ["sales-leads"],
    },
}  # fmt: skip


def provider(**more: str) -> Any:
    return running("oidc.mjs", PEOPLE=json.dumps(PEOPLE), SECRET=SECRET, REDIRECT=BACK, **more)


@pytest.fixture(scope="module")
def peer() -> Iterator[str]:
    with provider() as told:
        yield f"127.0.0.1:{told['port']}"


@pytest.fixture
def connection(twins: tuple[Twin, Twin], peer: str, settings: Any) -> SsoConnection:
    settings.OUTBOUND_TRUSTED_ORIGINS = [f"http://{peer}"]
    return connect(twins[0], peer)


def connect(twin: Twin, peer: str, **more: Any) -> SsoConnection:
    values = {
        "name": "Acme", "issuer": f"http://{peer}", "client_id": "crm", "client_secret": SECRET,
        "default_role": "sales-rep", "trusts_emails": True, "new_people": "everybody", "role_attribute": "groups",
        "role_map": [["sales-leads", "manager"]],
    }  # fmt: skip
    with context.inside(twin.place, actor=robot()):
        return save_connection(connection=SsoConnection(kind="oidc"), values=values | more, by=robot())


def there_and_back(client: Client, path: str = "/sign-in/with/acme/") -> Any:
    """Out to the provider and back to our callback, which is what the answer is of."""
    out = client.get(path)
    assert out.status_code == 302, out.content.decode()
    url = walked(out["Location"], until=BACK)
    return client.get(url.removeprefix(f"http://works.alpha.localhost:{settings.PORT}"))


def test_person_comes_in_is_made_and_gets_the_role_of_the_group(
    client: Client, connection: SsoConnection, twins: tuple[Twin, Twin]
) -> None:
    answer = there_and_back(client, "/sign-in/with/acme/?next=/contacts/")

    assert answer["Location"] == "/contacts/"
    assert client.get("/settings/profile/").status_code == 200
    with context.inside(twins[0].place):
        user = User.objects.get(email="asha@alpha-works.example")
        assert (user.name, user.role.slug, user.state, user.has_usable_password()) == (
            "Asha Nair", "manager", "active", False,
        )  # fmt: skip
        assert LinkedIdentity.objects.get(user=user).subject == "asha"
        assert SignIn.objects.filter(user=user, method="sso", outcome="done").count() == 1


def test_second_time_is_the_same_person_even_under_another_address(
    client: Client, connection: SsoConnection, twins: tuple[Twin, Twin]
) -> None:
    there_and_back(client)
    with context.inside(twins[0].place):
        User.objects.filter(email="asha@alpha-works.example").update(email="asha.nair@alpha-works.example")

    there_and_back(browser(twins[0].host))

    with context.inside(twins[0].place):
        assert User.objects.filter(name="Asha Nair").count() == 1


def test_answer_of_another_browser_opens_nothing(client: Client, connection: SsoConnection) -> None:
    url = walked(client.get("/sign-in/with/acme/")["Location"], until=BACK)
    path = url.removeprefix(f"http://works.alpha.localhost:{settings.PORT}")
    victim = browser("works.alpha.localhost")

    assert victim.get(path).status_code == 410
    victim.get("/sign-in/with/acme/")
    assert victim.get(path).status_code == 410
    assert victim.get("/settings/profile/").status_code == 302
    assert client.get(path).status_code == 302
    assert client.get(path).status_code == 410


def test_code_that_was_tampered_with_opens_nothing(client: Client, connection: SsoConnection) -> None:
    url = walked(client.get("/sign-in/with/acme/")["Location"], until=BACK)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    answer = client.get("/sign-in/with/acme/back/", asked | {"code": "x" + asked["code"]})

    assert answer.status_code == 502
    assert "did not bring you in" in answer.content.decode()


def test_refusal_of_the_provider_is_said(client: Client, twins: tuple[Twin, Twin], settings: Any) -> None:
    with provider(WHO="nobody") as told:
        peer = f"127.0.0.1:{told['port']}"
        settings.OUTBOUND_TRUSTED_ORIGINS = [f"http://{peer}"]
        connect(twins[0], peer)

        answer = there_and_back(client)

    assert answer.status_code == 502
    assert "did not let you in" in answer.content.decode()


def test_thin_tokens_are_filled_from_the_page_of_the_user(
    client: Client, twins: tuple[Twin, Twin], settings: Any
) -> None:
    with provider(THIN="1") as told:
        peer = f"127.0.0.1:{told['port']}"
        settings.OUTBOUND_TRUSTED_ORIGINS = [f"http://{peer}"]
        connect(twins[0], peer)

        assert there_and_back(client)["Location"] == "/"

    with context.inside(twins[0].place):
        assert User.objects.get(email="asha@alpha-works.example").role.slug == "manager"


def test_provider_of_one_company_is_none_of_another(connection: SsoConnection, twins: tuple[Twin, Twin]) -> None:
    for host in (twins[1].host, twins[0].agency_host, settings.PLATFORM_DOMAIN):
        assert browser(host).get("/sign-in/with/acme/").status_code == 404, host
    assert "Continue with Acme" in browser(twins[0].host).get("/sign-in/").content.decode()
    assert "Continue with Acme" not in browser(twins[1].host).get("/sign-in/").content.decode()


# Whom a provider may bring in


def told(email: str, **more: Any) -> Told:
    return Told(**{"subject": email, "email": email, "is_email_checked": True, "name": "Somebody"} | more)


def proven(domain: str) -> None:
    MailDomain.objects.create(domain=domain, token="t", verified_at=timezone.now())


def plain(twin: Twin, **more: Any) -> SsoConnection:
    from tenants.identity.models import Role

    role = Role.objects.get(slug="sales-rep")
    return SsoConnection.objects.create(kind="oidc", name="P", slug="p", issuer="https://p", default_role=role, **more)


@pytest.mark.parametrize(
    ("trusts", "checked", "domain", "comes_in"),
    [
        (False, True, "", False),
        (True, False, "", False),
        (True, True, "", True),
        (False, False, "works.example", True),
        (False, False, "other.example", False),
    ],
)
def test_address_counts_only_where_it_is_proven(
    company: Twin, trusts: bool, checked: bool, domain: str, comes_in: bool
) -> None:
    connection = plain(company, trusts_emails=trusts, new_people="everybody")
    if domain:
        proven(domain)
    told_of = told("new@works.example", is_email_checked=checked)

    if comes_in:
        assert person_for(connection, told_of).email == "new@works.example"
    else:
        with pytest.raises(Denied):
            person_for(connection, told_of)
        assert not User.objects.filter(email="new@works.example").exists()


def test_unproven_address_takes_nobodys_account(company: Twin) -> None:
    connection = plain(company, new_people="everybody")

    with pytest.raises(Denied):
        person_for(connection, told("owner@alpha.example"))

    assert not LinkedIdentity.objects.exists()


@pytest.mark.parametrize(("new_people", "comes_in"), [("nobody", False), ("domains", False), ("everybody", True)])
def test_new_people_come_in_as_the_company_says(company: Twin, new_people: str, comes_in: bool) -> None:
    connection = plain(company, trusts_emails=True, new_people=new_people)
    proven("works.example")
    if comes_in:
        assert person_for(connection, told("x@elsewhere.example")).role.slug == "sales-rep"
        return
    with pytest.raises(Denied, match="Nobody has invited you"):
        person_for(connection, told("x@elsewhere.example"))
    if new_people == "domains":
        assert person_for(connection, told("x@works.example")).role.slug == "sales-rep"


def test_deactivated_person_stays_out(company: Twin) -> None:
    connection = plain(company, trusts_emails=True)
    user = a_user(company, "sales-rep")
    person_for(connection, told(user.email))
    User.objects.filter(pk=user.pk).update(is_active=False)

    with pytest.raises(Denied):
        person_for(connection, told(user.email))


def test_first_line_of_the_map_counts_and_owners_are_not_the_providers_business(company: Twin) -> None:
    connection = plain(
        company, trusts_emails=True, role_attribute="groups", role_map=[["a", "admin"], ["b", "support"]]
    )
    user, owner = a_user(company, "sales-rep"), company.owner()

    assert role_told(connection, {"groups": ["B", "A"]}) == "admin"
    assert role_told(connection, {"groups": "b"}) == "support"
    assert role_told(connection, {}) == ""
    assert person_for(connection, told(user.email, attributes={"groups": ["b"]})).role.slug == "support"
    assert person_for(connection, told(user.email)).role.slug == "support"
    assert person_for(connection, told(owner.email, attributes={"groups": ["b"]})).role.slug == "owner"
    SsoConnection.objects.update(role_map=[["b", "owner"]])
    connection.refresh_from_db()
    assert person_for(connection, told(user.email, attributes={"groups": ["b"]})).role.slug == "support"


# Tokens


@pytest.fixture
def forge(company: Twin, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A provider whose keys we hold: makes id tokens, with claims and header as the test likes."""
    key = RSAKey.generate_key(2048, {"kid": "k1"})
    about = {"issuer": "https://p", "jwks_uri": "https://p/keys"}
    monkeypatch.setattr(oidc, "discovered", lambda issuer: about)
    monkeypatch.setattr(oidc, "call", lambda *args: KeySet([key]).as_dict(private=False))

    def make(header: Any = None, signed_by: Any = None, **claims: Any) -> str:
        now = int(time.time())
        full = {"iss": "https://p", "aud": "crm", "sub": "s", "exp": now + 60, "iat": now, "nonce": "n"} | claims
        return jwt.encode(
            header or {"alg": "RS256", "kid": "k1"}, full, signed_by or key, algorithms=["RS256", "HS256"]
        )

    return make


def test_right_token_is_taken(company: Twin, forge: Any) -> None:
    assert oidc.checked_claims(plain(company, client_id="crm"), forge(), nonce="n")["sub"] == "s"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil"}, {"aud": "other"}, {"aud": ["other"]}, {"exp": 1}, {"nonce": "other"}, {"nonce": ""},
        {"iat": int(time.time()) + 9999}, {"azp": "other"}, {"nbf": int(time.time()) + 9999},
    ],
)  # fmt: skip
def test_token_for_others_or_other_times_is_refused(company: Twin, forge: Any, claims: dict[str, Any]) -> None:
    with pytest.raises(ProviderFailed):
        oidc.checked_claims(plain(company, client_id="crm"), forge(**claims), nonce="n")


def test_token_signed_by_others_or_not_at_all_is_refused(company: Twin, forge: Any) -> None:
    from joserfc.jwk import OctKey

    connection = plain(company, client_id="crm")
    body = forge().split(".")[1]
    bare = "eyJhbGciOiJub25lIn0." + body + "."
    stranger = forge(signed_by=RSAKey.generate_key(2048, {"kid": "k1"}))
    shared = forge(
        header={"alg": "HS256", "kid": "k1"}, signed_by=OctKey.import_key("crm-secret-of-some-length-here!!")
    )
    for token in (bare, stranger, shared, "x.y.z", ""):
        with pytest.raises(ProviderFailed):
            oidc.checked_claims(connection, token, nonce="n")


# Where we call


@pytest.mark.parametrize(
    "url",
    [
        "http://accounts.example.com", "https://127.0.0.1", "https://localhost", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://10.0.0.8", "https://0.0.0.0", "https://2130706433/",
        "https://0x7f.1/", "ftp://example.com", "https://user@127.0.0.1", "https://", "nonsense", "https://[::",
        "https://100.64.0.1/", "https://[fd00::1]/", "https://[64:ff9b::7f00:1]/",
    ],
)  # fmt: skip
def test_own_network_is_never_called(company: Twin, url: str) -> None:
    with pytest.raises(Invalid):
        outward.check_url(url, field="issuer")
    with pytest.raises(ProviderFailed):
        outward.call("GET", url)


# Rules and settings


def test_single_sign_on_only_shuts_the_other_doors_but_for_owners(
    client: Client, connection: SsoConnection, twins: tuple[Twin, Twin]
) -> None:
    rep = a_user(twins[0], "sales-rep")
    with context.inside(twins[0].place, actor=robot()), pytest.raises(Invalid, match="lock everybody out"):
        update_policy(values={"is_sso_only": True}, by=robot())
    there_and_back(client)
    with context.inside(twins[0].place, actor=robot()):
        update_policy(values={"is_sso_only": True}, by=robot())
        with pytest.raises(Conflict, match="only way in"):
            delete_connection(connection=connection, by=robot())

    page = browser(twins[0].host)
    assert 'name="password"' not in page.get("/sign-in/").content.decode()
    assert 'name="password"' in page.get("/sign-in/?owner=1").content.decode()
    refused = page.post("/sign-in/", {"email": rep.email, "password": PASSWORD})
    assert refused.status_code == 403
    assert "single sign-on only" in refused.content.decode()
    assert page.get("/sign-in/link/").status_code == 404
    glass = page.post("/sign-in/", {"email": "owner@alpha.example", "password": PASSWORD})
    assert glass["Location"] == "/sign-in/set-up/"
    assert there_and_back(browser(twins[0].host))["Location"] == "/"


def test_only_owners_change_providers(owner: Client, connection: SsoConnection, twins: tuple[Twin, Twin]) -> None:
    admin = a_user(twins[0], "admin")
    there = twins[0].signed_in(admin.email)
    with context.inside(twins[0].place), pytest.raises(OwnersOnly):
        save_connection(connection=connection, values={}, by=admin.actor)

    assert there.get(f"/settings/sign-in/sso/{connection.pk}/").status_code == 403
    assert there.post("/settings/sign-in/sso/only/", {"only": "1"}).status_code == 403
    assert there.get("/settings/sign-in/sso/").status_code == 200
    page = owner.get(f"/settings/sign-in/sso/{connection.pk}/").content.decode()
    assert SECRET not in page
    assert BACK in page


def test_provider_is_checked_when_it_is_written_down(owner: Client, connection: SsoConnection, peer: str) -> None:
    values = {
        "name": "Second", "issuer": f"http://{peer}/nowhere", "client_id": "x", "new_people": "domains",
        "default_role": "sales-rep", "role_map": "leads",
    }  # fmt: skip

    assert "this one differs: leads" in owner.post("/settings/sign-in/sso/new/oidc/", values).content.decode()
    for role_map in ("leads = owner", "leads = nobody"):
        assert owner.post("/settings/sign-in/sso/new/oidc/", values | {"role_map": role_map}).status_code == 422
    refused = owner.post("/settings/sign-in/sso/new/oidc/", values | {"role_map": ""})
    assert refused.status_code == 422
    assert "answered with 404" in refused.content.decode()
    good = owner.post("/settings/sign-in/sso/new/oidc/", values | {"role_map": "", "issuer": f"http://{peer}"})
    assert good.status_code == 302


def test_domain_is_proven_by_its_record(company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    for domain in ("gmail.com", "nodots", "", "exa mple.com"):
        with pytest.raises(Invalid):
            add_domain(domain=domain, by=robot())
    found = add_domain(domain="info@Works.Example", by=robot())
    assert found.domain == "works.example"
    with pytest.raises(Invalid, match="in the list already"):
        add_domain(domain="works.example", by=robot())
    monkeypatch.setattr("tenants.identity.sso.settings.has_token", lambda host, token: False)
    with pytest.raises(Conflict, match="no TXT record _crm-verify"):
        verify_domain(domain=found, by=robot())
    monkeypatch.setattr("tenants.identity.sso.settings.has_token", lambda host, token: token == found.token)

    assert verify_domain(domain=found, by=robot()).verified_at is not None


def test_address_of_an_open_domain_joins_by_a_link(
    client: Client, twins: tuple[Twin, Twin], committed: Committed, outbox: list[Any]
) -> None:
    with context.inside(twins[0].place, actor=robot()):
        domain = add_domain(domain="works.example", joins_as="support", by=robot())

    def ask(email: str) -> None:
        with committed():
            assert client.post("/sign-in/link/", {"email": email}).status_code == 200

    ask("new.face@works.example")
    assert outbox == []
    with context.inside(twins[0].place):
        MailDomain.objects.filter(pk=domain.pk).update(verified_at=timezone.now())
    ask("other@elsewhere.example")
    assert outbox == []
    ask("New.Face@works.example")

    assert [message.to for message in outbox] == [["new.face@works.example"]]
    assert "/welcome/" in outbox[0].body
    with context.inside(twins[0].place):
        assert User.objects.get(email="new.face@works.example").role.slug == "support"
