"""SAML against an identity provider of samlify, run as a process; and against those who bend its answers."""

import base64
import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.test import Client
from lxml import etree
from signxml import XMLSigner

from tenants.identity.models import SignIn, SsoConnection, User
from tenants.identity.sso import saml
from tenants.identity.sso.settings import save_connection
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Invalid, ProviderFailed
from tests.factories import Twin
from tests.identity.conftest import browser
from tests.identity.peers.processes import running

BASE = f"http://works.alpha.localhost:{settings.PORT}"
PERSON = '{"email": "ravi@alpha-works.example", "displayName": "Ravi Rao", "groups": "support-desk"}'
DS = "{http://www.w3.org/2000/09/xmldsig#}"


def key_and_certificate() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
    form, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, form, plain).decode()
    return private, made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    return key_and_certificate()


@pytest.fixture(scope="module")
def peer(keys: tuple[str, str]) -> Iterator[str]:
    with running("saml.mjs", KEY=keys[0], CERT=keys[1], PERSON=PERSON) as told:
        yield f"http://127.0.0.1:{told['port']}"


@pytest.fixture
def connection(twins: tuple[Twin, Twin], peer: str, keys: tuple[str, str]) -> SsoConnection:
    values = {
        "name": "Acme", "issuer": f"{peer}/metadata", "sso_url": f"{peer}/sso", "certificates": keys[1],
        "default_role": "sales-rep", "trusts_emails": True, "new_people": "everybody", "role_attribute": "groups",
        "role_map": [["support-desk", "support"]],
    }  # fmt: skip
    with context.inside(twins[0].place, actor=robot()):
        return save_connection(connection=SsoConnection(kind="saml"), values=values, by=robot())


def answer_of_peer(client: Client) -> str:
    """What the provider would have the browser post to us."""
    out = client.get("/sign-in/with/acme/")["Location"]
    answer = httpx.post(out, content=client.get("/sign-in/saml/acme/").content)
    assert answer.status_code == 200, answer.text
    assert answer.json()["acs"] == f"{BASE}/sign-in/saml/acme/acs/"
    return str(answer.json()["SAMLResponse"])


def post(text: str, host: str = "works.alpha.localhost") -> Any:
    """As the browser does from the provider's page: without a cookie of ours, without a token."""
    stranger = Client(headers={"host": host}, enforce_csrf_checks=True)
    return stranger.post("/sign-in/saml/acme/acs/", {"SAMLResponse": text, "RelayState": "x"})


def tree(text: str) -> Any:
    return etree.fromstring(base64.b64decode(text))


def packed(root: Any) -> str:
    return base64.b64encode(etree.tostring(root)).decode()


def test_person_comes_in_with_the_role_of_its_group(
    client: Client, connection: SsoConnection, twins: tuple[Twin, Twin]
) -> None:
    there = post(answer_of_peer(client))
    assert there.status_code == 303

    assert client.get(there["Location"])["Location"] == "/"

    assert client.get("/settings/profile/").status_code == 200
    with context.inside(twins[0].place):
        user = User.objects.get(email="ravi@alpha-works.example")
        assert (user.name, user.role.slug) == ("Ravi Rao", "support")
        assert SignIn.objects.get(outcome="done").method == "sso"


def test_answer_is_taken_once(client: Client, connection: SsoConnection) -> None:
    text = answer_of_peer(client)
    assert post(text).status_code == 303

    assert post(text).status_code == 502


def test_answer_opens_only_for_the_browser_that_asked_and_once(client: Client, connection: SsoConnection) -> None:
    path = post(answer_of_peer(client))["Location"]
    other = browser("works.alpha.localhost")
    other.get("/sign-in/with/acme/")

    assert other.get(path).status_code == 410
    assert client.get(path).status_code == 410
    assert other.get("/settings/profile/").status_code == 302


def test_ticket_of_nobody_opens_nothing(client: Client, connection: SsoConnection) -> None:
    client.get("/sign-in/with/acme/")

    for ticket in ("", "x", "y" * 500):
        assert client.get("/sign-in/saml/acme/finish/", {"ticket": ticket}).status_code == 410


def test_answer_means_nothing_to_another_company(
    client: Client, connection: SsoConnection, twins: tuple[Twin, Twin]
) -> None:
    text = answer_of_peer(client)
    with context.inside(twins[1].place, actor=robot()):
        values = {name: getattr(connection, name) for name in ("name", "issuer", "sso_url", "certificates")}
        save_connection(
            connection=SsoConnection(kind="saml"), values=values | {"default_role": "sales-rep"}, by=robot()
        )

    assert post(text, twins[1].host).status_code == 502


def forged(assertion: Any) -> Any:
    """A copy that speaks of the owner, under an id of its own and without the signature."""
    evil = copy.deepcopy(assertion)
    evil.set("ID", "_evil")
    for signature in evil.findall(f"{DS}Signature"):
        evil.remove(signature)
    evil.find("a:Subject/a:NameID", saml.NAMES).text = "owner@alpha.example"
    for value in evil.iterfind(".//a:AttributeValue", saml.NAMES):
        value.text = "owner@alpha.example"
    return evil


def beside(root: Any, first: bool) -> None:
    assertion = root.find("a:Assertion", saml.NAMES)
    root.insert(root.index(assertion) + (0 if first else 1), forged(assertion))


def inside_signature(root: Any) -> None:
    assertion = root.find("a:Assertion", saml.NAMES)
    evil = forged(assertion)
    signature = assertion.find(f"{DS}Signature")
    root.replace(assertion, evil)
    holder = etree.SubElement(signature, f"{DS}Object")
    assertion.remove(signature)
    holder.append(assertion)
    evil.insert(1, signature)


def inside_extensions(root: Any) -> None:
    assertion = root.find("a:Assertion", saml.NAMES)
    evil = forged(assertion)
    root.replace(assertion, evil)
    extensions = etree.Element(f"{{{saml.PROTOCOL}}}Extensions")
    extensions.append(assertion)
    root.insert(1, extensions)


def around(root: Any) -> None:
    assertion = root.find("a:Assertion", saml.NAMES)
    evil = forged(assertion)
    root.replace(assertion, evil)
    evil.append(assertion)


def same_id(root: Any) -> None:
    assertion = root.find("a:Assertion", saml.NAMES)
    evil = forged(assertion)
    evil.set("ID", assertion.get("ID"))
    root.insert(root.index(assertion), evil)


def renamed_original(root: Any) -> None:
    """The signed one hidden under another name, so that only one is called Assertion."""
    assertion = root.find("a:Assertion", saml.NAMES)
    evil = forged(assertion)
    evil.insert(1, copy.deepcopy(assertion.find(f"{DS}Signature")))
    holder = etree.Element("hidden")
    root.replace(assertion, evil)
    assertion.tag = "{urn:x}Kept"
    holder.append(assertion)
    root.append(holder)


def changed_name(root: Any) -> None:
    root.find("a:Assertion/a:Subject/a:NameID", saml.NAMES).text = "owner@alpha.example"


def comment_in_name(root: Any) -> None:
    """owner@alpha.example<!-- -->.evil.example: some readers see the first half alone."""
    name = root.find("a:Assertion/a:Subject/a:NameID", saml.NAMES)
    name.text = "owner@alpha.example"
    comment = etree.Comment(" ")
    comment.tail = ".evil.example"
    name.append(comment)


def no_signature(root: Any) -> None:
    for signature in list(root.iter(f"{DS}Signature")):
        signature.getparent().remove(signature)


def no_assertion(root: Any) -> None:
    root.remove(root.find("a:Assertion", saml.NAMES))


BENT = [
    lambda root: beside(root, True), lambda root: beside(root, False), inside_signature, inside_extensions, around,
    same_id, renamed_original, changed_name, comment_in_name, no_signature, no_assertion,
]  # fmt: skip


@pytest.mark.parametrize("bend", BENT)
def test_wrapped_and_bent_answers_are_refused(
    client: Client, connection: SsoConnection, twins: tuple[Twin, Twin], bend: Any
) -> None:
    root = tree(answer_of_peer(client))
    bend(root)

    assert post(packed(root)).status_code == 502

    with context.inside(twins[0].place):
        assert not User.objects.filter(email__contains="evil").exists()
        assert not SignIn.objects.filter(outcome="done").exists()


def test_unbent_but_written_anew_is_taken(client: Client, connection: SsoConnection) -> None:
    assert post(packed(tree(answer_of_peer(client)))).status_code == 303


@pytest.mark.parametrize(
    "text",
    [
        "", "!!!", base64.b64encode(b"<x/>").decode(), base64.b64encode(b"no xml").decode(), "A" * 400_000,
        base64.b64encode(
            b'<!DOCTYPE r [<!ENTITY a "b">]><samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">&a;'
            b"</samlp:Response>"
        ).decode(),
    ],
)  # fmt: skip
def test_nonsense_is_refused(client: Client, connection: SsoConnection, text: str) -> None:
    assert post(text).status_code == 502


# Signed by the provider, and yet not for us, not now, or for ever


def signed(keys: tuple[str, str], issuer: str, **more: str) -> str:
    now = datetime.now(UTC)
    values = {
        "issuer": issuer, "audience": f"{BASE}/sign-in/saml/acme/", "recipient": f"{BASE}/sign-in/saml/acme/acs/",
        "since": f"{now:%Y-%m-%dT%H:%M:%SZ}", "until": f"{now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
        "request": 'InResponseTo="_r"', "method": saml.BEARER, "status": saml.SUCCESS,
        "authn": '<saml:AuthnStatement AuthnInstant="2026-01-01T00:00:00Z"/>', "name": "ravi@alpha-works.example",
        "destination": f"{BASE}/sign-in/saml/acme/acs/",
        "format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    } | more  # fmt: skip
    assertion = etree.fromstring(
        '<saml:Assertion xmlns:saml="{a}" ID="_a1" Version="2.0"><saml:Issuer>{issuer}</saml:Issuer>'
        '<saml:Subject><saml:NameID Format="{format}">{name}</saml:NameID><saml:SubjectConfirmation Method="{method}">'
        '<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{recipient}" {request}/>'
        '</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}">'
        "<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>"
        "</saml:Conditions>{authn}</saml:Assertion>".format(a=saml.ASSERTION, **values)
    )
    signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")  # type: ignore[arg-type]
    done = signer.sign(assertion, key=keys[0], cert=keys[1], reference_uri="_a1", id_attribute="ID")
    root = etree.fromstring(
        '<samlp:Response xmlns:samlp="{p}" ID="_r1" Version="2.0" Destination="{destination}"><samlp:Status>'
        '<samlp:StatusCode Value="{status}"/></samlp:Status></samlp:Response>'.format(p=saml.PROTOCOL, **values)
    )
    root.append(done)
    return packed(root)


def read(connection: SsoConnection, text: str) -> Any:
    return saml.read_answer(connection, text, BASE)


@pytest.fixture
def inside(twins: tuple[Twin, Twin]) -> Iterator[None]:
    with context.inside(twins[0].place, actor=robot()):
        yield


def test_good_answer_is_read(inside: None, connection: SsoConnection, keys: tuple[str, str]) -> None:
    told, request_id = read(connection, signed(keys, connection.issuer))

    assert (told.subject, told.email, request_id) == ("ravi@alpha-works.example", "ravi@alpha-works.example", "_r")


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "https://other"}, {"audience": "https://other"}, {"recipient": "https://other"},
        {"until": "2020-01-01T00:00:00Z"}, {"since": "2099-01-01T00:00:00Z"}, {"until": "2099-01-01T00:00:00Z"},
        {"until": "2026-11-21T12:00:00"}, {"until": ""}, {"request": ""}, {"method": "urn:other"},
        {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}, {"authn": ""}, {"destination": "https://other/"},
    ],
)  # fmt: skip
def test_signed_answer_not_for_us_or_not_for_now_is_refused(
    inside: None, connection: SsoConnection, keys: tuple[str, str], more: dict[str, str]
) -> None:
    with pytest.raises(ProviderFailed):
        read(connection, signed(keys, **{"issuer": connection.issuer} | more))


def test_signature_of_a_stranger_is_refused(inside: None, connection: SsoConnection) -> None:
    with pytest.raises(ProviderFailed):
        read(connection, signed(key_and_certificate(), connection.issuer))


def test_name_for_one_visit_is_no_name_to_remember(
    inside: None, connection: SsoConnection, keys: tuple[str, str]
) -> None:
    told, _request = read(connection, signed(keys, connection.issuer, format=saml.TRANSIENT, name="x7@one.visit"))

    assert told.subject == "x7@one.visit"


def test_metadata_names_our_doors_and_is_of_companies_alone(
    connection: SsoConnection, twins: tuple[Twin, Twin]
) -> None:
    root = etree.fromstring(browser(twins[0].host).get("/sign-in/saml/acme/").content)

    assert root.get("entityID") == f"{BASE}/sign-in/saml/acme/"
    assert urlsplit(root.get("entityID")).path == "/sign-in/saml/acme/"
    assert browser(twins[1].host).get("/sign-in/saml/acme/").status_code == 404


def test_certificate_that_cannot_be_read_is_refused(inside: None, connection: SsoConnection) -> None:
    for text in ("", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"):
        with pytest.raises(Invalid):
            save_connection(connection=connection, values={"certificates": text}, by=robot())
