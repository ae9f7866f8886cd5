"""Having a company's deliveries sent: asked for once, until somebody begins."""

from django.core.cache import cache
from django.db import transaction

from tenants.kernel import context

ASKED = "webhooks-asked"
ASKED_SECONDS = 30  # should the worker that was asked die, the next event asks again
LATER = "webhooks-asked-for-later"


def ask_for_sending() -> None:
    """After the commit."""
    here = context.current()
    transaction.on_commit(lambda: ask_now(here), robust=True)


def ask_now(here: context.Context) -> None:
    with context.entered(here):
        if cache.add(ASKED, True, timeout=ASKED_SECONDS):
            _queue()


def ask_for_later(seconds: float) -> None:
    """One at a time is enough: it looks itself when the next is due."""
    wait = max(seconds, 1.0)
    if cache.add(LATER, True, timeout=wait):
        _queue(countdown=wait)


def sending_begins() -> None:
    """From here on something new needs a new asking."""
    cache.delete_many((ASKED, LATER))


def _queue(**options: float) -> None:
    from tenants.webhooks.tasks import send_deliveries  # the task sends, and asks for its next turn

    send_deliveries.apply_async(kwargs={"company_id": str(context.company_id())}, **options)
