"""The workflows of a company that something could set off, remembered in each process.

Most events interest nobody: those cost a look-up in memory. Whatever changes a workflow empties the memory of every
process; should that word be lost, an old one goes on for at most `KEPT_SECONDS`.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth import get_user_model

from tenants.automation.definition.plans import Plan, plan_of
from tenants.automation.enums import OPEN, VersionState, WorkflowState
from tenants.automation.models import Enrolment, Version
from tenants.directory.hosts import also_forget, forget_other, tenant_now
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.kernel.logs import logger
from tenants.kernel.permits import EVERYTHING, Permit

TOPIC = "workflows"
KEPT_SECONDS = 30.0
KEPT_AT_MOST = 5_000
log = logger(__name__)


@dataclass(frozen=True)
class Known:
    """Of one company: the plans that let in, by event; whether anybody inside waits for something to happen."""

    by_event: Mapping[str, Sequence[Plan]] = field(default_factory=dict)
    plans: Sequence[Plan] = ()
    heeds_events: bool = False


_kept: dict[str, tuple[float, Known]] = {}
_plans: dict[tuple[str, UUID], Plan] = {}
"""Compiled versions. A published one never changes, but what it stands on does: fields, names, rights."""


def _forget() -> None:
    _kept.clear()
    _plans.clear()


also_forget(TOPIC, _forget)


def forget_workflows() -> None:
    """Here at once, in the other processes after the commit."""
    forget_other(TOPIC)


def known() -> Known:
    """What the company we are in has to listen for."""
    salt, now = context.place().salt, time.monotonic()
    kept = _kept.get(salt)
    if kept and kept[0] > now:
        return kept[1]
    tenant_now()  # has the process listen for the word that empties this
    found = _read()
    if len(_kept) >= KEPT_AT_MOST:
        _forget()
    _kept[salt] = (now + KEPT_SECONDS, found)
    return found


def _read() -> Known:
    rows = Version.objects.filter(state=VersionState.PUBLISHED, workflow__state=WorkflowState.ACTIVE)
    plans = [plan for version in rows.select_related("workflow") if (plan := _compiled(version))]
    by_event: dict[str, list[Plan]] = {}
    for plan in plans:
        for name in plan.events:
            by_event.setdefault(name, []).append(plan)
    return Known(by_event, plans, any(plan.looks_at_events for plan in plans) or _earlier_heed())


def _earlier_heed() -> bool:
    """Whether somebody is inside a version that lets nobody in any more, and that looks at events."""
    inside = Enrolment.objects.filter(state__in=OPEN).exclude(
        version__state=VersionState.PUBLISHED, workflow__state=WorkflowState.ACTIVE
    )
    ids = list(inside.order_by().values_list("version_id", flat=True).distinct())
    return any(plan.looks_at_events for plan in plans_of(ids).values()) if ids else False


def plans_of(version_ids: Iterable[UUID]) -> dict[UUID, Plan]:
    """Compiled plans by version; those whose module went away are left out."""
    salt, wanted = context.place().salt, set(version_ids)
    found = {one: _plans[salt, one] for one in wanted if (salt, one) in _plans}
    missing = wanted - set(found)
    for version in Version.objects.filter(pk__in=missing).select_related("workflow") if missing else ():
        plan = _compiled(version)
        if plan:
            found[version.pk] = plan
    return found


def _compiled(version: Version) -> Plan | None:
    try:
        plan = plan_of(version)
    except NotFound as error:
        log.warning("workflow cannot run", version=str(version.pk), error=str(error))
        return None
    if version.state != VersionState.DRAFT:
        if len(_plans) >= KEPT_AT_MOST:
            _plans.clear()
        _plans[context.place().salt, version.pk] = plan
    return plan


def actor_of(plan: Plan) -> Actor:
    """Who its steps act as: by what the publisher might then, as far as their role reaches now."""
    return plan.actor(_permit(plan.publisher_id))


def _permit(user_id: UUID | None) -> Permit:
    user = get_user_model().objects.select_related("role").filter(pk=user_id).first() if user_id else None
    return user.actor.permit if user is not None and user.role is not None else EVERYTHING


def actors_of(plans: Iterable[Plan]) -> dict[UUID, Actor]:
    """By version; a query for each publisher, whose permit the process remembers."""
    permits: dict[UUID | None, Permit] = {}
    found = {}
    for plan in plans:
        if plan.publisher_id not in permits:
            permits[plan.publisher_id] = _permit(plan.publisher_id)
        found[plan.version_id] = plan.actor(permits[plan.publisher_id])
    return found
