"""Signing in by a link in a mail: made for one place, good once, for a quarter of an hour."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import base36_to_int

from tenants.identity.errors import LinkInvalid
from tenants.identity.letters import post_link
from tenants.identity.models import Authenticator, AuthenticatorKind, User
from tenants.identity.signin.rules import policy_now
from tenants.identity.throttle import RESET_ADDRESS, RESET_MACHINE, machine_of
from tenants.identity.tokens import user_for_token
from tenants.kernel.errors import NotFound

PURPOSE = "link"


def require_links() -> None:
    """Raises NotFound where the rules do without them."""
    if not policy_now().allows_links or policy_now().is_sso_only:
        raise NotFound


def ask_for_link(request: HttpRequest, *, email: str) -> None:
    """Mail a link, if somebody here has this address; the answer is the same either way. Raises TooManyTries."""
    require_links()
    RESET_MACHINE.press(machine_of(request))
    RESET_ADDRESS.press(email)
    post_link(email)


def user_of_link(user_id: UUID, token: str) -> User:
    """Whose link this is, while it is good. Raises LinkInvalid."""
    user = user_for_token(user_id, token, purpose=PURPOSE)
    if _made_at(token) <= _used_until(user):
        raise LinkInvalid
    return user


@transaction.atomic
def use_link(user_id: UUID, token: str) -> User:
    """The link and all made before it are used up by this; the mailbox is proven. Raises LinkInvalid."""
    User.objects.select_for_update().filter(pk=user_id).first()
    user = user_of_link(user_id, token)
    Authenticator.objects.update_or_create(
        user=user, kind=AuthenticatorKind.LINKS, defaults={"data": {"until": _made_at(token)}}
    )
    if not user.verified_at:
        user.verified_at = timezone.now()
        user.save(update_fields=["verified_at", "updated_at"])
    return user


def _made_at(token: str) -> int:
    return base36_to_int(token.partition("-")[0])


def _used_until(user: User) -> int:
    row = Authenticator.objects.filter(user=user, kind=AuthenticatorKind.LINKS).first()
    return int(row.data["until"]) if row else 0
