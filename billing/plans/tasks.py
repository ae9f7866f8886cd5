"""Telling others what plans allow."""

from celery import shared_task

from billing.plans import fairness
from tenants.directory.task import PublicTask


@shared_task(base=PublicTask)
def tell_limits() -> int:
    """From time to time, so that a changed plan counts and a flushed Redis learns it again."""
    return fairness.tell()
