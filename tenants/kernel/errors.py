"""Errors of the domain. Each has a code for programs and words for people.

The domain raises; one handler per surface (pages, API, tasks) answers.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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


class TooBusy(DomainError):
    """A company asks for more at one moment than its share; nothing was done. `retry_seconds`: when to come again."""

    code = "too_busy"
    status = 429
    title: ClassVar[str | Promise] = _("Too much is going on at this moment")
    retry_seconds: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__(fix=_("Wait a few seconds, then try again."))


class TookTooLong(TooBusy):
    """The database ended a statement: it worked, or waited for others, longer than somebody waiting should."""

    code = "took_too_long"
    status = 503
    title = _("This took too long and was stopped")
    retry_seconds = 5

    def __init__(self) -> None:
        DomainError.__init__(self, fix=_("Try again later, or ask for less at once: a narrower filter, fewer records."))


class ProviderFailed(DomainError):
    """An outside service refused or could not be reached."""

    code = "provider_failed"
    status = 502
    title = "The outside service did not answer as expected"
