"""Showing once more who one is, before what would let a thief stay: factors, passkeys, recovery codes."""

import time
from typing import Final

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tenants.identity.errors import ProveAgain
from tenants.identity.mfa.codes import take_code
from tenants.identity.models import User
from tenants.identity.throttle import SIGN_IN_ADDRESS
from tenants.kernel.errors import Invalid

FRESH_SECONDS: Final = 15 * 60
PROVEN: Final = "proven_at"


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person signed in, or proved itself again, within a quarter of an hour."""
    opened = parse_datetime(request.session.get("opened_at", ""))
    last: float = max(request.session.get(PROVEN, 0.0), opened.timestamp() if opened else 0.0)
    return time.time() - last < FRESH_SECONDS


def require_fresh(request: HttpRequest) -> None:
    """Raises ProveAgain."""
    if not is_fresh(request):
        raise ProveAgain


def prove(request: HttpRequest, user: User, proof: str) -> None:
    """A password or a code. Raises Invalid, TooManyTries."""
    SIGN_IN_ADDRESS.press(user.email)
    if not user.check_password(proof) and not take_code(user=user, code=proof):
        raise Invalid({"proof": [_("This is neither your password nor a code that is good now.")]})
    SIGN_IN_ADDRESS.release(user.email)
    request.session[PROVEN] = time.time()
