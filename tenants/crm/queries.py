"""Reads of the CRM."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tenants.crm.enums import OPEN_TASKS, StageKind
from tenants.crm.models import Account, Activity, Contact, Deal, Lead, Pipeline, SalesSettings, Seat, Stage, Task
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.duplicates.queries import matches_for
from tenants.records.models import Record
from tenants.records.queries import visible_to
from tenants.records.registry import type_named, type_of

MOST_FAMILY = 500


def default_pipeline() -> Pipeline:
    return Pipeline.objects.get(is_default=True)


def default_stage() -> Stage:
    """Where a new deal starts: the first open stage of the default pipeline."""
    return first_stage(default_pipeline())


def first_stage(pipeline: Pipeline, kind: str = StageKind.OPEN) -> Stage:
    return Stage.objects.filter(pipeline=pipeline, kind=kind, deleted_at=None).order_by("position")[0]


def stages_of(pipeline: Pipeline) -> "QuerySet[Stage]":
    return Stage.objects.filter(pipeline=pipeline, deleted_at=None).order_by("position")


def sales_settings() -> SalesSettings:
    return SalesSettings.objects.get()


def tasks_about(*record_ids: UUID) -> "QuerySet[Task]":
    return Task.objects.filter(about_id__in=record_ids, deleted_at=None)


def activities_about(*record_ids: UUID) -> "QuerySet[Activity]":
    return Activity.objects.filter(about_id__in=record_ids, deleted_at=None)


def next_tasks(record_ids: Iterable[UUID]) -> dict[Any, Task]:
    """The next open task of each of these records, in one query."""
    rows = Task.objects.filter(about_id__in=list(record_ids), status__in=OPEN_TASKS, deleted_at=None)
    found: dict[Any, Task] = {}
    for task in rows.order_by("due_at", "id"):
        found.setdefault(task.about_id, task)
    return found


def team_of(record: Record) -> "QuerySet[Seat]":
    found = type_of(record)
    name = found.name if found else ""
    return Seat.objects.filter(record_type=name, record_id=record.pk).select_related("user")


@dataclass(frozen=True)
class Relative:
    """A record whose story belongs to another one's."""

    type_name: str
    name: str


def family_of(record: Record) -> dict[UUID, Relative]:
    """Records whose stories belong to this one's, by id: what a timeline rolls up.

    An account's contacts, deals and leads; a contact's deals and the leads that became it; a deal's leads.
    Only those the reader may see, the newest 500 of a kind.
    """
    if isinstance(record, Account):
        wanted: dict[str, Q] = {name: Q(account=record) for name in ("contacts", "deals", "leads")}
    elif isinstance(record, Contact):
        wanted = {name: Q(contact=record) for name in ("deals", "leads")}
    elif isinstance(record, Deal):
        wanted = {"leads": Q(deal=record)}
    else:
        return {}
    actor = context.actor()
    found: dict[UUID, Relative] = {}
    for type_name, which in wanted.items():
        if actor.may("view", type_name):
            rows = visible_to(actor, type_named(type_name)).filter(which).select_related(None).order_by("-created_at")
            named = rows.values_list("pk", "name")[:MOST_FAMILY]
            found |= {row_id: Relative(type_name, name) for row_id, name in named}
    return found


@dataclass(frozen=True)
class Matches:
    """Contacts and accounts that may be the lead already."""

    contacts: list[Contact]
    accounts: list[Account]

    def __bool__(self) -> bool:
        return bool(self.contacts or self.accounts)


def matches_of(lead: Lead, actor: Actor) -> Matches:
    """Who the duplicate check of contacts and accounts takes for the lead, the likeliest first."""
    who = {name: getattr(lead, name) for name in ("first_name", "last_name", "email", "phone")}
    where = {"name": lead.company_name.strip(), "website": lead.website}
    return Matches(_matches("contacts", who, actor), _matches("accounts", where, actor))


def _matches(name: str, values: dict[str, Any], actor: Actor) -> list[Any]:
    return [one.record for one in matches_for(type_named(name), values, actor)]
