"""A turn of sending: as much as fits into a slice of time, then it stands in line again."""

from time import monotonic
from typing import Final

from django.utils import timezone

from tenants.kernel import context
from tenants.webhooks.asking import ask_for_later, ask_now, sending_begins
from tenants.webhooks.sending.claiming import claim, next_due
from tenants.webhooks.sending.noting import note
from tenants.webhooks.sending.posting import send_batch

SLICE_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 300
"""What is due later than that the sweeper brings."""


def take_turn(*, seconds: float = SLICE_SECONDS) -> int:
    """Send what is due; how many were tried. A sandbox sends nothing."""
    sending_begins()
    if context.in_sandbox():
        return 0
    ends_at, tried = monotonic() + seconds, 0
    while monotonic() <= ends_at:
        batch = claim()
        if not batch.deliveries:
            _come_again()
            return tried
        results = send_batch(batch, ends_at=ends_at)
        note(batch, results)
        tried += len(results)
    ask_now(context.current())
    return tried


def _come_again() -> None:
    due = next_due()
    if due is None:
        return
    seconds = (due - timezone.now()).total_seconds()
    if seconds < LONGEST_WAIT_SECONDS:
        ask_for_later(seconds)
