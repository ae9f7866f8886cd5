"""The moment that is being read, if one is. What makes conditions asks here; `reading` opens the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.kernel.actors import Actor


@dataclass(frozen=True, eq=False)
class Glance:
    """Records as of `at`, as far as `actor` may see them today. With `only`, type and id, just that one record."""

    at: datetime
    actor: Actor
    only: tuple[str, UUID] | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    """The conditions of today that were worked out for this glance, by type."""

    def is_of(self, actor: Actor) -> bool:
        """Whether an actor sees exactly what the glance's does: its walls are theirs."""
        return actor.permit is self.actor.permit and actor.grants == self.actor.grants


_glance: ContextVar[Glance | None] = ContextVar("records_glance", default=None)


def glance() -> Glance | None:
    return _glance.get()


@contextmanager
def looking(found: Glance | None) -> Iterator[None]:
    token = _glance.set(found)
    try:
        yield
    finally:
        _glance.reset(token)


def seen_name(type_name: str) -> str:
    """What a statement about the past calls the ids that the actor may see today."""
    return f"seen_{type_name}"
