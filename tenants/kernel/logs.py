"""Log lines that say which request and which company they belong to."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict

from tenants.kernel import context

MASK = "••••"


def _add_context(logger: Any, name: str, event: EventDict) -> EventDict:
    found = context.of_error(_error_of(event))
    if found:
        event.update(_whose(found))
    return event


def _whose(found: context.Context) -> dict[str, str]:
    place = found.place
    return {"request": found.request_id, "company": str(place.company_id) if place.company_id else place.schema}


def _error_of(event: EventDict) -> BaseException | None:
    """The error a line tells of: ours say it themselves, those of libraries in their record."""
    record = event.get("_record")
    info = event.get("exc_info") or getattr(record, "exc_info", None)
    if info is True:
        info = sys.exc_info()
    return info[1] if isinstance(info, tuple) else info if isinstance(info, BaseException) else None


def marked(event: Any, hint: Mapping[str, Any]) -> Any:
    """For Sentry's `before_send`: an error carries the request and the company it arose in, and no other's."""
    found = context.of_error((hint.get("exc_info") or (None, None))[1])
    tags = {name: value for name, value in (event.get("tags") or {}).items() if name not in ("request", "company")}
    event["tags"] = tags | (_whose(found) if found else {})
    return event


WORDS = "password|passwd|secret|token|credential|api_?key|authorization|cookie|private_?key|recovery_?code"
SECRET_NAMES = re.compile(f"(?i)({WORDS})")
SECRET_TEXTS = (
    (re.compile(r"(?i)\b(bearer|basic|digest)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+@"), rf"\1{MASK}@"),
    (re.compile(r"\b([0-9a-f]{12}|o[acr]_[0-9a-f]{32})\.[\w-]{43,}"), rf"\1.{MASK}"),
    (re.compile(r"\bocs_[\w-]{43}"), f"ocs_{MASK}"),
    (re.compile(rf"(?i)([\"']?\w*(?:{WORDS})\w*[\"']?\s*[:=]\s*)[\"']?[^\s\"',;&}})]+"), rf"\1{MASK}"),
)


def _hide_secrets(logger: Any, name: str, event: EventDict) -> EventDict:
    """What must not be read in a log is masked: by its name, and by how it looks in any text."""
    return {key: _masked(key, value) for key, value in event.items()}


def _masked(key: str, value: Any) -> Any:
    if key.startswith("_"):
        return value
    if SECRET_NAMES.search(key):
        return MASK
    if isinstance(value, Mapping):
        return {one: _masked(str(one), two) for one, two in value.items()}
    if isinstance(value, list | tuple):
        return [_masked("", one) for one in value]
    return hidden(value) if isinstance(value, str) else value


def hidden(text: str) -> str:
    """A text without what looks like a secret in it."""
    for pattern, mask in SECRET_TEXTS:
        text = pattern.sub(mask, text)
    return text


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
            _hide_secrets,
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
