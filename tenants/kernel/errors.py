"""Errors of the domain. Each has a code for programs and words for people.

The domain raises; one handler per surface (pages, API, tasks) answers.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise


class DomainError(Exception):
    """What went wrong, where, and how to mend it.

    `field` names the input at fault, `fix` says what to do about it.
    """

    code: ClassVar[str] = "error"
    status: int = 400
    title: ClassVar[str | Promise] = "Something is not right"

    def __init__(self, detail: str | Promise = "", *, field: str = "", fix: str | Promise = "") -> None:
        self.detail = detail or self.title
        self.field = field
        self.fix = fix
        super().__init__(str(self.detail))


class NoTenant(DomainError):
    """Code that needs a schema ran outside any context. A bug, never a fallback."""

    code = "no_tenant"
    status = 500
    title = "No company or public schema was entered"


class NotFound(DomainError):
    """Absent, or not for this actor: outsiders cannot tell which."""

    code = "not_found"
    status = 404
    title = "Not found"


class Denied(DomainError):
    code = "denied"
    status = 403
    title: ClassVar[str | Promise] = "You may not do this"


class Conflict(DomainError):
    code = "conflict"
    status = 409
    title: ClassVar[str | Promise] = "This is taken or has changed meanwhile"


class Invalid(DomainError):
    """Input that cannot be taken. `errors` maps each field to its messages."""

    code = "invalid"
    status = 422
    title = "Some fields need another look"

    def __init__(self, errors: Mapping[str, list[str]], detail: str = "") -> None:
        self.errors = dict(errors)
        first = next(iter(self.errors), "")
        super().__init__(detail or "; ".join(f"{k}: {v[0]}" for k, v in self.errors.items()), field=first)


class ProviderFailed(DomainError):
    """An outside service refused or could not be reached."""

    code = "provider_failed"
    status = 502
    title = "The outside service did not answer as expected"
