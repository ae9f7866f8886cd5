"""Documents signed with the installation's own key, so that whoever holds one can tell that nobody changed it.

Ed25519 over the document's canonical text: keys sorted, nothing between them, UTF-8, no numbers but whole ones.
That is what `jq -cS` writes, too: anybody can check a signature without a line of our code.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection, transaction
from django.utils.translation import gettext as _

from tenants.fleet.models import SigningKey
from tenants.kernel.errors import Invalid

ALGORITHM: Final = "Ed25519"
MOST_BYTES: Final = 10 * 1024 * 1024
MAKING: Final = "SELECT pg_advisory_xact_lock(hashtextextended('signing-key', 5))"


@dataclass(frozen=True)
class Checked:
    """What a signed file says, and whether it is ours and unchanged."""

    is_good: bool
    document: Mapping[str, Any]
    key: str
    """The id of the key it names."""


def canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@transaction.atomic
def key_in_use() -> SigningKey:
    """The newest, made now where there is none. In public."""
    found = SigningKey.objects.first()
    if found:
        return found
    with connection.cursor() as cursor:
        cursor.execute(MAKING)
    return SigningKey.objects.first() or _made()


def _made() -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    SigningKey.objects.create(public=public, private=base64.b64encode(private.private_bytes_raw()).decode())
    return SigningKey.objects.get(public=public)


def sign(document: Mapping[str, Any], key: SigningKey) -> str:
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.private.reveal()))
    return base64.b64encode(private.sign(canonical(document))).decode()


def is_signed(document: Mapping[str, Any], signature: str, public: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(
            base64.b64decode(signature), canonical(document)
        )
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def envelope(document: Mapping[str, Any], *, key: Any, signature: str) -> dict[str, Any]:
    """The file that is given out: the document, and who signed it."""
    return {"report": dict(document), "signature": {"algorithm": ALGORITHM, "key": str(key), "value": signature}}


def checked(raw: bytes) -> Checked:
    """Look at a report that somebody brings. In public. Raises Invalid for what is no signed report at all."""
    document, named, value = _parts(raw)
    public = {str(pk): text for pk, text in SigningKey.objects.values_list("pk", "public")}.get(named, "")
    return Checked(bool(public) and is_signed(document, value, public), document, named)


def _parts(raw: bytes) -> tuple[dict[str, Any], str, str]:
    refusal = Invalid({"file": [_("This is no report of ours. Bring the JSON file as it was downloaded.")]})
    if len(raw) > MOST_BYTES:
        raise refusal
    try:
        found = json.loads(raw)
        document, signature = found["report"], found["signature"]
        named, value = str(signature["key"]), str(signature["value"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise refusal from error
    if not isinstance(document, dict):
        raise refusal
    return document, named, value


def pem(public: str) -> str:
    """The public half as tools like openssl read it."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
