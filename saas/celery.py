"""The Celery application. Tasks are found in each app's `tasks.py`."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")

app = Celery("omniflow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery leaves logging alone when somebody listens: Django has set it up."""


@worker_init.connect
def spare_the_collector(**_: object) -> None:
    """As in `saas.wsgi`; an import makes millions of objects and drops nearly all by itself."""
    gc.set_threshold(50_000, 20, 50)


@worker_ready.connect
def tell_slots(sender: Any, **_: object) -> None:
    """The fair queues leave one slot of all workers to the others."""
    from tenants.kernel.fair.transport import announce_slots  # only processes that reach the broker need it

    announce_slots(sender.controller.concurrency)
