"""Another moment for a while: demo data is made by the same actions as real data, but in the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let `timezone.now()`, and with it every field that notes the time, answer `moment`.

    For the whole process, so only for commands of a single thread; keys, tokens and
    the database's own now() stay in the present.
    """
    if timezone.is_naive(moment):
        raise ValueError("A moment needs its time zone.")
    real, timezone.now = timezone.now, lambda: moment
    try:
        yield
    finally:
        timezone.now = real
