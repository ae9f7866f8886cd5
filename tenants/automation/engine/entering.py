"""Who enters: events, clocks, hooks and clicks come through one door, which keeps the workflow's rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from tenants.automation.definition.conditions import Tree, holding, is_constant, settled
from tenants.automation.definition.plans import Plan
from tenants.automation.definition.scopes import Scope, view_of
from tenants.automation.engine import frames, guards
from tenants.automation.engine.memory import actor_of
from tenants.automation.enums import OPEN, OffKind
from tenants.automation.models import Enrolment
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.ids import uuid7
from tenants.records.copying import json_text
from tenants.records.models import Event

MOST_TOLD_BYTES = 64_000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An occasion to enter: its key is unique in a workflow, so that it lets in once."""

    key: str
    record_id: UUID | None = None
    event_id: UUID | None = None
    trigger: Mapping[str, Any] = field(default_factory=dict)
    """What `{{trigger…}}` names."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    cause: Mapping[str, Any] | None = None


def entry_of(event: Event, record_id: UUID | None) -> Entry:
    return Entry(
        key=f"event:{event.pk}", record_id=record_id, event_id=event.pk, trigger=told_of(event), cause=event.cause
    )


def told_of(event: Event) -> dict[str, Any]:
    """An event as templates and conditions name it."""
    payload = event.payload if len(json_text(event.payload)) <= MOST_TOLD_BYTES else {"is_cut": True}
    return {
        "event": event.name, "event_id": str(event.pk), "at": event.happened_at.isoformat(), "payload": payload,
        "changes": payload.get("changes") or {}, "user_id": str(event.user_id) if event.user_id else None,
        "by": event.actor_name, "record_type": event.record_type, "record_id": str(event.record_id),
    }  # fmt: skip


def enter(plan: Plan, entries: Sequence[Entry], *, is_by_hand: bool = False) -> list[Enrolment]:
    """Let in those that the filter, the re-entry rule and the limits allow; the enrolments that began.

    By hand the trigger's filter is not asked. Runs in the caller's transaction.
    """
    allowed = list(entries) if is_by_hand else filtered(plan, _without_circles(plan, entries))
    if not allowed:
        return []
    _be_alone(plan)
    allowed = _limited(plan, _with_reentry(plan, allowed))
    if not allowed:
        return []
    words = guards.storm_words(plan, len(allowed))
    if words:
        guards.turn_off(plan, OffKind.STORM, words)
        return []
    return _write(plan, allowed)


def _without_circles(plan: Plan, entries: Iterable[Entry]) -> list[Entry]:
    found = []
    for one in entries:
        words = guards.circle_words(plan, one.cause, one.record_id) if one.cause else ""
        if words:
            guards.turn_off(plan, OffKind.CIRCLE, words)
        else:
            found.append(one)
    return found


def filtered(plan: Plan, entries: Sequence[Entry]) -> list[Entry]:
    """One query for all of them; one for each different tree where it names something of the event."""
    if not entries or (not plan.filter and plan.record_type is None):
        return list(entries)
    actor = actor_of(plan)
    with context.acting(actor):
        if is_constant(plan.filter):
            return _holding(plan, plan.filter or True, entries, actor)
        trees: dict[str, tuple[Tree | bool, list[Entry]]] = {}
        for one in entries:
            tree = _settled(plan, one)
            trees.setdefault(json_text(tree), (tree, []))[1].append(one)
        kept = {one.key for tree, some in trees.values() for one in _holding(plan, tree, some, actor)}
    return [one for one in entries if one.key in kept]


def _settled(plan: Plan, entry: Entry) -> Tree | bool:
    try:
        return settled(plan.filter, Scope({"trigger": entry.trigger, "record": lambda: _view(plan, entry)}))
    except ValidationError:
        return False


def _view(plan: Plan, entry: Entry) -> Any:
    if plan.record_type is None or entry.record_id is None:
        return None
    found = plan.record_type.model._default_manager.filter(pk=entry.record_id).first()
    return view_of(plan.record_type.name, found)


def _holding(plan: Plan, tree: Tree | bool, entries: Sequence[Entry], actor: Actor) -> list[Entry]:
    if plan.record_type is None:
        return list(entries) if tree is True else []
    ids = [one.record_id for one in entries if one.record_id]
    if not actor.may("view", plan.record_type.name):
        return []
    found = holding(tree, plan.record_type, ids, actor, in_bin=plan.trigger.in_bin)
    if plan.trigger.in_bin and tree is True:
        found |= set(ids)  # what is deleted for good is nowhere any more
    return [one for one in entries if one.record_id in found]


def _be_alone(plan: Plan) -> None:
    """Two that enter at one moment would not see each other. The lock ends with the transaction."""
    with connection.cursor() as cursor:
        lock = f"{context.place().salt}:enter:{plan.workflow_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])


def _with_reentry(plan: Plan, entries: Sequence[Entry]) -> list[Entry]:
    if plan.reentry == "always":
        return list(entries)
    ids = {one.record_id for one in entries if one.record_id}
    rows = Enrolment.objects.filter(workflow_id=plan.workflow_id, record_id__in=ids)
    rows = rows if plan.reentry == "never" else rows.filter(state__in=OPEN)
    inside = set(rows.order_by().values_list("record_id", flat=True)) if ids else set()
    found = []
    for one in entries:
        if one.record_id is None or one.record_id not in inside:
            found.append(one)
            inside.add(one.record_id)
    return found


def _limited(plan: Plan, entries: Sequence[Entry]) -> list[Entry]:
    if not plan.most_per_day or not entries:
        return list(entries)
    begins = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Enrolment.objects.filter(workflow_id=plan.workflow_id, entered_at__gte=begins).count()
    return list(entries[: max(0, plan.most_per_day - today)])


def _write(plan: Plan, entries: Sequence[Entry]) -> list[Enrolment]:
    """New rows; an occasion that let in before lets nobody in again."""
    now = timezone.now()
    made = [enrolment_of(plan, one, now) for one in entries]
    keys = [one.entry_key for one in made]
    before = set(
        Enrolment.objects.filter(workflow_id=plan.workflow_id, entry_key__in=keys).values_list("entry_key", flat=True)
    )
    made = [one for one in made if one.entry_key not in before]
    Enrolment.objects.bulk_create(made)
    return made


def enrolment_of(plan: Plan, entry: Entry, now: Any) -> Enrolment:
    cause = {"path": guards.path_of(entry.cause, entry.record_id)} if guards.depth_of(entry.cause) else None
    return Enrolment(
        id=uuid7(), workflow_id=plan.workflow_id, version_id=plan.version_id,
        record_type=plan.record_type.name if plan.record_type else "", record_id=entry.record_id,
        entered_by=entry.event_id, entry_key=entry.key[:120], position=frames.beginning(), wake_at=now,
        variables={"trigger": dict(entry.trigger), "vars": dict(entry.variables), "steps": {}},
        depth=guards.depth_of(entry.cause), cause=cause, entered_at=now,
    )  # fmt: skip
