"""Signed-in browsers: shown to their person and to administrators, and signed out one by one."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.bounds import owns
from tenants.identity.enums import OWNER, SETTINGS
from tenants.identity.errors import OwnersOnly
from tenants.identity.models import Session, User
from tenants.identity.signin.asked import browser_named
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound


@dataclass(frozen=True, kw_only=True)
class BrowserView:
    """A session without its key, which would open it; `id` is a fingerprint of that."""

    id: str
    name: str
    ip: str
    method: str
    opened_at: datetime | None
    seen_at: datetime
    is_this: bool


def browsers_of(user: User, *, this: str = "") -> list[BrowserView]:
    """Where a person is signed in through this door, last seen first."""
    return [
        BrowserView(
            id=fingerprint(row.session_key), name=browser_named(row.agent), ip=row.ip, method=row.method,
            opened_at=row.opened_at, seen_at=row.seen_at, is_this=row.session_key == this,
        )
        for row in _open_sessions(user)
    ]  # fmt: skip


def fingerprint(session_key: str) -> str:
    return hashlib.sha256(f"{context.place().salt}:{session_key}".encode()).hexdigest()[:24]


@transaction.atomic
def end_session(*, user: User, session: str, by: Actor) -> None:
    """Sign a person out in one browser. Raises Denied, NotFound."""
    _require(user, by)
    row = next((one for one in _open_sessions(user) if fingerprint(one.session_key) == session), None)
    if row is None:
        raise NotFound(_("This browser is signed out already."))
    row.delete()
    audit("session.ended", by=by, subject=user.email, browser=browser_named(row.agent), ip=row.ip)


@transaction.atomic
def end_all_sessions(*, user: User, by: Actor) -> int:
    """Sign a person out everywhere; how many browsers that were. Raises Denied."""
    _require(user, by)
    ended, _rows = Session.objects.filter(user=user, scope=context.place().salt).delete()
    audit("sessions.ended", by=by, subject=user.email, count=ended)
    return ended


def _open_sessions(user: User) -> list[Session]:
    rows = Session.objects.filter(user=user, scope=context.place().salt, expire_date__gt=timezone.now())
    return list(rows.order_by("-seen_at"))


def _require(user: User, by: Actor) -> None:
    """Oneself, or who may change the settings; only owners sign out owners."""
    if by.user_id == user.pk or by.kind == "robot":
        return
    if not context.place().company_id or not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may sign out somebody else."))
    if user.role and user.role.slug == OWNER and not owns(by):
        raise OwnersOnly
