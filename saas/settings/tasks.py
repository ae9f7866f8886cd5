"""Celery: late acknowledgement, so that a killed worker loses nothing."""

import os
import ssl

from celery.schedules import crontab, schedule

from saas.settings import env

CELERY_BROKER_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
# Redis, with a lane for each company.
CELERY_BROKER_TRANSPORT = "tenants.kernel.fair.transport:Transport"
CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED} if CELERY_BROKER_URL.startswith("rediss:") else None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message whose worker died is given to another one after this.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.number("TASKS_BACK_AFTER_SECONDS", 600),
    "unacked_restore_throttle": 1,  # look every ten seconds
}
# On Redis 0 goes first. Somebody waits at the phone, so no import may hold up the calls. What takes long goes last:
# it has lanes of its own, so that a company's import does not hold up its mails.
CELERY_TASK_ROUTES = {
    "tenants.voice.tasks.*": {"priority": 0},
    "tenants.records.jobs.tasks.run_job": {"priority": 9},
    "tenants.fleet.tasks.run_operation": {"priority": 9},
    "*": {"priority": 6},
}
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_BEAT_SCHEDULE = {
    "fill the ready pool": {"task": "tenants.fleet.tasks.fill_pool", "schedule": schedule(30)},
    "reconcile the fleet": {"task": "tenants.fleet.tasks.reconcile", "schedule": schedule(60)},
    "make due backups": {"task": "tenants.fleet.backups.tasks.make_due_backups", "schedule": schedule(60)},
    "tidy backups": {"task": "tenants.fleet.backups.tasks.tidy_backups", "schedule": schedule(3_600)},
    "test a restore": {"task": "tenants.fleet.backups.tasks.test_a_restore", "schedule": crontab(hour=2, minute=40)},
    "end sandboxes": {"task": "tenants.fleet.copies.tasks.expire_copies", "schedule": schedule(3600)},
    "end lifecycles": {"task": "tenants.fleet.tasks.end_lifecycles", "schedule": schedule(300)},
    "tell limits": {"task": "billing.plans.tasks.tell_limits", "schedule": schedule(300)},
    "note the beat": {"task": "public_site.control.tasks.note_beat", "schedule": schedule(30)},
    "sweep jobs": {"task": "tenants.records.jobs.tasks.sweep_jobs", "schedule": schedule(60)},
    "sweep bins": {"task": "tenants.records.bin.tasks.sweep_bins", "schedule": schedule(86_400)},
    "tidy sign-ins": {"task": "tenants.identity.tasks.tidy_sign_ins_everywhere", "schedule": schedule(86_400)},
    "tidy apps": {"task": "tenants.identity.oauth.tasks.tidy_accesses_everywhere", "schedule": schedule(86_400)},
    "sweep outboxes": {"task": "tenants.records.outbox.tasks.sweep_outboxes", "schedule": schedule(300)},
    "forget old events": {
        "task": "tenants.records.outbox.tasks.forget_old_events_everywhere",
        "schedule": crontab(hour=3, minute=10),
    },
    "sweep webhooks": {"task": "tenants.webhooks.tasks.sweep_webhooks", "schedule": schedule(300)},
    "forget old webhooks": {
        "task": "tenants.webhooks.tasks.forget_old_everywhere",
        "schedule": crontab(hour=3, minute=25),
    },
    "wake workflows": {"task": "tenants.automation.tasks.wake_due", "schedule": schedule(15)},
    "sweep workflows": {"task": "tenants.automation.tasks.sweep_workflows", "schedule": schedule(900)},
    "forget old runs": {
        "task": "tenants.automation.tasks.forget_old_runs_everywhere",
        "schedule": crontab(hour=3, minute=40),
    },
    "send due notifications": {"task": "tenants.notifications.tasks.deliver_everywhere", "schedule": schedule(60)},
    "forget old notifications": {
        "task": "tenants.notifications.tasks.forget_old_notifications_everywhere",
        "schedule": crontab(hour=3, minute=40),
    },
    "cut audits": {"task": "tenants.identity.auditing.tasks.cut_audits", "schedule": schedule(86_400)},
    "tidy files": {"task": "tenants.records.files.tasks.tidy_files_everywhere", "schedule": schedule(6 * 60 * 60)},
    "tidy imports": {"task": "tenants.records.importing.tasks.tidy_imports_everywhere", "schedule": schedule(43_200)},
    "send reminders": {"task": "tenants.crm.tasks.remind_everywhere", "schedule": schedule(60)},
    "score customers": {"task": "tenants.crm.tasks.rescore_customers_everywhere", "schedule": schedule(86_400)},
    "prove isolation": {"task": "saas.isolation.tasks.prove_isolation", "schedule": crontab(hour="1", minute="17")},
    "reconcile calls": {"task": "tenants.voice.tasks.reconcile_calls_everywhere", "schedule": schedule(10)},
}
# How long the isolation proof may take of a night.
ISOLATION_MINUTES = env.number("ISOLATION_MINUTES", 240)
# A page does not wait long for a queue that is away; sweepers make up for it.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
