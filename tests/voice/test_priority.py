"""Calls go before everything else in the queue: somebody waits at the phone."""

import pytest

from saas.celery import app


@pytest.mark.parametrize(
    ("task", "priority"), [("tenants.voice.tasks.dial_call", 0), ("tenants.records.outbox.tasks.drain_outbox", 6)]
)
def test_priority_of_tasks(task: str, priority: int) -> None:
    assert app.amqp.router.route({}, task)["priority"] == priority
