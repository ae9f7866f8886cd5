"""Something of webhooks for every route: one of ours, one of an app, what was sent, an address."""

from typing import Any

from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.kernel.ids import uuid7
from tenants.webhooks.actions import Terms, create_endpoint
from tenants.webhooks.inbound.actions import HookTerms, create_hook
from tenants.webhooks.models import Delivery
from tests.factories import Twin

PUBLIC = "https://93.184.215.14/in"


def furnish_webhooks(found: dict[str, Any], twin: Twin, by: Actor) -> None:
    terms = Terms(name="Ours", url=PUBLIC, events=["contact.created"])
    found["endpoint"] = create_endpoint(terms=terms, by=by)[0]
    app = Terms(name="Zap", url=PUBLIC, events=["deal.created"])
    found["app_hook"] = create_endpoint(terms=app, by=by, app="Zapier")[0]
    found["delivery"] = Delivery.objects.create(
        endpoint=found["endpoint"], event_id=uuid7(), event_name="contact.created", record_type="contacts",
        record_id=twin.contact_id, happened_at=timezone.now(), body="{}", state="failed", done_at=timezone.now(),
    )  # fmt: skip
    found["hook"], url = create_hook(terms=HookTerms(name="Orders"), by=by)
    found["inbound_token"] = url.rstrip("/").rpartition("/")[2]
