"""What people do with runs: enrol by hand, stop, skip a delay, try again."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.automation.engine.entering import Entry, enter
from tenants.automation.engine.hints import ask_for_advance
from tenants.automation.engine.memory import plans_of
from tenants.automation.enums import EnrolmentState, StepState
from tenants.automation.errors import AlreadyInside, IsOver, NotFailed, NothingToSkip, NotPublished
from tenants.automation.models import Enrolment, Workflow
from tenants.automation.queries import published_of, require_keeper
from tenants.identity.auditing.writing import audit
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.ids import uuid7
from tenants.records.queries import require_on, visible_to
from tenants.records.registry import type_named

MOST_AT_ONCE = 1_000
BY_HAND = "manual"


@transaction.atomic
def enrol(*, workflow: Workflow, record: Any, by: Actor, key: str = "") -> Enrolment:
    """Put a record (or nothing, where the workflow has none) into a workflow; the same `key` twice is one run.

    Whoever may edit the settings, into any that is on; whoever may edit the record, where the trigger is the button.
    Raises Denied, NotPublished, AlreadyInside, Invalid.
    """
    version = published_of(workflow)
    if version is None or not workflow.lets_in:
        raise NotPublished
    plan = plans_of([version.pk])[version.pk]
    _require(by, plan, record)
    entry = Entry(
        key=f"manual:{key or uuid7()}"[:120], record_id=record.pk if record is not None else None,
        trigger=_told(by),
    )  # fmt: skip
    before = Enrolment.objects.filter(workflow=workflow, entry_key=entry.key).first()
    if before:
        return before
    made = enter(plan, [entry], is_by_hand=True)
    if not made:
        raise AlreadyInside
    ask_for_advance()
    return made[0]


def _told(by: Actor) -> dict[str, Any]:
    return {"event": BY_HAND, "user_id": str(by.user_id) if by.user_id else None, "by": by.name, "payload": {}}


def _require(by: Actor, plan: Any, record: Any) -> None:
    if (record is None) != (plan.record_type is None):
        raise Invalid({"record_id": [_("Name a record of the workflow's type.")]})
    if by.may("edit", "settings"):
        return
    if plan.trigger.name != BY_HAND or record is None:
        raise Denied
    require_on(by, "edit", record)


@transaction.atomic
def enrol_many(*, workflow: Workflow, record_ids: Iterable[UUID], by: Actor) -> int:
    """Put many records in; how many entered. Those inside or out of sight are left. Raises Denied, Invalid."""
    require_keeper(by)
    version = published_of(workflow)
    if version is None or not workflow.lets_in:
        raise NotPublished
    plan, ids = plans_of([version.pk])[version.pk], list(dict.fromkeys(record_ids))
    if plan.record_type is None or len(ids) > MOST_AT_ONCE:
        raise Invalid({"record_ids": [_("Name at most %(most)d records.") % {"most": MOST_AT_ONCE}]})
    seen = set(visible_to(by, type_named(plan.record_type.name)).filter(pk__in=ids).values_list("pk", flat=True))
    told: dict[str, Any] = {
        "event": BY_HAND,
        "user_id": str(by.user_id) if by.user_id else None,
        "by": by.name,
        "payload": {},
    }
    entries = [Entry(key=f"manual:{uuid7()}", record_id=one, trigger=told) for one in ids if one in seen]
    made = enter(plan, entries, is_by_hand=True)
    if made:
        ask_for_advance()
    return len(made)


def _locked(enrolment: Enrolment) -> Enrolment:
    return Enrolment.objects.select_for_update(of=("self",)).select_related("workflow").get(pk=enrolment.pk)


@transaction.atomic
def stop(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """It ends here. What is being asked outside at this moment is still noted. Raises Denied, IsOver."""
    require_keeper(by)
    found = _locked(enrolment)
    if not found.is_open:
        raise IsOver
    found.state, found.ended_at, found.wake_at = EnrolmentState.STOPPED, timezone.now(), None
    found.waits_for, found.claimed_until = [], None
    found.ended_because = (_("%(name)s stopped it.") % {"name": by.name})[:200]
    found.save()
    found.step_runs.filter(state=StepState.RUNNING).update(state=StepState.SKIPPED, finished_at=timezone.now())
    audit("workflow_run.stopped", by=by, subject=f"{found.workflow.name}: {found}"[:200])
    return found


@transaction.atomic
def skip_wait(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """A delay is over now; what waits goes on as if its time had run out. Raises Denied, NothingToSkip."""
    require_keeper(by)
    found = _locked(enrolment)
    frame = found.position[-1] if found.position else {}
    if found.state != EnrolmentState.WAITING or not {"until", "held", "tries"} & set(frame):
        raise NothingToSkip
    if "until" in frame:
        frame["until"] = timezone.now().isoformat()
    found.wake_at = timezone.now()
    found.save()
    ask_for_advance()
    audit("workflow_run.wait_skipped", by=by, subject=f"{found.workflow.name}: {found}"[:200])
    return found


@transaction.atomic
def retry(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """Again from the step that failed, with the record as it is now. Raises Denied, NotFailed."""
    require_keeper(by)
    found = _locked(enrolment)
    if found.state != EnrolmentState.FAILED or not found.position:
        raise NotFailed
    found.position[-1] = {**found.position[-1], "again": True}
    found.position[-1].pop("tries", None)
    found.state, found.error, found.ended_at, found.ended_because = EnrolmentState.RUNNING, "", None, ""
    found.wake_at = timezone.now()
    found.save()
    ask_for_advance()
    audit("workflow_run.retried", by=by, subject=f"{found.workflow.name}: {found}"[:200])
    return found
