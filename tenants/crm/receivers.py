"""What the CRM does when something has happened: customers stand differently, names change."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.crm import telling
from tenants.crm.health import rescore
from tenants.crm.models import Account, Activity, Contact, Task
from tenants.records.events import batch_consumer, consumer
from tenants.records.models import Event
from tenants.records.timeline import record_behind

assert telling  # hears what people are told of
MOVING = (
    "deal.created", "deal.updated", "deal.deleted", "deal.restored", "activity.created", "activity.updated",
    "activity.deleted", "task.created", "task.updated", "task.deleted", "note.created", "call.created", "call.updated",
)  # fmt: skip
NAMED = ("contact.updated", "account.updated", "deal.updated", "lead.updated")


@batch_consumer(*MOVING, label=_("Health of customers"))
def stand_differently(events: Sequence[Event]) -> None:
    """Work out anew the accounts and contacts that the events are about, each once. Repeating it changes nothing."""
    around: dict[type[Contact | Account], set[UUID]] = {Contact: set(), Account: set()}
    calls = []
    for event in events:
        found = _record(event)
        for record in (found, _about(found)):
            _add_around(record, around)
        if event.name == "call.created":
            calls.append(found)
    for model, ids in around.items():
        if ids:
            rescore(model, sorted(ids))
    for call in calls:
        _note_touch(call)


def _record(event: Event) -> Any:
    return record_behind(event.record_type, event.record_id) if event.record_type else None


def _about(record: Any) -> Any:
    if isinstance(record, Task | Activity) and record.about_type and record.about_id:
        return record_behind(record.about_type, record.about_id)
    return None


def _add_around(record: Any, around: Mapping[type[Contact | Account], set[UUID]]) -> None:
    """The contact and the account that a record is, or belongs to."""
    contact_id = record.pk if isinstance(record, Contact) else getattr(record, "contact_id", None)
    account_id = record.pk if isinstance(record, Account) else getattr(record, "account_id", None)
    for model, found in ((Contact, contact_id), (Account, account_id)):
        if found:
            around[model].add(found)


def _note_touch(call: Any) -> None:
    """Calls are told by a module that we do not know: what they say of a contact or account is enough."""
    now = timezone.now()
    for model, name in ((Contact, "contact_id"), (Account, "account_id")):
        if getattr(call, name, None):
            model._default_manager.filter(pk=getattr(call, name)).update(last_touch_at=now)


@consumer(*NAMED, label=_("Names on tasks and activities"))
def follow_names(event: Event) -> None:
    """Tasks and activities carry the name of what they are about."""
    if not {"name", "first_name", "last_name"} & set(event.payload.get("changes", {})):
        return
    record = _record(event)
    if record is not None:
        for model in (Task, Activity):
            model._default_manager.filter(about_id=record.pk).update(about_name=str(record)[:161])
