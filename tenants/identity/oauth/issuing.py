"""Codes and tokens: made, exchanged, renewed. Called by the protocol in `server`; each runs in its transaction."""

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from tenants.identity.actions import audit
from tenants.identity.models import OAuthAccess, OAuthClient, User
from tenants.identity.models.oauth import ACCESS
from tenants.identity.oauth.accesses import end_family
from tenants.identity.oauth.scopes import cut_to, words_of
from tenants.identity.oauth.tokens import CODE, REFRESH, digest_in, fits, id_in, is_sealed, make_text, row_of
from tenants.kernel.actors import Scopes
from tenants.kernel.ids import uuid7

CODE_LIFE: Final = timedelta(seconds=60)
ACCESS_LIFE: Final = timedelta(hours=1)
REFRESH_LIFE: Final = timedelta(days=60)
"""Counted from the last refresh: who uses an app stays connected."""


def new_code() -> str:
    return make_text(CODE, uuid7())


def keep_code(
    *, code: str, client: OAuthClient, user: User, scopes: Scopes, redirect_uri: str, challenge: str
) -> OAuthAccess:
    """The consent, waiting for the app to fetch its tokens."""
    row = OAuthAccess.objects.create(
        id=id_in(CODE, code), client=client, user=user, consented=scopes, code_digest=digest_in(code),
        code_challenge=challenge, code_until=timezone.now() + CODE_LIFE, redirect_uri=redirect_uri,
    )  # fmt: skip
    audit("oauth.allowed", by=user.actor, subject=client.name, client=client.client_id, scopes=words_of(scopes))
    return row


def note_denial(*, client: OAuthClient, user: User) -> None:
    audit("oauth.denied", by=user.actor, subject=client.name, client=client.client_id)


def code_shown(code: str, client: OAuthClient) -> OAuthAccess | None:
    """The consent a code stands for. A code shown twice was stolen: what came of it is dead (RFC 6749, 4.1.2)."""
    row_id = id_in(CODE, code)
    row = row_of(row_id, for_update=True) if row_id else None
    if row is None or row.client_id != client.pk or not fits(row.code_digest, code) or row.revoked_at:
        return None
    if row.code_used_at:
        end_family(access=row, by=row.user.actor, why="code_reused")
        return None
    is_open = row.user.is_active and row.code_until is not None and row.code_until > timezone.now()
    return row if is_open else None


def refresh_shown(text: str) -> OAuthAccess | None:
    """The consent a refresh token stands for. One that was replaced already was stolen: the family is dead."""
    row_id = id_in(REFRESH, text)
    row = row_of(row_id, for_update=True) if row_id else None
    if row is None or row.revoked_at:
        return None
    if not fits(row.refresh_digest, text):
        if is_sealed(text, row.pk):
            end_family(access=row, by=row.user.actor, why="refresh_reused")
        return None
    return row if row.user.is_active and row.is_refreshable else None


def issue(row: OAuthAccess, scopes: Scopes) -> dict[str, Any]:
    """Fresh tokens in the place of those there were. What the person may no longer do is not promised."""
    now, texts = timezone.now(), {"access_token": make_text(ACCESS, row.pk)}
    row.scopes = dict(scopes)
    row.digest, row.expires_at = digest_in(texts["access_token"]), now + ACCESS_LIFE
    if not row.is_alone:
        texts["refresh_token"] = make_text(REFRESH, row.pk)
        row.refresh_digest, row.refresh_until = digest_in(texts["refresh_token"]), now + REFRESH_LIFE
    row.save()
    return {**texts, "scope": words_of(cut_to(row.cut_to, row.user.actor))}


def use_up(row: OAuthAccess) -> None:
    """The code is spent; its hash stays, so that a second use is known."""
    row.code_used_at = timezone.now()
    row.save(update_fields=["code_used_at", "updated_at"])


def issue_alone(client: OAuthClient, scopes: Scopes) -> dict[str, Any]:
    """For a client that acts by itself, with the rights of whoever put it in."""
    row = OAuthAccess(client=client, user=client.maker, is_alone=True, consented=dict(scopes))
    told = issue(row, scopes)
    audit("oauth.acted_alone", by=client.maker.actor, subject=client.name, client=client.client_id)
    return told
