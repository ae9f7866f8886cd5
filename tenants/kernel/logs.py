"""Log lines that say which request and which company they belong to."""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict

from tenants.kernel import context


def _add_context(logger: Any, name: str, event: EventDict) -> EventDict:
    found = context.current_or_none()
    if found:
        event["request"] = found.request_id
        event["company"] = str(found.place.company_id) if found.place.company_id else found.place.schema
    return event


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_context,
]


def formatter(as_json: bool = False) -> logging.Formatter:
    """For Django's LOGGING: one line an event, JSON in production."""
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    )


structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    found: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return found
