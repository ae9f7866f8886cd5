"""The Celery application. Tasks are found in each app's `tasks.py`."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")

app = Celery("omniflow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery leaves logging alone when somebody listens: Django has set it up."""
