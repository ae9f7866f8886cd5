"""A browser that sees the company as a member does: what its session says, when it ends, and that it writes nothing.

The session stays its owner's: signing them out ends this, too. Keys and other browsers know nothing of it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.models import User
from tenants.identity.support.inside import SAFE
from tenants.identity.support.inside import inside as on_support_visit
from tenants.identity.viewing.rules import check_view_as
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, DomainError, Invalid

KEPT: Final = "view_as"
MINUTES: Final = (15, 30, 60)
WAYS_OUT: Final = (("POST", "/view-as/leave/"), ("DELETE", "/api/v1/view-as"), ("POST", "/sign-out/"))
# What belongs to the person alone, even to read: browsers, factors, passwords, links from their mail.
THEIRS = (
    "/settings/profile", "/api/v1/me/sessions", "/sign-in", "/support/enter", "/welcome", "/reset", "/switch/enter",
)  # fmt: skip
READS = re.compile(r"\s*\(*\s*(SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW|DECLARE|FETCH|CLOSE)\b", re.IGNORECASE)
WRITES_WITHIN = re.compile(
    r"\b(INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|UPDATE\s+\S+\s+(AS\s+\S+\s+)?SET)\b", re.IGNORECASE
)


class LookOnly(Denied):
    """A write while viewing as somebody."""

    code = "view_as"


@dataclass(frozen=True)
class Viewing:
    """Who looks, as whom, until when."""

    viewer: User
    seen: User
    ends_at: datetime

    @property
    def minutes_left(self) -> int:
        return max(0, int((self.ends_at - timezone.now()).total_seconds() + 59) // 60)

    @property
    def actor(self) -> Actor:
        """The member's own rights, under both names; what they keep to themselves stays theirs."""
        name = f"{str(self.viewer)[:50]} as {str(self.seen)[:50]}"
        return replace(self.seen.actor, name=name, is_watched=True)


def begin(request: HttpRequest, *, seen: User, minutes: int, by: Actor) -> Viewing:
    """From the next request on this browser sees what `seen` sees. Raises Denied, Conflict, Invalid, NotFound."""
    viewer = request.user
    if minutes not in MINUTES:
        raise Invalid({"minutes": [_("Choose one of: %(known)s.") % {"known": ", ".join(map(str, MINUTES))}]})
    if not isinstance(viewer, User) or getattr(request, "api_key", None):
        raise Denied(_("Keys act for themselves: view as somebody in a browser."))
    if on_support_visit(request):
        raise Denied(_("Not on a support visit: this is for the people of the company alone."))
    if viewing_of(request):
        raise Conflict(_("Leave the view you are in first."))
    check_view_as(viewer, seen)
    ends_at = timezone.now() + timedelta(minutes=minutes)
    audit("view_as.began", by=by, subject=str(seen), user=str(seen.pk), minutes=minutes, until=ends_at.isoformat())
    request.session[KEPT] = {"user": str(seen.pk), "ends_at": ends_at.isoformat()}
    return Viewing(viewer, seen, ends_at)


def end(request: HttpRequest, viewing: Viewing, *, how: str) -> None:
    request.session.pop(KEPT, None)
    request.viewing = None  # type: ignore[attr-defined]
    audit("view_as.ended", by=viewing.viewer.actor, subject=str(viewing.seen), user=str(viewing.seen.pk), how=how)


def viewing_of(request: HttpRequest) -> Viewing | None:
    """What the middleware found."""
    found: Viewing | None = getattr(request, "viewing", None)
    return found


def look(request: HttpRequest, viewer: User) -> Viewing | None:
    """As whom this browser looks. Asked anew at each request: it ends with time, with the right, with the member."""
    told: Any = request.session.get(KEPT)
    if not told or not context.place().company_id:
        return None
    seen = User.objects.select_related("role").filter(pk=UUID(told["user"])).first()
    if seen is None:
        request.session.pop(KEPT)
        return None
    found = Viewing(viewer, seen, datetime.fromisoformat(told["ends_at"]))
    if how := _why_over(request, found):
        end(request, found, how=how)
        return None
    return found


def _why_over(request: HttpRequest, found: Viewing) -> str:
    if found.ends_at <= timezone.now():
        return "time"
    if (request.method, request.path) == ("POST", "/sign-out/"):
        return "signed out"
    try:
        check_view_as(found.viewer, found.seen)
    except DomainError:
        return "no longer allowed"
    return ""


def is_way_out(request: HttpRequest) -> bool:
    return (request.method, request.path) in WAYS_OUT


def check_looks_only(request: HttpRequest) -> None:
    """Raise LookOnly for every write, whatever the page or route, and for what is the member's alone."""
    found = viewing_of(request)
    if found is None or is_way_out(request):
        return
    if request.method not in SAFE:
        raise LookOnly(_refusal(found))
    if request.path.startswith(THEIRS):
        raise LookOnly(_("This belongs to %(name)s alone. Leave the view to open your own.") % {"name": found.seen})


def _refusal(found: Viewing) -> str:
    return _("You see what %(name)s sees: nothing can be changed. Leave the view first.") % {"name": found.seen}


def _reads(sql: str) -> bool:
    """Whether a statement of ours only reads; a chain of WITH may write in one of its links."""
    is_chain = sql.lstrip()[:4].upper() == "WITH"
    return bool(READS.match(sql)) and not (is_chain and WRITES_WITHIN.search(sql))


@contextmanager
def looking_only(found: Viewing) -> Iterator[None]:
    """The same at the database, should a page write while it is read."""

    def refuse(execute: Callable[..., Any], sql: Any, params: Any, many: bool, around: Any) -> Any:
        if not _reads(str(sql)):
            raise LookOnly(_refusal(found))
        return execute(sql, params, many, around)

    with connection.execute_wrapper(refuse):
        yield
