"""One-time links: they die with use, with time and outside their place."""

from typing import Final
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

from tenants.identity.errors import LinkInvalid
from tenants.identity.models import User
from tenants.kernel import context

HOUR_SECONDS: Final = 3600
LIFE_SECONDS: Final = {
    "invite": 72 * HOUR_SECONDS,
    "reset": 2 * HOUR_SECONDS,
    "verify": 48 * HOUR_SECONDS,
    "link": 15 * 60,
}
"""Never longer than Django's PASSWORD_RESET_TIMEOUT, three days."""


class _PlaceToken(PasswordResetTokenGenerator):
    """Django's token over password hash and last sign-in, salted with place and purpose."""

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__()

    def check_token(self, user: User | None, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made_at = base36_to_int(str(token).partition("-")[0])
        return self._num_seconds(self._now()) - made_at <= LIFE_SECONDS[self.purpose]

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        base = super()._make_hash_value(user, timestamp)
        return f"{context.place().salt}:{self.purpose}:{user.verified_at}:{base}"


_TOKENS = {purpose: _PlaceToken(purpose) for purpose in LIFE_SECONDS}


def make_token(user: User, *, purpose: str) -> str:
    return _TOKENS[purpose].make_token(user)


def user_for_token(user_id: UUID, token: str, *, purpose: str) -> User:
    """The user a link was made for. Raises LinkInvalid."""
    user = User.objects.select_related("role").filter(pk=user_id, is_active=True).first()
    if not user or not _TOKENS[purpose].check_token(user, token):
        raise LinkInvalid
    return user
