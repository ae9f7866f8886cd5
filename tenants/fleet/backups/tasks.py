"""Backups by the clock."""

from celery import shared_task

from tenants.directory.task import PublicTask
from tenants.fleet.backups.actions import begin_due, delete_expired
from tenants.fleet.restoring.actions import discard_expired
from tenants.fleet.restoring.testing import begin_test
from tenants.kernel import context


@shared_task(base=PublicTask)
def make_due_backups() -> int:
    """Every minute: a few at a time, whoever waits longest first."""
    return begin_due(by=context.actor())


@shared_task(base=PublicTask)
def tidy_backups() -> int:
    """Backups of erased companies whose day has come, and copies that nobody asked for in time."""
    return delete_expired(by=context.actor()) + discard_expired(by=context.actor())


@shared_task(base=PublicTask)
def test_a_restore() -> None:
    """Every night: one company's newest backup, restored where nobody sees it, compared, and taken away."""
    begin_test(by=context.actor())
