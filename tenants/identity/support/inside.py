"""A browser that is on a support visit: what its session says, and what it may not do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.models import SupportVisit
from tenants.identity.models import User
from tenants.identity.support.visits import actor_named, begin_visit
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied

KEPT = "support_visit"
SAFE = ("GET", "HEAD", "OPTIONS")
# What would outlast the visit, or belongs to the person alone: passwords, keys, people, who may enter or do what.
OWN = (
    "/settings/keys", "/settings/apps", "/oauth/", "/settings/profile", "/settings/people", "/settings/sign-in",
    "/settings/support", "/settings/audit/export", "/settings/roles", "/settings/sharing", "/settings/stand-ins",
    "/api/v1/api-keys", "/api/v1/apps", "/api/v1/users", "/api/v1/me", "/api/v1/support", "/api/v1/roles",
    "/api/v1/sharing-rules", "/api/v1/stand-ins", "/me/", "/settings/chats", "/api/v1/notification-wishes",
    "/api/v1/push-subscriptions", "/api/v1/chat-connections",
)  # fmt: skip


@dataclass(frozen=True)
class Inside:
    visit_id: UUID
    visitor: str
    house: str
    user_name: str
    ends_at: datetime

    @property
    def minutes_left(self) -> int:
        return max(0, int((self.ends_at - timezone.now()).total_seconds() + 59) // 60)


def enter(request: HttpRequest, visit: SupportVisit) -> None:
    """A session of its own, under a new key, without touching the user's last sign-in."""
    request.session.flush()
    request.session.create()
    visit, user = begin_visit(visit, session_key=str(request.session.session_key))
    request.session[SESSION_KEY] = str(user.pk)
    request.session[BACKEND_SESSION_KEY] = "tenants.identity.backends.PasswordBackend"
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session[KEPT] = _told(visit)
    request.session.set_expiry(visit.minutes * 60)


def _told(visit: SupportVisit) -> dict[str, str]:
    assert visit.ends_at
    return {
        "visit": str(visit.pk), "visitor": visit.visitor_name, "house": visit.house, "user": visit.user_name,
        "ends_at": visit.ends_at.isoformat(),
    }  # fmt: skip


def inside(request: HttpRequest) -> Inside | None:
    """The visit this browser is on."""
    told: Any = request.session.get(KEPT) if request.session.session_key else None
    if not told:
        return None
    ends_at = datetime.fromisoformat(told["ends_at"])
    return Inside(UUID(told["visit"]), told["visitor"], told["house"], told["user"], ends_at)


def actor_inside(request: HttpRequest, user: User) -> Actor | None:
    """Who acts on a visit; None when this is none."""
    found = inside(request)
    return actor_named(user, found.visitor, found.house) if found else None


def is_over(request: HttpRequest) -> bool:
    found = inside(request)
    return found is not None and found.ends_at <= timezone.now()


def check_allowed(request: HttpRequest) -> None:
    """Raise Denied for what a visitor may not do."""
    if not request.path.startswith(OWN) or inside(request) is None:
        return
    if request.method not in SAFE or request.path.startswith("/settings/audit/export"):
        raise Denied(_("Not on a support visit: this is for the people of the company alone."))
