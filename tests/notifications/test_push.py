"""Pushes: what arrives is opened with the browser's own key, and signed by the company's (RFC 8291, 8292)."""

import base64
import json
import os
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.notifications import browsers
from tenants.notifications.actions import notify
from tenants.notifications.models import Delivery, PushSubscription
from tenants.notifications.push.keys import public_key
from tests.factories import Twin
from tests.notifications.conftest import deliver
from tests.notifications.receiver import Receiver


def text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """One with a key of its own, as a browser makes it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PublicFormat.UncompressedPoint
        self.point = self.key.public_key().public_bytes(serialization.Encoding.X962, form)
        self.auth = os.urandom(16)

    def subscribe(self, user: User, endpoint: str) -> PushSubscription:
        return browsers.subscribe(
            endpoint=endpoint, public_key=text_of(self.point), auth=text_of(self.auth), browser="Firefox", by=user.actor
        )

    def opened(self, body: bytes) -> dict[str, Any]:
        """As RFC 8291, section 3.4 and RFC 8188 say the receiver does it."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        point, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        info = b"WebPush: info\x00" + self.point + point
        material = _hkdf(self.key.exchange(ec.ECDH(), theirs), self.auth, info, 32)
        key = _hkdf(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(material, salt, b"Content-Encoding: nonce\x00", 12)
        text = AESGCM(key).decrypt(nonce, sealed, None)
        assert text.endswith(b"\x02")
        found: dict[str, Any] = json.loads(text[:-1])
        return found


def _hkdf(material: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=size, salt=salt, info=info).derive(material)


def claims_of(header: str, company_key: str) -> dict[str, Any]:
    """What the signed word says, once its signature has held. Raises InvalidSignature."""
    pairs = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    assert pairs["k"] == company_key
    head, body, signature = pairs["t"].split(".")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(company_key))
    raw = bytes_of(signature)
    whole = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(whole, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(bytes_of(head)) == {"typ": "JWT", "alg": "ES256"}
    found: dict[str, Any] = json.loads(bytes_of(body))
    return found


def tell(user: User, by: Actor) -> Delivery:
    notify(kind="record_assigned", user_ids=[user.pk], title="Yours now", text="A deal", by=by)
    return Delivery.objects.get(channel="push", notification__user=user, status="waiting")


def test_a_push_is_read_by_the_browser_alone_and_signed(
    company: Twin, rep: User, someone: Actor, receiver: Receiver
) -> None:
    receiver.answers = [(201, {}, b"")]
    browser = Browser()
    browser.subscribe(rep, f"{receiver.url}/push/abc")
    delivery = tell(rep, someone)
    deliver()
    delivery.refresh_from_db()

    [(path, headers, body)] = receiver.got
    assert (path, headers["content-encoding"], headers["ttl"], delivery.status) == (
        "/push/abc", "aes128gcm", "86400", "sent",
    )  # fmt: skip
    assert b"Yours" not in body
    told = browser.opened(body)
    assert (told["title"], told["body"]) == ("Yours now", "A deal")
    assert told["url"].endswith(f"/notifications/{delivery.notification_id}/open/")
    claims = claims_of(headers["authorization"], public_key())
    assert (claims["aud"], claims["sub"]) == (receiver.url, "mailto:help@alpha.example")
    assert 0 < claims["exp"] - time.time() <= 24 * 3600


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_no_more_is_forgotten(
    company: Twin, rep: User, someone: Actor, receiver: Receiver, status: int
) -> None:
    receiver.answers = [(status, {}, b"")]
    Browser().subscribe(rep, f"{receiver.url}/gone")
    delivery = tell(rep, someone)
    deliver()
    delivery.refresh_from_db()

    assert (PushSubscription.objects.count(), delivery.status, delivery.why) == (0, "skipped", "gone")


def test_one_of_two_browsers_is_enough(company: Twin, rep: User, someone: Actor, receiver: Receiver) -> None:
    receiver.answers = [(500, {}, b""), (201, {}, b"")]
    for number in range(2):
        Browser().subscribe(rep, f"{receiver.url}/{number}")
    delivery = tell(rep, someone)
    deliver()
    delivery.refresh_from_db()

    assert (len(receiver.got), delivery.status, PushSubscription.objects.count()) == (2, "sent", 2)


def test_later_is_as_late_as_the_service_asks(company: Twin, rep: User, someone: Actor, receiver: Receiver) -> None:
    receiver.answers = [(429, {"Retry-After": "900"}, b"slow down")]
    Browser().subscribe(rep, f"{receiver.url}/busy")
    delivery = tell(rep, someone)
    deliver()
    delivery.refresh_from_db()

    from django.utils import timezone

    assert delivery.next_try_at is not None
    assert (delivery.status, delivery.error) == ("waiting", "429 slow down")
    assert 890 < (delivery.next_try_at - timezone.now()).total_seconds() <= 900


def test_the_key_is_one_for_a_company_and_kept_encrypted(twins: tuple[Twin, Twin]) -> None:
    found = []
    for twin in (twins[0], twins[0], twins[1]):
        with context.inside(twin.place):
            found.append(public_key())

    assert (found[0] == found[1], found[0] == found[2]) == (True, False)


def test_what_is_no_subscription_is_refused(company: Twin, rep: User, receiver: Receiver) -> None:
    good = Browser()
    with pytest.raises(Invalid) as refused:
        browsers.subscribe(endpoint="http://127.0.0.1:6379/", public_key="AAAA", auth="!", browser="", by=rep.actor)
    assert set(refused.value.errors) == {"endpoint", "public_key", "auth"}
    with pytest.raises(Invalid):
        browsers.subscribe(
            endpoint="http://169.254.169.254/latest", public_key=text_of(good.point), auth=text_of(good.auth),
            browser="", by=rep.actor,
        )  # fmt: skip
    assert not PushSubscription.objects.exists()


def test_a_browser_is_whose_it_is_now(company: Twin, rep: User, mate: User, receiver: Receiver) -> None:
    Browser().subscribe(rep, f"{receiver.url}/shared")
    made = Browser().subscribe(mate, f"{receiver.url}/shared")

    assert list(PushSubscription.objects.values_list("user", flat=True)) == [mate.pk]
    with pytest.raises(NotFound):
        browsers.unsubscribe(subscription_id=made.pk, by=rep.actor)
    browsers.unsubscribe(subscription_id=made.pk, by=mate.actor)
    assert not PushSubscription.objects.exists()
