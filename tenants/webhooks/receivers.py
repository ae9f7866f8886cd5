"""Every event passes here, many at once. A company without endpoints pays one look into a dictionary."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from tenants.records.events import batch_consumer
from tenants.records.models import Event
from tenants.webhooks.events import offered
from tenants.webhooks.making import make_deliveries
from tenants.webhooks.memory import endpoints


@batch_consumer("*", label=_("Webhooks"))
def note_deliveries(events: Sequence[Event]) -> None:
    """A delivery for each endpoint that wants the event; they leave after the commit."""
    found = endpoints()
    if found:
        known = offered()
        make_deliveries(found, [event for event in events if event.name in known])
