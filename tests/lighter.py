"""What takes a third of the tests' time and proves nothing: passwords hashed slowly on purpose, and every middleware
made anew for each browser (the one for static files reads all of them then)."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test.client import ClientHandler

_made: dict[tuple[Any, ...], ClientHandler] = {}
_load = ClientHandler.load_middleware


def lighten() -> None:
    """For this process. Argon2 as in production, with the least it accepts."""
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    ClientHandler.load_middleware = _load_once  # type: ignore[method-assign]


def _load_once(handler: ClientHandler, is_async: bool = False) -> None:
    """One chain for all browsers of the same settings, as a server has."""
    key = (tuple(settings.MIDDLEWARE), settings.WEB_THREADS, is_async)
    if key not in _made:
        _made[key] = handler
        _load(handler, is_async)
        return
    made = _made[key]
    for name in ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain"):
        setattr(handler, name, getattr(made, name))
