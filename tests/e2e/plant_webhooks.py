"""`plant_webhooks <slug>`: endpoints in every state, what they were sent, and an address that was told something."""

import json
import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.ids import uuid7
from tenants.records.models import Event
from tenants.webhooks.actions import Terms, create_endpoint, pause_endpoint
from tenants.webhooks.inbound.actions import HookTerms, create_hook
from tenants.webhooks.inbound.processing import process
from tenants.webhooks.inbound.receiving import keep
from tenants.webhooks.models import Delivery, Endpoint
from tenants.webhooks.samples import sample_event
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import Twin, make_twin

PUBLIC = "https://93.184.215.14"
"""Never asked: nothing happens in the company, and nothing planted is due."""


def main(slug: str) -> Planted:
    with context.public():
        twin = make_twin(slug, "Priya")
    with context.inside(twin.place, actor=robot()):
        # What made the company happened before anybody was to be told.
        while Event.objects.filter(delivered_at=None).exists():
            time.sleep(0.05)  # the stack's worker is at it
        by = twin.owner().actor
        warehouse = _endpoint(by, "Data warehouse", ["deal.*", "contact.created"], is_ordered=True)
        _log(twin, warehouse, by)
        billing = _endpoint(by, "Billing", ["invoice.issued"])
        Endpoint.objects.filter(pk=billing.pk).update(
            state="broken", failures=14, reason="It did not answer as it should 14 times in a row.",
            broken_at=timezone.now() - timedelta(hours=2), not_before=timezone.now() + timedelta(days=1),
        )  # fmt: skip
        pause_endpoint(endpoint=_endpoint(by, "Old shop", ["contact.created"], app="Zapier"), by=by)
        hook, _url = create_hook(terms=HookTerms(name="Order desk", id_path="order"), by=by)
        for number in (1041, 1042):
            body = json.dumps({"order": f"SO-{number}", "customer": {"name": "Meera Rao", "city": "Pune"}}).encode()
            process(keep(hook, {"User-Agent": "OrderDesk/2.1"}, "application/json", body)[0].pk)
        cookie = cookie_of(twin.owner(), twin.host)
        return told(twin, owner=cookie, endpoint=str(warehouse.pk), broken=str(billing.pk), hook=str(hook.pk))


def _endpoint(by: Actor, name: str, events: list[str], *, app: str = "", **more: Any) -> Endpoint:
    terms = Terms(name=name, url=f"{PUBLIC}/{name.lower().replace(' ', '-')}", events=events, **more)
    return create_endpoint(terms=terms, by=by, app=app)[0]


def _log(twin: Twin, endpoint: Endpoint, by: Actor) -> None:
    now = timezone.now()
    outcomes = [("succeeded", 200, "thanks", "")] * 8 + [("failed", 500, '{"error": "no such table"}', "")]
    outcomes += [("failed", 0, "", "No answer in time.")]
    for number, (state, status, answer, error) in enumerate(outcomes):
        at = now - timedelta(minutes=7 * number)
        event, body = sample_event("deal.updated" if number % 2 else "contact.created", by=by, event_id=uuid7())
        one = {"at": at.isoformat(), "status": status, "milliseconds": 41 + number, "answer": answer, "error": error}
        Delivery.objects.create(
            endpoint=endpoint, event_id=event.pk, event_name=event.name, record_type=event.record_type,
            record_id=event.record_id, happened_at=at, body=body, state=state, try_count=1 if status == 200 else 12,
            tries=[one] if status == 200 else [one] * 3, done_at=at, is_test=number == 0,
        )  # fmt: skip
