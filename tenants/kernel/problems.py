"""RFC 9457 bodies of the domain's errors."""

from typing import Any

from tenants.kernel import context
from tenants.kernel.errors import DomainError, Invalid


def problem(error: DomainError) -> dict[str, Any]:
    """What went wrong, where, and how to mend it, for a program."""
    found = context.current_or_none()
    errors = error.errors if isinstance(error, Invalid) else {}
    return {
        "type": "about:blank",
        "title": str(error.title),
        "status": error.status,
        "detail": str(error.detail),
        "code": error.code,
        "field": error.field,
        "fix": str(error.fix),
        "errors": {name: [str(one) for one in messages] for name, messages in errors.items()},
        "request_id": found.request_id if found else "",
    }
