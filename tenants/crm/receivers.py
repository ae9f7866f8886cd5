"""What the CRM does when something has happened: customers stand differently, names change."""

from typing import Any

from django.utils import timezone

from tenants.crm.health import rescore
from tenants.crm.models import Account, Activity, Contact, Task
from tenants.records.events import consumer
from tenants.records.models import Event
from tenants.records.timeline import record_behind

MOVING = (
    "deal.created", "deal.updated", "deal.deleted", "deal.restored", "activity.created", "activity.updated",
    "activity.deleted", "task.created", "task.updated", "task.deleted", "note.created", "call.created", "call.updated",
)  # fmt: skip
NAMED = ("contact.updated", "account.updated", "deal.updated", "lead.updated")


@consumer(*MOVING)
def stand_differently(event: Event) -> None:
    """Work out anew the account and the contact that the event is about. Repeating it changes nothing."""
    found = _record(event)
    about = _about(found)
    for record in {one.pk: one for one in (found, about) if one is not None}.values():
        _rescore_around(record)
    if event.name == "call.created":
        _note_touch(found)


def _record(event: Event) -> Any:
    return record_behind(event.record_type, event.record_id) if event.record_type else None


def _about(record: Any) -> Any:
    if isinstance(record, Task | Activity) and record.about_type and record.about_id:
        return record_behind(record.about_type, record.about_id)
    return None


def _rescore_around(record: Any) -> None:
    contact_id = record.pk if isinstance(record, Contact) else getattr(record, "contact_id", None)
    account_id = record.pk if isinstance(record, Account) else getattr(record, "account_id", None)
    if contact_id:
        rescore(Contact, [contact_id])
    if account_id:
        rescore(Account, [account_id])


def _note_touch(call: Any) -> None:
    """Calls are told by a module that we do not know: what they say of a contact or account is enough."""
    now = timezone.now()
    for model, name in ((Contact, "contact_id"), (Account, "account_id")):
        if getattr(call, name, None):
            model._default_manager.filter(pk=getattr(call, name)).update(last_touch_at=now)


@consumer(*NAMED)
def follow_names(event: Event) -> None:
    """Tasks and activities carry the name of what they are about."""
    if not {"name", "first_name", "last_name"} & set(event.payload.get("changes", {})):
        return
    record = _record(event)
    if record is not None:
        for model in (Task, Activity):
            model._default_manager.filter(about_id=record.pk).update(about_name=str(record)[:161])
