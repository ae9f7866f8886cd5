"""How long a migration of the fleet waits for anything."""

from dataclasses import asdict, dataclass
from typing import Any

from psycopg.errors import DeadlockDetected, LockNotAvailable

BUSY = (LockNotAvailable, DeadlockDetected)
"""Somebody works with the table: tried again later."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    lock_ms: int = 500
    """So long a statement stands in the queue for a table, with the company's own requests behind it."""
    statement_seconds: int = 60
    """So long a statement may keep the company's writers out: an index over a million rows takes two to five."""
    tries: int = 9
    first_delay_seconds: float = 0.25
    """Before the second try; doubled each time, so that nine tries are spread over a minute."""

    def delay_seconds(self, tries: int) -> float:
        return float(self.first_delay_seconds * 2 ** (tries - 1))

    @property
    def settings(self) -> tuple[str, str]:
        return f"{self.lock_ms}ms", f"{self.statement_seconds}s"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
