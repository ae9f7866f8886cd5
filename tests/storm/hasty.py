"""The worker's program with short waits: what a killed one had in hand is taken up after seconds, not minutes."""

from datetime import timedelta

import django

django.setup()

from saas.celery import app  # noqa: E402
from tenants.automation.engine import advancing  # noqa: E402
from tenants.kernel.fair import transport  # noqa: E402
from tenants.webhooks.sending import claiming  # noqa: E402

__all__ = ["app"]
SECONDS = 4
SWEEPS = ("sweep outboxes", "sweep webhooks", "wake workflows", "sweep workflows")

advancing.CLAIM_SECONDS = SECONDS
claiming.LEASE = timedelta(seconds=SECONDS)  # type: ignore[misc]
transport.ALIVE_SECONDS = 1
transport.SCRIPT = transport.SCRIPT.replace("LEASE = 30000", f"LEASE = {SECONDS}000")
app.conf.beat_schedule = {name: {**app.conf.beat_schedule[name], "schedule": SECONDS} for name in SWEEPS}
