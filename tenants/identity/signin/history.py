"""The record of all tries to come in, good and bad."""

from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tenants.identity.models import Outcome, Session, SignIn, User
from tenants.identity.signin.asked import agent_of
from tenants.identity.throttle import address_of
from tenants.kernel import context

KEPT_DAYS: Final = 365


def note_sign_in(
    request: HttpRequest, *, method: str, outcome: str, email: str = "", user: User | None = None, reason: str = ""
) -> None:
    SignIn.objects.create(
        scope=context.place().salt,
        user=user,
        email=(user.email if user else email.replace("\x00", "").strip())[:254],
        method=method,
        outcome=outcome,
        reason=reason,
        ip=address_of(request),
        agent=agent_of(request),
    )


def sign_ins(*, outcome: str = "", email: str = "", user: User | None = None) -> QuerySet[SignIn]:
    """The tries at this place, newest first."""
    rows = SignIn.objects.filter(scope=context.place().salt).select_related("user").order_by("-id")
    if outcome:
        rows = rows.filter(outcome=Outcome.DONE) if outcome == Outcome.DONE else rows.exclude(outcome=Outcome.DONE)
    if email:
        rows = rows.filter(email__icontains=email.strip())
    return rows.filter(user=user) if user else rows


def tidy() -> tuple[int, int]:
    """Drop tries of more than a year ago, and sessions that have expired; how many of each."""
    now = timezone.now()
    tries, _rows = SignIn.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    sessions, _rows = Session.objects.filter(expire_date__lt=now).delete()
    return tries, sessions
