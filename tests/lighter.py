"""What takes the tests much time and proves nothing: passwords hashed slowly on purpose, and every static file
looked at anew for each browser."""

from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from whitenoise.middleware import WhiteNoiseMiddleware

_found: dict[str, Any] = {}
_look = WhiteNoiseMiddleware.add_files_from_finders


def lighten() -> None:
    """For this process. Argon2 as in production, with the least it accepts."""
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    WhiteNoiseMiddleware.add_files_from_finders = _look_once  # type: ignore[method-assign]


def _look_once(served: WhiteNoiseMiddleware) -> None:
    if not _found:
        _look(served)
        _found.update(served.files)
    served.files.update(_found)
