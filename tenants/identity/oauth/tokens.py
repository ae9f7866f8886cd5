"""The texts of codes and tokens: which row, and a secret of which only the hash is kept.

A refresh token ends in a seal of ours, so that one that was used up is told from one that somebody made up:
the first means that it was stolen, the second means nothing.
"""

import secrets
from typing import Final
from uuid import UUID

from django.utils.crypto import salted_hmac

from tenants.identity.keys import digest_of
from tenants.identity.models import OAuthAccess
from tenants.identity.models.oauth import ACCESS
from tenants.kernel import context

CODE: Final = "oc_"
REFRESH: Final = "or_"
SECRET_LETTERS: Final = 43
SEAL_LETTERS: Final = 32


def make_text(kind: str, row_id: UUID) -> str:
    """Fresh and random, shown once."""
    secret = secrets.token_urlsafe(32)
    return f"{kind}{row_id.hex}.{secret}{_seal(row_id, secret) if kind == REFRESH else ''}"


def digest_in(text: str) -> str:
    """What is kept of it."""
    return digest_of(text.partition(".")[2])


def id_in(kind: str, text: str) -> UUID | None:
    """The row a text speaks of, if it is of that kind at all."""
    head = text.partition(".")[0]
    try:
        return UUID(hex=head.removeprefix(kind)) if head.startswith(kind) else None
    except ValueError:
        return None


def fits(digest: str, text: str) -> bool:
    return bool(digest) and secrets.compare_digest(digest, digest_in(text))


def is_sealed(text: str, row_id: UUID) -> bool:
    """Whether we made this refresh token once, here."""
    secret = text.partition(".")[2]
    seal = _seal(row_id, secret[:SECRET_LETTERS])
    return secrets.compare_digest(secret[SECRET_LETTERS:].encode(), seal.encode())


def _seal(row_id: UUID, secret: str) -> str:
    told = f"{context.place().salt}:{row_id.hex}:{secret}"
    return salted_hmac("oauth.refresh", told, algorithm="sha256").hexdigest()[:SEAL_LETTERS]


def held(text: str, *, for_update: bool = False) -> tuple[OAuthAccess | None, str]:
    """The row of an access or refresh token that is good or was not yet replaced, and which of the two it is."""
    for kind in (ACCESS, REFRESH):
        row_id = id_in(kind, text)
        row = row_of(row_id, for_update=for_update) if row_id else None
        if row and fits(row.digest if kind == ACCESS else row.refresh_digest, text):
            return row, kind
    return None, ""


def row_of(row_id: UUID, *, for_update: bool = False) -> OAuthAccess | None:
    rows = OAuthAccess.objects.select_related("client", "user__role").filter(pk=row_id)
    return (rows.select_for_update(of=("self",)) if for_update else rows).first()
