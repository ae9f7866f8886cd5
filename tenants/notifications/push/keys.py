"""The key a company's pushes are signed with: made when the first browser asks, kept encrypted in its schema.

Each company has its own, so that it moves along with the company, and no browser of one can be pushed to in the
name of another. A browser's subscription is bound to it: it never changes.
"""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from tenants.notifications.models import Wishes
from tenants.notifications.push.vapid import public_text


def signing_key() -> ec.EllipticCurvePrivateKey:
    kept = Wishes.objects.filter(user=None).first()
    text = kept.push_key.reveal() if kept and kept.push_key else _make()
    found = serialization.load_pem_private_key(text.encode(), password=None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    return found


def public_key() -> str:
    """What the browser is told to subscribe with."""
    return public_text(signing_key())


@transaction.atomic
def _make() -> str:
    """One for all who ask at the same time."""
    Wishes.objects.bulk_create([Wishes(user=None)], ignore_conflicts=True)
    row = Wishes.objects.select_for_update().get(user=None)
    if not row.push_key:
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        row.push_key = pem.decode()
        row.save(update_fields=["push_key", "updated_at"])
        row.refresh_from_db()
    return str(row.push_key.reveal())
