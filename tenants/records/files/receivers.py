"""Files that were sent before their record was made become the record's, by whatever door it came."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import NotFound
from tenants.records.events import consumer
from tenants.records.fields import FileLink
from tenants.records.files.actions import adopt
from tenants.records.models import Event
from tenants.records.registry import type_named


@consumer("*", label=_("Files of new records"))
def adopt_files(event: Event) -> None:
    changes = event.payload.get("changes")
    if not changes or not event.name.endswith((".created", ".updated")):
        return
    try:
        fields = type_named(event.record_type).fields
    except NotFound:
        return
    found = [pair[1] for name, pair in changes.items() if isinstance(fields.get(name), FileLink)]
    ids = [UUID(value["id"]) for value in found if value]
    if ids:
        adopt(record_type=event.record_type, record_id=event.record_id, file_ids=ids)
