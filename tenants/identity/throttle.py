"""Brakes on guessing: counted in the cache of the place, by address and by machine."""

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from tenants.identity.errors import TooManyTries

FIRST_PAUSE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 900


@dataclass(frozen=True, kw_only=True)
class Brake:
    """So many tries in an hour are free; from then on each starts a pause, doubling up to 15 minutes.

    Tries refused during a pause are not counted, so nobody is locked out for longer by insisting.
    """

    name: str
    free: int
    window_seconds: int = 3600

    def press(self, who: str) -> None:
        """Count a try before it is made. Raises TooManyTries while a pause runs."""
        tries_key, pause_key = self._keys(who)
        if cache.get(pause_key):
            raise TooManyTries
        cache.add(tries_key, 0, self.window_seconds)
        over = cache.incr(tries_key) - self.free
        if over < 0:
            return
        seconds = min(FIRST_PAUSE_SECONDS * 2 ** min(over, 8), LONGEST_PAUSE_SECONDS)
        # Of tries at one moment only the one that starts the pause goes on.
        if not cache.add(pause_key, True, seconds):
            raise TooManyTries

    def release(self, who: str) -> None:
        """Forget the tries: somebody has proved to be the one."""
        cache.delete_many(self._keys(who))

    def _keys(self, who: str) -> tuple[str, str]:
        digest = sha256(who.strip().lower().encode()).hexdigest()[:32]
        return f"brake:{self.name}:{digest}", f"brake:{self.name}:{digest}:pause"


SIGN_IN_ADDRESS = Brake(name="sign-in-address", free=5)
SIGN_IN_MACHINE = Brake(name="sign-in-machine", free=50)
RESET_ADDRESS = Brake(name="reset-address", free=3)
RESET_MACHINE = Brake(name="reset-machine", free=20)
LINK_MACHINE = Brake(name="link-machine", free=30)
CODE_USER = Brake(name="code-user", free=5)
REVEAL_USER = Brake(name="reveal-user", free=30)
PASSKEY_MACHINE = Brake(name="passkey-machine", free=60)


def machine_of(request: HttpRequest) -> str:
    """The IP address that asks: the last hop our own proxy has seen, if there is a proxy."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def address_of(request: HttpRequest) -> str:
    """The same, if it is an IP address at all: for what is written down."""
    try:
        return str(ip_address(machine_of(request)))
    except ValueError:
        return ""
