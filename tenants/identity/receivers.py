"""What identity writes down of what happens elsewhere. An event met twice is noted once."""

from django.utils.translation import gettext_lazy as _

from tenants.identity.actions import audit
from tenants.identity.models import AuditEntry
from tenants.kernel.actors import Actor
from tenants.records.events import consumer
from tenants.records.models import Change, Event
from tenants.records.registry import record_types


@consumer("records.exported", label=_("Audit of exports"))
def note_export(event: Event) -> None:
    """Who took which records out, how many, in which form."""
    told = event.payload
    subject = ", ".join(told.get("types", ()))
    if _is_noted("records.exported", subject, event):
        return
    by = Actor(kind="user", user_id=told.get("user_id"), name=str(told.get("by", "")))
    audit(
        "records.exported", by=by, subject=subject, rows=told.get("rows"),
        format=told.get("format"), filter=told.get("filter"), event=str(event.pk),
    )  # fmt: skip


@consumer("*", label=_("Audit of deletions"))
def note_deletion(event: Event) -> None:
    """Which person moved a record to the bin, or deleted it for good. Those of one job are one entry: it counts them.

    What the house does by rule, like emptying old bins, history and the log tell.
    """
    kind, _dot, what = event.name.rpartition(".")
    if what not in ("deleted", "purged") or kind == "note":
        return
    change = _change_of(event, what)
    if change is None or change.user_id is None:
        return
    subject = f"job:{change.job_id}" if change.job_id else f"{event.record_type}:{event.record_id}"
    if _is_noted(f"records.{what}", subject, None if change.job_id else event):
        return
    by = Actor(kind="user", user_id=change.user_id, name=change.actor_name)
    audit(f"records.{what}", by=by, subject=subject, type=event.record_type, event=str(event.pk))


@consumer("*", label=_("Audit of settings"))
def note_setting(event: Event) -> None:
    """Who changed what the whole company works with, like a pipeline or a stage."""
    what = event.name.rpartition(".")[2]
    if what not in ("created", "updated", "restored") or not _is_setting(event.record_type):
        return
    change = _change_of(event, what)
    subject = f"{event.record_type}:{event.record_id}"
    if change is None or change.user_id is None or _is_noted(f"setting.{what}", subject, event):
        return
    by = Actor(kind="user", user_id=change.user_id, name=change.actor_name)
    audit(f"setting.{what}", by=by, subject=subject, fields=sorted(change.changes), event=str(event.pk))


def _is_setting(type_name: str) -> bool:
    return any(one.name == type_name and one.is_common for one in record_types())


@consumer("*", label=_("Audit of sharing"))
def note_share(event: Event) -> None:
    """Who opened which record to whom, or closed it again."""
    what = event.name.rpartition(".")[2]
    if what not in ("shared", "unshared"):
        return
    changes = event.payload["changes"]
    lines = Change.objects.filter(record_type=event.record_type, record_id=event.record_id, action=what)
    change = lines.filter(changes=changes).order_by("-created_at").first()
    subject = f"{event.record_type}:{event.record_id}"
    if change is None or _is_noted(f"records.{what}", subject, event):
        return
    before, after = ((one or {}).get("name", "") for one in changes["shared_with"])
    by = Actor(kind="user", user_id=change.user_id, name=change.actor_name)
    audit(f"records.{what}", by=by, subject=subject, before=before, after=after, event=str(event.pk))


def _change_of(event: Event, action: str) -> Change | None:
    """The line of history that was written with the event."""
    rows = Change.objects.filter(record_type=event.record_type, record_id=event.record_id, action=action)
    return rows.order_by("-created_at").first()


def _is_noted(action: str, subject: str, event: Event | None) -> bool:
    rows = AuditEntry.objects.filter(action=action, subject=subject[:200])
    return (rows.filter(details__event=str(event.pk)) if event else rows).exists()
