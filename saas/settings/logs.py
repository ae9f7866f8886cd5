"""Structured logs with request and company; Sentry once a DSN is set."""

from saas.settings import env
from tenants.kernel.logs import marked

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structured": {"()": "tenants.kernel.logs.formatter", "as_json": env.IS_PRODUCTION}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "authlib": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}

if dsn := env.text("SENTRY_DSN"):
    import sentry_sdk  # takes a tenth of a second, and most installations have none
    from sentry_sdk.scrubber import EventScrubber

    # Values of variables would carry what people typed, keys included.
    sentry_sdk.init(
        dsn=dsn,
        environment=env.ENV,
        send_default_pii=False,
        include_local_variables=False,
        event_scrubber=EventScrubber(recursive=True),
        before_send=marked,
        traces_sample_rate=0.05,
    )
