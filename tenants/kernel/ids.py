"""Identifiers: UUIDv7 keys and server-made schema names."""

import os
import secrets
import threading
import time
from struct import unpack
from uuid import UUID

SCHEMA_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
SCHEMA_PATTERN = r"^t_[a-z2-7]{20}$"
STEP_NANOSECONDS = 245  # a 4096th of a millisecond, rounded up
RANDOM_IDS = 256
_lock = threading.Lock()
_last = 0
_randoms: list[int] = []
"""Random bits for the next ids, fetched for many at once: asking the system costs more than all the rest of an id."""
os.register_at_fork(after_in_child=_randoms.clear)


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562, method 3): the time to 0.25 µs, then 62 random bits.

    Ids of one process rise in the order they were made: events are delivered by it.
    """
    moment, random = _next()
    milliseconds, rest = divmod(moment, 1_000_000)
    value = milliseconds << 80 | 7 << 76 | (rest * 4096 // 1_000_000) << 64
    return UUID(int=value | 0b10 << 62 | random)


def _next() -> tuple[int, int]:
    """Nanoseconds since 1970, later than any answer before by at least one step of an id; and 62 random bits."""
    global _last
    with _lock:
        _last = max(time.time_ns(), _last + STEP_NANOSECONDS)
        if not _randoms:
            _randoms.extend(one >> 2 for one in unpack(f"{RANDOM_IDS}Q", secrets.token_bytes(RANDOM_IDS * 8)))
        return _last, _randoms.pop()


def schema_name() -> str:
    """A new schema name: `t_` and 100 random bits in base 32, never chosen by a person."""
    return "t_" + "".join(secrets.choice(SCHEMA_ALPHABET) for _ in range(20))
