"""Personal tokens: keys that people make for themselves, with no rights on the settings."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from tenants.identity.actions import create_api_key, revoke_api_key
from tenants.identity.models import ApiKey, User
from tenants.kernel.actors import Actor, Scopes
from tenants.kernel.errors import Denied, Invalid, NotFound

MOST_DAYS: Final = 366
MOST_TOKENS: Final = 50


def tokens_of(user: User) -> QuerySet[ApiKey]:
    """A person's own, working ones first."""
    rows = ApiKey.objects.filter(user=user, is_personal=True)
    return rows.order_by(F("revoked_at").desc(nulls_first=True), "-created_at")


def token_of(user: User, token_id: UUID) -> ApiKey:
    found = tokens_of(user).filter(pk=token_id).first()
    if not found:
        raise NotFound
    return found


@transaction.atomic
def create_token(*, user: User, name: str, scopes: Scopes, days: int, by: Actor) -> tuple[ApiKey, str]:
    """A token and its text, shown this once. Raises Denied, Invalid."""
    _require_self(user, by)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": [_("Choose 1 to %(most)d days.") % {"most": MOST_DAYS}]})
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if tokens_of(user).filter(revoked_at=None).count() >= MOST_TOKENS:
        raise Invalid({"name": [_("You have %(most)d tokens. Revoke one you no longer use.") % {"most": MOST_TOKENS}]})
    return create_api_key(user=user, name=name, scopes=scopes, days=days, by=by, is_personal=True)


def revoke_token(*, token: ApiKey, by: Actor) -> None:
    """By whoever made it; administrators do it among the keys."""
    if by.user_id != token.user_id:
        raise Denied
    revoke_api_key(key=token, by=by)


def _require_self(user: User, by: Actor) -> None:
    if by.user_id != user.pk or by.scopes is not None:
        raise Denied(_("Everybody makes personal tokens for themselves alone, signed in."))
