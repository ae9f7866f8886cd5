"""Identifiers: UUIDv7 keys and server-made schema names."""

import secrets
import time
from uuid import UUID

SCHEMA_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
SCHEMA_PATTERN = r"^t_[a-z2-7]{20}$"


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562): milliseconds, then 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | 7 << 76
    value |= secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def schema_name() -> str:
    """A new schema name: `t_` and 100 random bits in base 32, never chosen by a person."""
    return "t_" + "".join(secrets.choice(SCHEMA_ALPHABET) for _ in range(20))
