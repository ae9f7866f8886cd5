"""SAML 2.0 as a service provider: request by redirect, answer by POST.

Nothing is read from an answer but the element that the provider's pinned certificate has
signed, as the verifier hands it back ("see what is signed"): wrapping a signed assertion
around a forged one changes nothing that we look at. Each assertion counts once.
"""

import base64
import secrets
import zlib
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from tenants.identity.models import SsoConnection
from tenants.identity.sso.people import Told
from tenants.kernel.errors import ProviderFailed

PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
NAMES: Final = {"p": PROTOCOL, "a": ASSERTION}
SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
MOST_BYTES: Final = 256 * 1024
SKEW: Final = timedelta(seconds=90)
LONGEST_LIFE: Final = timedelta(hours=1)
PLACES: Final = (f"./{{{ASSERTION}}}Assertion/", "./")
EMAIL_NAMES: Final = ("email", "mail", "emailaddress", "urn:oid:0.9.2342.19200300.100.1.3")
NAME_NAMES: Final = ("displayname", "name", "cn", "urn:oid:2.16.840.1.113730.3.1.241")


def entity_id(connection: SsoConnection, base_url: str) -> str:
    """Our name at the provider; the document of that name is at its address."""
    return base_url + reverse("saml-about", args=[connection.slug])


def acs_url(connection: SsoConnection, base_url: str) -> str:
    return base_url + reverse("saml-acs", args=[connection.slug])


def about_us(connection: SsoConnection, base_url: str) -> str:
    """Our metadata, to be loaded at the provider."""
    return (
        f'<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
        f" entityID={quoteattr(entity_id(connection, base_url))}>"
        f'<md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true"'
        f' protocolSupportEnumeration="{PROTOCOL}">'
        f"<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>"
        f'<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
        f' Location={quoteattr(acs_url(connection, base_url))} index="0" isDefault="true"/>'
        f"</md:SPSSODescriptor></md:EntityDescriptor>"
    )


def begin(connection: SsoConnection, base_url: str) -> tuple[str, dict[str, str]]:
    """Where to send the browser, and the id of the request that the answer has to name."""
    request_id = f"_{secrets.token_hex(20)}"
    request = (
        f'<samlp:AuthnRequest xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" ID="{request_id}" Version="2.0"'
        f' IssueInstant="{timezone.now():%Y-%m-%dT%H:%M:%SZ}" Destination={quoteattr(connection.sso_url)}'
        f' ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
        f" AssertionConsumerServiceURL={quoteattr(acs_url(connection, base_url))}>"
        f"<saml:Issuer>{entity_id(connection, base_url)}</saml:Issuer></samlp:AuthnRequest>"
    )
    squeezed = zlib.compress(request.encode(), wbits=-15)
    query = urlencode({"SAMLRequest": base64.b64encode(squeezed).decode(), "RelayState": request_id})
    return f"{connection.sso_url}{'&' if '?' in connection.sso_url else '?'}{query}", {"state": request_id}


def read_answer(connection: SsoConnection, raw: str, base_url: str) -> tuple[Told, str]:
    """Who has signed in there, and the request this answers. Raises ProviderFailed."""
    document = _parsed(raw)
    assertion = _signed_assertion(connection, document)
    _check_response(document, acs_url(connection, base_url))
    until = _check_conditions(connection, assertion, entity_id(connection, base_url))
    request_id = _check_confirmation(assertion, acs_url(connection, base_url))
    _use_once(assertion, until)
    return _told(assertion), request_id


def _parsed(raw: str) -> Any:
    """The answer as a tree without entities, with one assertion and no id twice."""
    if len(raw) > MOST_BYTES:
        raise _refused("too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(base64.b64decode(raw, validate=False), parser)
    except (ValueError, etree.XMLSyntaxError) as error:
        raise _refused("no XML") from error
    ids = [value for element in root.iter() for name, value in element.attrib.items() if name.lower() == "id"]
    if root.getroottree().docinfo.doctype or root.tag != f"{{{PROTOCOL}}}Response" or len(ids) != len(set(ids)):
        raise _refused("not a plain response")
    if len(list(root.iter(f"{{{ASSERTION}}}Assertion"))) != 1:
        raise _refused("not exactly one assertion")
    return root


def _signed_assertion(connection: SsoConnection, document: Any) -> Any:
    """The assertion as it was signed, alone or with the whole response, by one of the pinned certificates."""
    for certificate in certificates_in(connection.certificates):
        for place in PLACES:
            found = _verified(etree.tostring(document), certificate, place)
            if found is not None:
                return found
    raise _refused("no valid signature")


def _verified(document: bytes, certificate: str, place: str) -> Any:
    config = SignatureConfiguration(location=place, expect_references=1)
    try:
        result: Any = XMLVerifier().verify(document, x509_cert=certificate, id_attribute="ID", expect_config=config)
    except (SignXMLException, ValueError, etree.LxmlError, AssertionError):
        return None
    signed = result.signed_xml
    if signed is not None and signed.tag == f"{{{PROTOCOL}}}Response":
        signed = signed.find("a:Assertion", NAMES)
    return signed if signed is not None and signed.tag == f"{{{ASSERTION}}}Assertion" else None


def certificates_in(text: str) -> list[str]:
    """Each PEM block by itself: providers show the next certificate beside the old one for a while."""
    end = "-----END CERTIFICATE-----"
    return [f"{part.strip()}\n{end}\n" for part in text.split(end) if "-----BEGIN CERTIFICATE-----" in part]


def _check_response(document: Any, acs: str) -> None:
    status = document.find("p:Status/p:StatusCode", NAMES)
    if status is None or status.get("Value") != SUCCESS:
        raise ProviderFailed(_("The identity provider did not let you in."))
    if document.get("Destination") not in (None, "", acs):
        raise _refused("meant for somebody else")


def _check_conditions(connection: SsoConnection, assertion: Any, audience: str) -> datetime:
    """Until when the assertion holds."""
    if (assertion.findtext("a:Issuer", "", NAMES) or "").strip() != connection.issuer:
        raise _refused("another issuer")
    conditions = assertion.find("a:Conditions", NAMES)
    if conditions is None or assertion.find("a:AuthnStatement", NAMES) is None:
        raise _refused("no conditions")
    now, until = timezone.now(), _moment(conditions.get("NotOnOrAfter"))
    since = _moment(conditions.get("NotBefore")) or now
    if until is None or until + SKEW <= now or since - SKEW > now:
        raise _refused("not valid now")
    audiences = [(one.text or "").strip() for one in conditions.findall("a:AudienceRestriction/a:Audience", NAMES)]
    if audience not in audiences:
        raise _refused("meant for another audience")
    return until


def _check_confirmation(assertion: Any, acs: str) -> str:
    """The request that a bearer of this assertion has made."""
    for one in assertion.findall("a:Subject/a:SubjectConfirmation", NAMES):
        data = one.find("a:SubjectConfirmationData", NAMES)
        until = _moment(data.get("NotOnOrAfter")) if data is not None else None
        if one.get("Method") != BEARER or data is None or until is None or until + SKEW <= timezone.now():
            continue
        if data.get("Recipient") == acs and data.get("InResponseTo"):
            return str(data.get("InResponseTo"))
    raise _refused("no confirmation for us")


def _use_once(assertion: Any, until: datetime) -> None:
    """An assertion seen before is refused for as long as it would hold; one that holds for ever is not taken."""
    left = until + SKEW * 2 - timezone.now()
    if not assertion.get("ID") or left > LONGEST_LIFE + SKEW * 3:
        raise _refused("holds too long")
    if not cache.add(f"saml:{assertion.get('ID')}", True, int(left.total_seconds()) + 1):
        raise _refused("seen before")


def _told(assertion: Any) -> Told:
    attributes: dict[str, Any] = {}
    for one in assertion.findall("a:AttributeStatement/a:Attribute", NAMES):
        values = ["".join(value.itertext()).strip() for value in one.findall("a:AttributeValue", NAMES)]
        attributes[str(one.get("Name"))] = values[0] if len(values) == 1 else values
    name_id = assertion.find("a:Subject/a:NameID", NAMES)
    called = "".join(name_id.itertext()).strip() if name_id is not None else ""
    email = _first(attributes, EMAIL_NAMES) or (called if "@" in called else "")
    is_lasting = name_id is not None and name_id.get("Format") != TRANSIENT
    return Told(
        subject=called if is_lasting else email.lower(), email=email, is_email_checked=True,
        name=_first(attributes, NAME_NAMES), attributes=attributes,
    )  # fmt: skip


def _first(attributes: dict[str, Any], names: tuple[str, ...]) -> str:
    """By the short name: providers write `email`, `mail` or a long address that ends so."""
    for name, value in attributes.items():
        if name.rpartition("/")[2].lower() in names:
            return str(value[0] if isinstance(value, list) and value else value or "")
    return ""


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if timezone.is_aware(found) else None


def _refused(reason: str) -> ProviderFailed:
    """The reason is for the log; people are told the same each time."""
    return ProviderFailed(_("The proof of your identity provider does not hold."), fix=reason)
