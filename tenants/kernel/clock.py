"""Another moment for a while: demo data is made by the same actions as real data, but in the past; workflows are
tried out on what happened last month with the clock of then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("omniflow_moment", default=None)
_real = timezone.now


def _now() -> datetime:
    return _moment.get() or _real()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let `timezone.now()`, and with it every field that notes the time, answer `moment`.

    For this thread's work alone; keys, tokens and the database's own now() stay in the present.
    """
    if timezone.is_naive(moment):
        raise ValueError("A moment needs its time zone.")
    timezone.now = _now  # from the first time on, for good: others just hear the real time from it
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def real_now() -> datetime:
    """The time on the wall, whatever moment is being played: for claims and pauses between processes."""
    return _real()
