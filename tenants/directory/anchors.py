"""Where the audit chains of all places end, kept in public and sealed.

Written right after the commit of the entry, in a statement of its own: a company's
transaction touches nothing outside its schema. The seal is made with the secret of
the installation, which no database knows.
"""

from dataclasses import dataclass

from django.core.signing import BadSignature
from django.db import connection

from tenants.directory.models import AuditAnchor
from tenants.kernel import context, signing
from tenants.kernel.context import Place
from tenants.kernel.ids import uuid7
from tenants.kernel.logs import logger

PURPOSE = "audit-anchor"
LATER = """
    INSERT INTO directory_auditanchor (id, created_at, updated_at, chain, number, digest, seal)
    VALUES (%s, now(), now(), %s, %s, %s, %s) ON CONFLICT (chain) DO UPDATE
    SET number = excluded.number, digest = excluded.digest, seal = excluded.seal, updated_at = now()
    WHERE directory_auditanchor.number < excluded.number
"""
log = logger(__name__)


@dataclass(frozen=True)
class Anchor:
    number: int
    digest: str
    is_sealed: bool
    """Whether the seal is ours and says the same."""


def drop_anchor(place: Place, *, number: int, digest: str) -> None:
    """Keep the end of a chain, unless a later one is kept already. The log has it too, outside the database."""
    with context.inside(place):
        sealed = seal(number, digest)
    log.info("audit anchor", chain=place.salt, number=number, digest=digest)
    with context.public(), connection.cursor() as cursor:
        cursor.execute(LATER, [uuid7(), place.salt, number, digest, sealed])


def anchor_of(place: Place) -> Anchor | None:
    with context.public():
        row = AuditAnchor.objects.filter(chain=place.salt).first()
    if not row:
        return None
    with context.inside(place):
        return Anchor(row.number, row.digest, is_sealed=is_sealed(row.seal, row.number, row.digest))


def seal(number: int, digest: str) -> str:
    """Signed for the place we are in."""
    return signing.sign([number, digest], purpose=PURPOSE)


def is_sealed(text: str, number: int, digest: str) -> bool:
    try:
        return bool(signing.unsign(text, purpose=PURPOSE) == [number, digest])
    except BadSignature:
        return False
