"""What people do about events: try again what failed, drop it, tell a stretch of time once more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel import context, trust
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.events import Listener, listener_keyed, tell_later
from tenants.records.jobs.actions import start_job
from tenants.records.models import Job
from tenants.records.outbox import failures
from tenants.records.outbox.catalogue import kinds
from tenants.records.outbox.queries import Asked
from tenants.records.outbox.retention import KEPT_DAYS
from tenants.records.queries import require

REPLAY = "replay_events"


@transaction.atomic
def try_again(*, ids: Sequence[UUID] | None = None, by: Actor) -> int:
    """Have failed deliveries tried at once, or all that were given up; how many. Raises Denied."""
    require(by, "edit", "settings")
    count = failures.try_again_now(ids=ids)
    if count:
        trust.note("events.tried_again", by=by, count=count)
        tell_later(context.current())
    return count


@transaction.atomic
def drop(*, ids: Sequence[UUID], by: Actor) -> int:
    """Let consumers go without these; how many. Raises Denied."""
    require(by, "edit", "settings")
    count = failures.drop(ids=ids)
    if count:
        trust.note("events.dropped", by=by, count=count)
        tell_later(context.current())
    return count


@transaction.atomic
def replay(*, consumer: str, since: datetime, until: datetime, name: str = "", by: Actor) -> Job:
    """Tell one consumer everything that happened from `since` until before `until` once more, as a job.

    Consumers know events by their id: what an event has done already it does not do again, except
    where a consumer says otherwise (webhooks send the message anew, under its old id).
    Raises Invalid, Denied.
    """
    require(by, "edit", "settings")
    listener = _checked(consumer, since, until, name)
    params: dict[str, Any] = {
        "consumer": listener.key, "since": since.isoformat(), "until": until.isoformat(), "name": name,
    }  # fmt: skip
    trust.note("events.replayed", by=by, subject=listener.key, **params)
    label = _("Tell “%(who)s” again what happened") % {"who": listener.label}
    return start_job(kind=REPLAY, label=label, by=by, params=params)


def _checked(consumer: str, since: datetime, until: datetime, name: str) -> Listener:
    errors: dict[str, list[str]] = {}
    listener = listener_keyed(consumer)
    if listener is None:
        errors["consumer"] = [_("Choose a consumer from the list.")]
    if name and name not in kinds():
        errors["name"] = [_("Choose an event from the list.")]
    if since >= until:
        errors["until"] = [_("Choose an end after the beginning.")]
    if since < timezone.now() - timedelta(days=KEPT_DAYS):
        errors["since"] = [_("Events are kept for %(n)d days. Choose a later beginning.") % {"n": KEPT_DAYS}]
    if errors or listener is None:
        raise Invalid(errors)
    return listener


def asked_of(params: dict[str, Any]) -> Asked:
    return Asked(
        name=params["name"], since=datetime.fromisoformat(params["since"]),
        until=datetime.fromisoformat(params["until"]),
    )  # fmt: skip
