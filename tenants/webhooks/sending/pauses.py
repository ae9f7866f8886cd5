"""When a delivery that failed is tried again: with growing pauses over 24 hours, then no more."""

import random
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from django.utils import timezone

PAUSES_SECONDS: Final = (5, 15, 60, 180, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 36_000)
"""After the first try, the second, …: twelve tries within a day."""
MOST_TRIES: Final = len(PAUSES_SECONDS) + 1
JITTER: Final = 0.15
LONGEST_WISH_SECONDS: Final = 24 * 3_600
WISHING: Final = (429, 503)


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries, a little more or less each time; None once it is given up."""
    if tries >= MOST_TRIES:
        return None
    seconds = PAUSES_SECONDS[tries - 1]
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - no secret


def wished_pause(status: int, retry_after: str) -> timedelta | None:
    """How long the other side asks to be left alone: seconds or a date, at most a day."""
    if status not in WISHING or not retry_after:
        return None
    if retry_after.strip().isdecimal() and len(retry_after) < 10:
        seconds = float(retry_after)
    else:
        try:
            seconds = (parsedate_to_datetime(retry_after) - timezone.now()).total_seconds()
        except (ValueError, TypeError):
            return None
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST_WISH_SECONDS))
