"""Sending again, and trying out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.ids import uuid7
from tenants.records.enums import Outcome
from tenants.records.jobs.actions import start_job
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.models import Job
from tenants.webhooks.asking import ask_for_sending
from tenants.webhooks.enums import SETTINGS, DeliveryState, EndpointState
from tenants.webhooks.errors import NothingToSend
from tenants.webhooks.models import Delivery, Endpoint
from tenants.webhooks.samples import sample_event

PIECE = 500
OVER = (DeliveryState.SUCCEEDED, DeliveryState.FAILED)


@transaction.atomic
def resend_delivery(*, delivery: Delivery, by: Actor) -> Delivery:
    """Send one again that is over: the same body and the same id. Raises Denied, NothingToSend."""
    _require(by)
    found = Delivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=delivery.pk)
    if found.state == DeliveryState.HELD or context.in_sandbox():
        raise NothingToSend(_("A sandbox sends nothing."))
    if found.endpoint.state == EndpointState.PAUSED:
        raise NothingToSend(_("Its endpoint is paused. Resume that first."))
    if found.state not in OVER:
        raise NothingToSend(_("It waits to be sent anyway."))
    _again(Delivery.objects.filter(pk=found.pk))
    ask_for_sending()
    found.refresh_from_db()
    return found


@transaction.atomic
def resend_failed(
    *, by: Actor, since: datetime, until: datetime | None = None, endpoint: Endpoint | None = None
) -> Job:
    """Send again what failed of the events of a time, as a job with progress. Raises Denied, Invalid."""
    _require(by)
    if until and until <= since:
        raise Invalid({"until": [_("The end lies before the beginning.")]})
    params = {
        "since": since.isoformat(), "until": until.isoformat() if until else "",
        "endpoint": str(endpoint.pk) if endpoint else "",
    }  # fmt: skip
    words = _("Send again what failed: %(name)s") % {"name": endpoint.name if endpoint else _("all webhooks")}
    total = _failed(params).count()
    return start_job(kind=Resend.name, label=words, by=by, total=total, params=params)


@transaction.atomic
def send_test(*, endpoint: Endpoint, event_name: str, by: Actor) -> Delivery:
    """Send an event that did not happen, marked as such. Raises Denied, NotFound, NothingToSend."""
    _require(by)
    if endpoint.state == EndpointState.PAUSED:
        raise NothingToSend(_("The endpoint is paused. Resume it first."))
    now, is_held = timezone.now(), context.in_sandbox()
    event, body = sample_event(event_name, by=by, event_id=uuid7())
    made = Delivery.objects.create(
        endpoint=endpoint, event_id=event.pk, event_name=event.name, record_type=event.record_type,
        record_id=event.record_id, happened_at=now, body=body, is_test=True,
        state=DeliveryState.HELD if is_held else DeliveryState.WAITING, due_at=None if is_held else now,
        done_at=now if is_held else None,
    )  # fmt: skip
    ask_for_sending()
    return made


@job_kind
class Resend(JobKind):
    """`params`: `since`, `until`, `endpoint`: of which events, and where to; the last two may be empty."""

    name = "webhooks.resend"

    def run(self, run: Run) -> None:
        _require(run.actor)
        while _piece(run):
            run.check()

    def may_see(self, actor: Actor) -> bool:
        return actor.may("edit", SETTINGS)


@transaction.atomic
def _piece(run: Run) -> bool:
    """Those that fail again while it runs are not sent a second time: it goes by their ids."""
    rows = _failed(run.job.params)
    after = run.place.get("after")
    ids = list((rows.filter(pk__gt=after) if after else rows).values_list("pk", flat=True)[:PIECE])
    if not ids:
        return False
    run.note(Outcome.UPDATED, rows=_again(Delivery.objects.filter(pk__in=ids, state=DeliveryState.FAILED)))
    ask_for_sending()
    run.advance(len(ids), after=str(ids[-1]))
    return True


def _failed(params: dict[str, Any]) -> "QuerySet[Delivery]":
    rows = Delivery.objects.filter(state=DeliveryState.FAILED, happened_at__gte=params["since"]).order_by("pk")
    if params["until"]:
        rows = rows.filter(happened_at__lt=params["until"])
    return rows.filter(endpoint_id=UUID(params["endpoint"])) if params["endpoint"] else rows


def _again(rows: "QuerySet[Delivery]") -> int:
    now = timezone.now()
    return rows.update(state=DeliveryState.WAITING, due_at=now, done_at=None, try_count=0, updated_at=now)


def _require(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may send webhooks again."))
