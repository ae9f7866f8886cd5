"""Webhooks of a demo company: one to another system, paused since nobody is there; one in, with samples."""

import json
from collections.abc import Mapping

from tenants.identity.models import User
from tenants.webhooks.actions import Terms, create_endpoint, pause_endpoint
from tenants.webhooks.events import families
from tenants.webhooks.inbound.actions import HookTerms, create_hook
from tenants.webhooks.inbound.processing import process
from tenants.webhooks.inbound.receiving import keep

ORDERS = (
    {"order": "SO-1041", "customer": "Meera Rao", "total": "48200.00", "currency": "INR"},
    {"order": "SO-1042", "customer": "Arjun Patel", "total": "9150.00", "currency": "INR"},
)


def load(facts: Mapping[str, str]) -> None:
    owner = User.objects.select_related("role").filter(role__slug="owner", is_active=True).first()
    if not owner:
        return
    # A name that leads nowhere by rule (RFC 2606): the endpoint shows how one looks, and is never asked.
    wanted = [f"{name}.*" for name in ("deal", "invoice") if name in families()] or ["hook.received"]
    terms = Terms(
        name="Data warehouse", url="https://example.com/crm-events", events=wanted, is_ordered=True,
        headers={"X-Warehouse-Key": "demo-only-000000"},
    )  # fmt: skip
    pause_endpoint(endpoint=create_endpoint(terms=terms, by=owner.actor)[0], by=owner.actor)
    hook, _url = create_hook(terms=HookTerms(name="Order desk", id_path="order"), by=owner.actor)
    for order in ORDERS:
        told = {"User-Agent": "OrderDesk/2.1", "Content-Type": "application/json"}
        process(keep(hook, told, "application/json", json.dumps(order).encode())[0].pk)
