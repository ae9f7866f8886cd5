"""The project: settings, URLs and processes put together."""

from saas.celery import app as celery_app

__all__ = ["celery_app"]
