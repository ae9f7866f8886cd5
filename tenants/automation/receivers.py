"""Workflows hear everything that happens; most of it concerns none."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tenants.automation.engine.hearing import hear
from tenants.automation.engine.hints import ask_for_advance
from tenants.automation.engine.memory import known
from tenants.automation.models import Workflow
from tenants.directory.hosts import company_now
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.modules import Text
from tenants.notifications.actions import notify
from tenants.records.events import batch_consumer, consumer
from tenants.records.models import Event


@batch_consumer("*", label=_("Workflows"))
def let_in(events: Sequence[Event]) -> None:
    if context.place().company_id is None:
        return
    listening = known()
    if not listening.heeds_events and not any(event.name in listening.by_event for event in events):
        return
    with timezone.override(company_now().time_zone or "UTC"):
        if hear(events, listening):
            ask_for_advance()


@consumer("workflow.stopped", label=_("Owners of workflows turned off"))
def tell_of_the_end(event: Event) -> None:
    """Its owner hears that nobody enters any more, and why."""
    title = format_lazy("{words}: {name}", words=_("A workflow was turned off"), name=event.payload["workflow"])
    _tell_owner(event, title, event.payload["because"], key=f"workflow-stopped:{event.pk}")


@consumer("workflow.failed", label=_("Owners of workflows that failed"))
def tell_of_a_failure(event: Event) -> None:
    """Once an hour for each workflow: a thousand runs may fail of one fault."""
    title = format_lazy("{words}: {name}", words=_("A workflow failed"), name=event.payload["workflow"])
    key = f"workflow-failed:{event.record_id}:{event.happened_at:%Y-%m-%d %H}"
    _tell_owner(event, title, event.payload["error"], key=key)


def _tell_owner(event: Event, title: Text, text: str, *, key: str) -> None:
    owner_id = Workflow.objects.filter(pk=event.record_id).values_list("owner_id", flat=True).first()
    people, url = [owner_id] if owner_id else [], f"/automation/{event.record_id}/"
    notify(kind="workflow_failed", user_ids=people, title=title, text=text, url=url, key=key, by=robot())
