"""What identity writes down of what happens elsewhere."""

from tenants.identity.actions import audit
from tenants.identity.models import AuditEntry
from tenants.kernel.actors import Actor
from tenants.records.events import consumer
from tenants.records.models import Event


@consumer("records.exported")
def note_export(event: Event) -> None:
    """Who took which records out, how many, in which form. An event met twice is noted once."""
    if AuditEntry.objects.filter(action="records.exported", details__event=str(event.pk)).exists():
        return
    told = event.payload
    by = Actor(kind="user", user_id=told.get("user_id"), name=str(told.get("by", "")))
    audit(
        "records.exported", by=by, subject=", ".join(told.get("types", ())), rows=told.get("rows"),
        format=told.get("format"), filter=told.get("filter"), event=str(event.pk),
    )  # fmt: skip
